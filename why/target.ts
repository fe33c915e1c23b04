import { parse } from 'yaml';
import { closest, list } from '../preview/admit/words.ts';
import type { ApiFiles } from '../preview/api-files.ts';

/** The kinds that may be asked about. */
type TargetKind = 'ModelDeployment' | 'ModelService' | 'ModelEndpoint' | 'InferenceGateway' | 'InferenceCluster';

/** What is asked about. */
export interface Target {
  readonly kind: TargetKind;
  /** Of the three kinds that have one. */
  readonly namespace?: string;
  readonly name: string;
  /** The path of a URL, where that was asked about, from the service on: `/ml-team/qwen/v1/chat/completions`. */
  readonly path?: string;
  /** The host of a URL, with its port where it names one. */
  readonly host?: string;
}

export type ParsedTarget =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly message: string };

interface Names {
  readonly kind: TargetKind;
  readonly namespaced: boolean;
  /** All that kubectl takes for it. */
  readonly words: readonly string[];
}

interface Definition {
  readonly spec: {
    readonly scope?: string;
    readonly group: string;
    readonly names: { kind: TargetKind; plural: string; singular: string; shortNames?: string[] };
  };
}

/** The kinds as their XRDs name them. */
export const kindsOf = (files: readonly ApiFiles[]): Names[] =>
  files.map(({ definition }) => {
    const { scope = 'Namespaced', group, names } = (parse(definition) as Definition).spec;
    const { kind, plural, singular, shortNames = [] } = names;
    const words = [singular, plural, ...shortNames];
    return { kind, namespaced: scope === 'Namespaced', words: [...words, ...words.map((word) => `${word}.${group}`)] };
  });

/** RFC 1123 subdomain, as the names of all our kinds are. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const wrong = (message: string): ParsedTarget => ({ ok: false, message });

/** Reads `KIND/NAME`, a URL, or a URL's path. `namespace` is of a name that does not say its own. */
export function parseTarget(text: string, namespace: string, kinds: readonly Names[]): ParsedTarget {
  if (text.startsWith('/') || /^https?:\/\//i.test(text)) return parseUrl(text);
  const [word = '', name = '', ...rest] = text.split('/');
  const known = kinds.find(({ words }) => words.includes(word.toLowerCase()));
  if (known === undefined) {
    const words = kinds.flatMap(({ words: all }) => all.slice(0, 2));
    const meant = closest(word, words);
    return wrong(
      `${word || 'nothing'} is no kind that can be asked about: give a URL, or KIND/NAME of ${list(kinds.map(({ words: [singular = ''] }) => singular))}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    );
  }
  if (rest.length > 0 || !isName(name)) return wrong(`say ${word}/NAME, with the name of one; ${text} has none`);
  return { ok: true, target: { kind: known.kind, name, ...(known.namespaced && { namespace }) } };
}

const isName = (name: string): boolean => name.length <= 253 && NAME.test(name);

/** The first two elements of a path are a service's (design §3.6). */
function parseUrl(text: string): ParsedTarget {
  const url = URL.parse(text, 'http://front-door');
  const [, namespace = '', name = '', ...below] = url?.pathname.split('/') ?? [];
  if (url === null || !isName(namespace) || !isName(name))
    return wrong(`${text} is no URL of a service: it begins with /NAMESPACE/NAME behind the host`);
  const host = text.startsWith('/') ? {} : { host: url.host };
  // The service's own path is published by nobody, and whoever says it means the service.
  const path = below.some((element) => element !== '') ? { path: url.pathname } : {};
  return { ok: true, target: { kind: 'ModelService', namespace, name, ...path, ...host } };
}
