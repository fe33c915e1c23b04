import { bracketed, type Host, hostOf, NO_HOST } from './hosts.ts';

export interface EndpointUrl extends Host {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Starts with a slash; dot segments are resolved. */
  readonly path: string;
}

export type ParsedUrl =
  | ({ readonly ok: true } & EndpointUrl)
  /** Says what is wrong with it and what to do. Never holds user info or a query, which may be a secret. */
  | { readonly ok: false; readonly problem: string };

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** What the HTTPRoute CRD accepts in a path, without percent-escapes, which gateways and servers read differently. */
const PATH = /^(\/[A-Za-z0-9._~!$&'()*+,;=:@-]*)+$/;

/** What an OpenAI client puts after its base URL, and people copy with it. */
const OPERATION = /(?<=\/)chat\/completions$|(?<=\/v1\/)(completions|embeddings)$/;

/** Reads the URL of an endpoint by the WHATWG rules, then refuses what cannot be routed or could hide something. */
export function parseEndpointUrl(text: string): ParsedUrl {
  if (!/^https?:\/\/[^/]/.test(text)) return refuse('it must begin with http:// or https:// and a host');
  if (/[\s\\]/.test(text)) return refuse('it must not hold white space or backslashes');
  const url = URL.parse(text);
  if (url === null) return refuse('its host or its port is not valid; a port is 1 to 65535');
  if (url.username !== '' || url.password !== '' || /^\w+:\/\/[^/?#]*@/.test(text))
    return refuse('it must not carry user info; callers send their key in the Authorization header');
  if (/[?#]/.test(text)) return refuse('it must end with its path, without a query or a fragment');
  if (!PATH.test(url.pathname) || /%/.test(text) || url.pathname.includes('//'))
    return refuse(`its path ${url.pathname} cannot be routed; remove escapes and empty elements`);
  const [operation] = url.pathname.match(OPERATION) ?? [];
  if (operation !== undefined) return refuse(`its path ends in ${operation}, which clients add; end it before that`);
  return parseAuthority(url);
}

function parseAuthority(url: URL): ParsedUrl {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const host = hostOf(url);
  if (host === undefined) return refuse(`its host ${url.hostname.replace(/\.$/, '')} is ${NO_HOST}`);
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port);
  if (port === 0) return refuse('its port is 0; a port is 1 to 65535');
  return { ok: true, ...host, scheme, port, path: url.pathname };
}

const refuse = (problem: string): ParsedUrl => ({ ok: false, problem });

/** A URL as a message may show it; nothing of one that may hold a secret. */
export const shown = (text: string): string => (/[@?#]/.test(text) ? '' : ` ${text}`);

/** An authority as a client writes it: the port only where it is not the scheme's own. */
export const authority = (scheme: 'http' | 'https', host: string, port: number): string =>
  bracketed(host) + (port === DEFAULT_PORTS[scheme] ? '' : `:${port}`);
