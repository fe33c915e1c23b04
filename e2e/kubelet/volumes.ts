import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { V1KeyToPath, V1ObjectMeta, V1Pod, V1Volume, V1VolumeProjection } from '@kubernetes/client-node';
import type { Kube } from '../kube.ts';
import { tokenOf } from '../service-account.ts';

type Files = Readonly<Record<string, Buffer>>;

/** Writes a pod's volumes into a folder each, and answers where they are. What isn't supported is an error. */
export async function writeVolumes(kube: Kube, pod: V1Pod, dir: string): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) {
    const folder = join(dir, volume.name);
    await mkdir(folder, { recursive: true });
    // Anyone may write to an empty directory, whatever user the container runs as.
    if (volume.emptyDir) await chmod(folder, 0o777);
    else await writeFiles(folder, await filesOf(kube, pod, volume));
    folders.set(volume.name, folder);
  }
  return folders;
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o644 });
  }
}

async function filesOf(kube: Kube, pod: V1Pod, volume: V1Volume): Promise<Files> {
  const { secret, configMap, downwardAPI, projected } = volume;
  if (secret) return keyed(kube, pod, 'Secret', secret.secretName ?? '', secret.items, secret.optional);
  if (configMap) return keyed(kube, pod, 'ConfigMap', configMap.name ?? '', configMap.items, configMap.optional);
  if (downwardAPI) return projectedFiles(kube, pod, { downwardAPI });
  if (!projected) throw new Error(`volume ${volume.name} is of a type that is not supported here`);
  const sources = await Promise.all((projected.sources ?? []).map((source) => projectedFiles(kube, pod, source)));
  return Object.assign({}, ...sources);
}

async function projectedFiles(kube: Kube, pod: V1Pod, source: V1VolumeProjection): Promise<Files> {
  const { serviceAccountToken, configMap, secret, downwardAPI } = source;
  if (configMap) return keyed(kube, pod, 'ConfigMap', configMap.name ?? '', configMap.items, configMap.optional);
  if (secret) return keyed(kube, pod, 'Secret', secret.name ?? '', secret.items, secret.optional);
  if (serviceAccountToken) return { [serviceAccountToken.path]: Buffer.from(await tokenOf(kube, accountOf(pod))) };
  const items = downwardAPI?.items ?? [];
  return Object.fromEntries(
    items.map((item) => [item.path, Buffer.from(fieldOf(pod, item.fieldRef?.fieldPath ?? ''))]),
  );
}

const accountOf = ({ metadata, spec }: V1Pod) => ({
  namespace: metadata?.namespace ?? '',
  name: spec?.serviceAccountName ?? 'default',
});

async function keyed(
  kube: Kube,
  pod: V1Pod,
  kind: 'Secret' | 'ConfigMap',
  name: string,
  items: readonly V1KeyToPath[] | undefined,
  optional = false,
): Promise<Files> {
  const object = await kube.find({ apiVersion: 'v1', kind, namespace: pod.metadata?.namespace ?? '', name });
  if (!object && optional) return {};
  if (!object) throw new Error(`${kind} ${name} is not there`);
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  const data: Record<string, string> = object.data ?? {};
  const wanted = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return Object.fromEntries(wanted.map(({ key, path }) => [path, Buffer.from(valueIn(data, key, name), encoding)]));
}

/** One value of a Secret or ConfigMap, for an environment variable. */
export async function keyOf(
  kube: Kube,
  pod: V1Pod,
  kind: 'Secret' | 'ConfigMap',
  name: string,
  key: string,
): Promise<string> {
  const files = await keyed(kube, pod, kind, name, [{ key, path: key }]);
  return files[key]?.toString() ?? '';
}

function valueIn(data: Readonly<Record<string, string>>, key: string, name: string): string {
  const value = data[key];
  if (value === undefined) throw new Error(`${name} has no key ${key}`);
  return value;
}

const METADATA_ENTRY = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** A field of the pod, as the downward API names it. */
export function fieldOf(pod: V1Pod, path: string): string {
  const metadata: V1ObjectMeta = pod.metadata ?? {};
  const [, entries, key] = METADATA_ENTRY.exec(path) ?? [];
  if (entries && key) return metadata[entries as 'labels' | 'annotations']?.[key] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': pod.spec?.nodeName,
    'spec.serviceAccountName': pod.spec?.serviceAccountName,
    'status.podIP': pod.status?.podIP,
    'status.hostIP': pod.status?.hostIP,
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`the field ${path} is not supported here`);
  return value;
}
