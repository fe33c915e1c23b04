import { isIP } from 'node:net';

/** How an EndpointSlice calls the three ways to name a host. */
type AddressType = 'IPv4' | 'IPv6' | 'FQDN';

/** A host as we compare, dial and show it. */
export interface Host {
  /** Lower case; an IPv6 address without brackets, in its shortest form; a name without a trailing dot. */
  readonly host: string;
  readonly addressType: AddressType;
}

export type ParsedHost =
  | ({ readonly ok: true } & Host)
  /** Says what is wrong with it and what to do, as the rest of a sentence that begins with its field and value. */
  | { readonly ok: false; readonly problem: string };

/** RFC 1123 subdomain. The last label holds a letter, or resolvers would read an address (WHATWG URL, ends in a number). */
const NAME = /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The one check of a host or an address that stands alone in a field of ours. */
export function parseHost(text: string): ParsedHost {
  if (/^[a-z+]+:\/\//i.test(text)) return refuse('it is a URL; write the host alone');
  if (/[\s/\\?#@%[\]]/.test(text)) return refuse('it holds more than a host; write the address or the name alone');
  if (/^[^:]*:\d*$/.test(text)) return refuse('it holds a port; write the host alone');
  const url = URL.parse(`http://${bracketed(text)}`);
  const host = url === null ? undefined : hostOf(url);
  return host === undefined ? refuse(`it is ${NO_HOST}`) : { ok: true, ...host };
}

/** What is wrong with a host that cannot be read, after "is". An EndpointSlice takes no name of one label. */
export const NO_HOST = 'neither an address nor a name of two labels or more; write the full name';

/** The host of a URL, whose parser has read octal, hexadecimal and mapped addresses as what they are. */
export function hostOf({ hostname }: URL): Host | undefined {
  const host = unmapped(hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''));
  const version = isIP(host);
  if (version !== 0) return { host, addressType: version === 4 ? 'IPv4' : 'IPv6' };
  return NAME.test(host) && host.includes('.') ? { host, addressType: 'FQDN' } : undefined;
}

/** Whether a name can be what a certificate is held to: one label will do, and so will an IPv4 address. */
export const isServerName = (text: string): boolean => isIP(text) === 4 || NAME.test(text);

/** An IPv4 address in IPv6's notation is dialled as IPv4, and an EndpointSlice of IPv6 addresses refuses it (RFC 4291, 2.5.5.2). */
function unmapped(host: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  return [high, low].flatMap((part) => bytesOf(Number.parseInt(part, 16))).join('.');
}

const bytesOf = (part: number): number[] => [part >> 8, part & 0xff];

const refuse = (problem: string): ParsedHost => ({ ok: false, problem });

/** A host as it stands in a URL: an IPv6 address in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Whether a field's text names this host, however it is written. */
export function isSameHost(text: string | undefined, host: string): boolean {
  const parsed = text === undefined ? undefined : parseHost(text);
  return parsed?.ok === true && parsed.host === host;
}
