import { createHash } from 'node:crypto';
import { nameOf, namespaceOf, type ObjectMeta } from './kubernetes.ts';

/** The longest name of a Service, and the longest value of a label (Kubernetes, RFC 1123 label). */
export const MAX_LABEL_LENGTH = 63;

/** Hexadecimal digits of a name's hash: 40 bits, so that even a million names collide with a chance below one in two. */
const HASH_LENGTH = 10;

/**
 * A name that a person recognises and that nobody else gets: as much of `readable` as fits, and a hash of `key`, which
 * must hold all that makes it unique. It holds no UID, so that a restored claim finds its objects again. The result is
 * an RFC 1123 label of at most `maxLength` characters.
 */
export function uniqueName(readable: string, key: readonly string[], maxLength = MAX_LABEL_LENGTH): string {
  const suffix = `-${hash(key)}`;
  const prefix = readable
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength - suffix.length)
    .replaceAll(/^[-0-9]+|-+$/g, '');
  return `${prefix === '' ? 'x' : prefix}${suffix}`;
}

/** Hashes a list rather than a joined string: ['a-b', 'c'] and ['a', 'b-c'] must differ. */
export const hash = (key: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, HASH_LENGTH);

/** The Service that stands for a ModelEndpoint, by which its routes name it. */
export const backendName = (endpoint: { readonly metadata?: ObjectMeta }): string =>
  uniqueName(nameOf(endpoint), ['ModelEndpoint', namespaceOf(endpoint), nameOf(endpoint)]);

/**
 * The namespace of a tenant in a workload cluster. Prefixed, because a tenant called kube-system must not become that.
 * One that is too long is shortened after a second hyphen, with which no other tenant's name begins.
 */
export const remoteNamespace = (namespace: string): string =>
  `mp-${namespace}`.length <= MAX_LABEL_LENGTH
    ? `mp-${namespace}`
    : `mp--${uniqueName(namespace, [namespace], MAX_LABEL_LENGTH - 'mp--'.length)}`;
