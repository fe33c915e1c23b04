/** What a request is for, by the path that the router matched. */
export type Target =
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'models' }
  | { readonly kind: 'elsewhere' };

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** A Kubernetes name: labels between dots, none of them empty, so that it is never `..`. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_NAME = 253;

/** OpenAI's list of models, of the whole front door. */
export const MODELS_PATH = '/v1/models';

/**
 * Reads X-Forwarded-Uri. Traefik hands over the very URL that it has matched a route by, normalised; so segments are
 * compared as they are, and nothing is decoded: what a route does not take for its own must not be taken for it here.
 */
export function targetOf(uri: string): Target {
  const [path = ''] = uri.split('?', 1);
  if (path === MODELS_PATH) return { kind: 'models' };
  const [root, namespace = '', name = ''] = path.split('/', 3);
  if (root !== '' || !NAMESPACE.test(namespace) || name.length > MAX_NAME || !NAME.test(name))
    return { kind: 'elsewhere' };
  return { kind: 'service', namespace, name };
}
