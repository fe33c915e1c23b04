import { createHash } from 'node:crypto';

const MAX_NAME_LENGTH = 63;
const HASH_LENGTH = 12;

/**
 * The name of a composed object that has none of its own, as Crossplane 2 makes it (internal/names/names.go):
 * `<prefix>-<hash>` of who composes it under which key, so the same object has the same name on every reconcile.
 */
export function childName(prefix: string, parentUid: string, key: string): string {
  const hash = createHash('sha256').update(`${parentUid}${key}`).digest('hex').slice(0, HASH_LENGTH);
  const parent = prefix === '' || prefix.endsWith('-') ? prefix : `${prefix}-`;
  if (parent.length + HASH_LENGTH <= MAX_NAME_LENGTH) return parent + hash;
  const room = MAX_NAME_LENGTH - HASH_LENGTH;
  const cut = parent.slice(0, room);
  return (cut.endsWith('-') ? cut : `${cut.slice(0, -1)}-`) + hash;
}
