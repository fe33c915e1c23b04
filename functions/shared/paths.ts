/** A namespace and the name of a service in it: what a URL's first two path elements say. */
export interface Tenant {
  readonly namespace: string;
  readonly name: string;
}

/** Where OpenAI's API starts, below a service and below most providers' origin. */
const V1 = '/v1';

/** What some engines serve below /v1 that is no part of OpenAI's API: runtime LoRA loaders (vLLM) and metrics (NIM). */
const MANAGEMENT = ['/v1/load_lora_adapter', '/v1/unload_lora_adapter', '/v1/metrics'] as const;

/** Elements of unreserved characters (RFC 3986), no slash at the end; `/` alone is everything. */
const PUBLISHABLE = /^\/([A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*)?$/;

/**
 * The path that a service's clients call. A PathPrefix match compares whole elements, so /ml/chat never claims
 * /ml/chatbot. Without a trailing slash: Traefik would not strip it from /ml/chat itself.
 */
export const servicePath = ({ namespace, name }: Tenant): string => `/${namespace}/${name}`;

/** The path below a service that OpenAI clients are given as their base URL. */
export const openAIPath = (tenant: Tenant): string => servicePath(tenant) + V1;

/** The path of a placement on a workload cluster's gateway: a canary may share the cluster with its stable sibling. */
export const placementPath = (deployment: Tenant, placement: string): string =>
  `${servicePath(deployment)}/${placement}`;

/** Prefixes below a service as clients call them, and `/` for all of it. Of two that match the longer one counts. */
export interface PublishedPaths {
  readonly open: readonly string[];
  /** Answered with 503: nobody has named them, and a shorter prefix would publish them. */
  readonly closed: readonly string[];
}

/** What a service publishes: OpenAI's API, what is `named`, and nothing else that an engine serves on the same port. */
export function publishedPaths(named: readonly string[]): PublishedPaths {
  const open = new Set([V1, ...named]);
  return { open: [...open], closed: open.has('/') ? [] : MANAGEMENT.filter((path) => !open.has(path)) };
}

/** Whether a path may be named in spec.paths; a schema says the same. */
export const isPublishable = (path: string): boolean => PUBLISHABLE.test(path) && !/\/\.{1,2}(\/|$)/.test(path);

/** What clients call for a path below a service. */
export const pathBelow = (tenant: Tenant, path: string): string =>
  path === '/' ? servicePath(tenant) : servicePath(tenant) + path;

/** What takes the place of a service's path at an endpoint. */
export interface UpstreamPaths {
  /** Replaces /<namespace>/<name>/v1. */
  readonly base: string;
  /** Replaces /<namespace>/<name> for everything else. */
  readonly prefix: string;
}

/**
 * The paths of an endpoint whose URL is what an OpenAI client would be given: /v1 is the base's last element where it
 * has one, and the base itself is the prefix where it has not (design §3.6).
 */
export function openAIPaths(urlPath: string): UpstreamPaths {
  const path = withoutTrailingSlash(urlPath);
  if (path === '/') return { base: V1, prefix: '/' };
  return { base: path, prefix: path.endsWith(V1) ? withoutTrailingSlash(path.slice(0, -V1.length)) : path };
}

/** The paths of an endpoint with a rewritePath, which replaces /<namespace>/<name>, except that /v1 is never doubled. */
export function rewrittenPaths(rewritePath: string): UpstreamPaths {
  const prefix = withoutTrailingSlash(rewritePath);
  return { base: prefix.endsWith(V1) ? prefix : joined(prefix, V1), prefix };
}

/** The same paths with another one for /v1: what an endpoint has that keeps OpenAI's API at its root. */
export const withBase = ({ prefix }: UpstreamPaths, basePath: string): UpstreamPaths => ({
  base: withoutTrailingSlash(basePath),
  prefix,
});

/** What takes the place of a path below a service at an endpoint. */
export const upstreamPath = ({ base, prefix }: UpstreamPaths, path: string): string =>
  isAtOrBelow(path, V1) ? joined(base, path.slice(V1.length)) : joined(prefix, path);

/** Whether `path` is `parent` or below it, element by element: /ml/a is below /ml, /mlx is not. */
export const isAtOrBelow = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(parent === '/' ? '/' : `${parent}/`);

/** A path with another one below it, which may be empty or `/`. */
export const joined = (path: string, below: string): string =>
  withoutTrailingSlash(path === '/' ? below : path + below);

const withoutTrailingSlash = (path: string): string => path.replace(/\/+$/, '') || '/';
