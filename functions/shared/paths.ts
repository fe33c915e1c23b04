/** A namespace and the name of a service in it: what a URL's first two path elements say. */
export interface Tenant {
  readonly namespace: string;
  readonly name: string;
}

/** Where OpenAI's API starts below a base URL's origin. */
const V1 = '/v1';

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
  return { base: prefix.endsWith(V1) ? prefix : appended(prefix, V1), prefix };
}

/** Whether one rule of a route says all: what is under /v1 goes where the prefix alone would send it. */
export const isUniform = ({ base, prefix }: UpstreamPaths): boolean => base === appended(prefix, V1);

/** Whether `path` is `parent` or below it, element by element: /ml/a is below /ml, /mlx is not. */
export const isAtOrBelow = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(parent === '/' ? '/' : `${parent}/`);

const withoutTrailingSlash = (path: string): string => path.replace(/\/+$/, '') || '/';

const appended = (path: string, suffix: string): string => (path === '/' ? suffix : path + suffix);
