import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '#shared/kubernetes.ts';

/** The folders that somebody applies as a whole, each to a cluster. */
export const FOLDERS = [
  '.',
  'inference-cluster',
  'inference-cluster/envoy-gateway',
  'metallb',
  'monitoring',
  'monitoring/inference-cluster',
] as const;

export type Folder = (typeof FOLDERS)[number];

export interface Manifest {
  readonly file: string;
  readonly object: KubernetesObject;
}

/** Every manifest of a folder, in the order in which `kubectl apply -f FOLDER` takes them. */
export function manifestsIn(folder: Folder): Manifest[] {
  const path = join(import.meta.dirname, folder);
  const files = readdirSync(path).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => documents(join(path, file)).map((object) => ({ file, object })));
}

function documents(path: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as KubernetesObject;
  });
}

/** The objects of a kind, by name. */
export function objectsOf<T = KubernetesObject>(folder: Folder, kind: string): Map<string, T> {
  const found = manifestsIn(folder).filter(({ object }) => object.kind === kind);
  return new Map(found.map(({ object }) => [object.metadata?.name ?? '', object as T]));
}
