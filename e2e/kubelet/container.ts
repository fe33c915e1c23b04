import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { V1Container, V1EnvVar, V1Pod } from '@kubernetes/client-node';
import type { Kube } from '../kube.ts';
import type { PodNetwork } from '../netns.ts';
import type { KubeletConfig } from './config.ts';
import { type Image, linkTree, type Mount } from './tree.ts';
import { fieldOf, keyOf } from './volumes.ts';

export interface Sandbox {
  readonly root: string;
  readonly mounts: readonly Mount[];
  readonly network: PodNetwork;
}

/** The container's own view of the machine: its tree, read-only, with its volumes, in its pod's network. */
const SCRIPT = `
set -e
root=$1; shift
mount --bind "$root" "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mount --bind "$1" "$root$2"
  if [ "$3" = ro ]; then mount -o remount,bind,ro,nosuid,nodev "$root$2"; fi
  shift 3
done
shift
mount -o remount,bind,ro,nosuid,nodev "$root"
exec env -i "$@"`;

/** The arguments of `nsenter` that end in the container's own command, in the same process. */
export function sandboxArguments(
  { root, mounts, network }: Sandbox,
  user: { uid: number; gid: number },
  env: Readonly<Record<string, string>>,
  command: readonly string[],
  workingDir: string,
): string[] {
  const identity = mapsEveryUser() ? [`--setgid=${user.gid}`, `--setuid=${user.uid}`] : [];
  return [
    `--net=/run/netns/${network.name}`,
    ...['unshare', '--mount', 'sh', '-c', SCRIPT, 'sh', root],
    ...mounts.flatMap(({ source, target, isReadOnly }) => [source, target, isReadOnly ? 'ro' : 'rw']),
    '--',
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...['/usr/bin/unshare', `--root=${root}`, `--wd=${workingDir}`, ...identity, '--'],
    ...command,
  ];
}

/** In a namespace that a user made without root there is one user only, and containers run as it. */
const mapsEveryUser = (): boolean => Number(readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[2]) > 1;

/** A tree of the container's own, in which the places that something is mounted at exist. */
export async function makeRoot(image: Image, root: string, mounts: readonly Mount[]): Promise<void> {
  await linkTree(image.root, root);
  for (const dir of ['proc', 'dev']) await mkdir(join(root, dir), { recursive: true });
  for (const { target, isFile } of mounts) {
    const path = join(root, target);
    await mkdir(isFile ? dirname(path) : path, { recursive: true });
    if (isFile) await writeFile(path, '', { flag: 'a' });
  }
}

/** What a kubelet mounts beside the volumes; an image of our own brings its certificates itself. */
export function systemMounts({ hostsFile, resolvFile, trustFile }: KubeletConfig, image: Image): Mount[] {
  const hosts = { source: hostsFile, target: '/etc/hosts', isFile: true };
  const trust = { source: trustFile, target: '/etc/ssl/certs/ca-certificates.crt', isFile: true };
  const names = resolvFile === undefined ? [] : [{ source: resolvFile, target: '/etc/resolv.conf', isFile: true }];
  return [hosts, ...names, ...(image.isProgram ? [trust] : [])];
}

export function volumeMounts(container: V1Container, volumes: ReadonlyMap<string, string>): Mount[] {
  return (container.volumeMounts ?? []).map(({ name, mountPath, subPath }) => {
    const source = volumes.get(name);
    if (!source) throw new Error(`container ${container.name} mounts volume ${name}, which the pod does not have`);
    if (subPath) throw new Error(`container ${container.name} mounts a subPath, which is not supported here`);
    return { source, target: mountPath };
  });
}

/** Who a container runs as: its own security context, then the pod's, then the image. */
export function userOf(pod: V1Pod, container: V1Container, image: Image): { uid: number; gid: number } {
  const own = { ...pod.spec?.securityContext, ...container.securityContext };
  const uid = own.runAsUser ?? image.user;
  if (own.runAsNonRoot && uid === 0)
    throw new Error(`container ${container.name} would run as root, which it must not`);
  return { uid, gid: own.runAsGroup ?? uid };
}

export async function environmentOf(
  kube: Kube,
  { apiserver }: KubeletConfig,
  pod: V1Pod,
  container: V1Container,
  image: Image,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: pod.metadata?.name ?? '',
    KUBERNETES_SERVICE_HOST: apiserver.host,
    KUBERNETES_SERVICE_PORT: String(apiserver.port),
  };
  for (const entry of image.env) {
    const [name = '', ...value] = entry.split('=');
    env[name] = value.join('=');
  }
  if (container.envFrom) throw new Error(`container ${container.name} has envFrom, which is not supported here`);
  for (const variable of container.env ?? []) env[variable.name] = expand(await resolve(kube, pod, variable), env);
  return env;
}

async function resolve(kube: Kube, pod: V1Pod, { name, value, valueFrom }: V1EnvVar): Promise<string> {
  if (!valueFrom) return value ?? '';
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath);
  if (secretKeyRef) return keyOf(kube, pod, 'Secret', secretKeyRef.name ?? '', secretKeyRef.key);
  if (configMapKeyRef) return keyOf(kube, pod, 'ConfigMap', configMapKeyRef.name ?? '', configMapKeyRef.key);
  throw new Error(`the variable ${name} comes from a source that is not supported here`);
}

/** `$(NAME)` stands for a variable, as Kubernetes has it; one that isn't there stays as it is written. */
export const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$\(([\w.-]+)\)/g, (reference, name: string) => env[name] ?? reference);

/** What runs: the container's command and arguments, each instead of the image's. */
export function commandOf(container: V1Container, image: Image, env: Readonly<Record<string, string>>): string[] {
  const command = container.command ?? image.entrypoint;
  const args = container.args ?? (container.command ? [] : image.command);
  return [...command, ...args].map((part) => expand(part, env));
}
