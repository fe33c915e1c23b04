import { join } from 'node:path';
import { admit } from '../preview/admit/admit.ts';
import { readApis } from '../preview/apis.ts';
import type { ClusterObject } from '../preview/objects.ts';
import { frozen } from './store.ts';

const APIS = readApis(join(import.meta.dirname, '../apis'));

const answers = new Map<string, ClusterObject | string>();

/**
 * One of our objects as the API server takes it, with its defaults, or why it does not. Its rules are slow beside
 * everything else here, and the same few specs come again and again.
 */
export function admitted(object: ClusterObject): ClusterObject | string {
  const { status: _status, ...written } = object;
  const key = JSON.stringify([object.kind, object.metadata.name.length, written.spec, object.metadata.labels]);
  const known = answers.get(key) ?? admittedSpec(written as ClusterObject);
  answers.set(key, known);
  if (typeof known === 'string') return known;
  return { ...object, spec: known.spec } as ClusterObject;
}

function admittedSpec(object: ClusterObject): ClusterObject | string {
  const result = admit(object, APIS, new Map());
  if (result.ok) return frozen(result.object);
  return result.errors.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
}
