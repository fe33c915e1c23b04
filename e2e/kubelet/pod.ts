import type { ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { type Kube, refOf } from '../kube.ts';
import { addPodNetwork, type PodNetwork, removePodNetwork } from '../netns.ts';
import { launch, logFile } from '../processes.ts';
import type { KubeletConfig } from './config.ts';
import {
  commandOf,
  environmentOf,
  makeRoot,
  type Sandbox,
  sandboxArguments,
  systemMounts,
  userOf,
  volumeMounts,
} from './container.ts';
import { pullImage } from './image.ts';
import { probe } from './probes.ts';
import { ignoreGone, latest, untilDone } from './retry.ts';
import { type ContainerStatus, podStatus } from './status.ts';
import type { Image } from './tree.ts';
import { writeVolumes } from './volumes.ts';

export interface PodContext {
  readonly kube: Kube;
  readonly config: KubeletConfig;
  /** Addresses are given out once: an old one that someone still calls is nobody's. */
  nextIndex(): number;
}

export interface RunningPod {
  /** Ends the pod as its deletion asks for, and then lets the API server forget it. */
  terminate(pod: V1Pod): Promise<void>;
  /** Ends the pod's processes at once, with the kubelet. */
  kill(): void;
}

/** What a pod may not ask for, because nothing here does it. */
const UNSUPPORTED: readonly ((pod: V1Pod) => string | false | undefined)[] = [
  ({ spec }) => spec?.initContainers !== undefined && 'init containers',
  ({ spec }) => spec?.hostNetwork && 'the host network',
  ({ spec }) => spec?.containers.some(({ lifecycle }) => lifecycle?.postStart) && 'postStart hooks',
  ({ spec }) =>
    spec?.containers.some(({ lifecycle }) => lifecycle?.preStop && !lifecycle.preStop.sleep) &&
    'preStop hooks but sleep',
];

/** How long a container that ended waits before it starts again: at once, then ever longer. */
const BACKOFF_MS = [0, 1000, 2000, 5000, 10_000];

/** How often what could not be prepared, for want of an image or a Secret, is tried again. */
const PREPARE_RETRY_MS = 1000;

interface Live {
  readonly context: PodContext;
  readonly pod: V1Pod;
  readonly network: PodNetwork;
  readonly dir: string;
  readonly statuses: Map<string, ContainerStatus>;
  /** Tells the API server what the statuses are now. */
  readonly publish: () => Promise<void>;
  readonly children: Map<string, ChildProcess>;
  readonly stopping: AbortSignal;
}

export function startPod(context: PodContext, pod: V1Pod): RunningPod {
  const stop = new AbortController();
  const children = new Map<string, ChildProcess>();
  const ended = live(context, pod, children, stop.signal).catch((error) => console.error(nameOf(pod), error));
  const kill = () => {
    stop.abort();
    for (const child of children.values()) child.kill('SIGKILL');
  };
  return {
    kill,
    terminate: async (deleted) => {
      await delay(preStopSeconds(pod) * 1000);
      stop.abort();
      for (const child of children.values()) child.kill('SIGTERM');
      const grace = setTimeout(kill, graceSeconds(deleted) * 1000);
      await ended;
      clearTimeout(grace);
      await forget(context.kube, deleted);
    },
  };
}

const graceSeconds = ({ metadata, spec }: V1Pod): number =>
  metadata?.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;

const preStopSeconds = ({ spec }: V1Pod): number =>
  Math.max(0, ...(spec?.containers ?? []).map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0));

/** The last word on a pod that is being deleted is its kubelet's. */
export function forget({ call }: Kube, { metadata }: V1Pod): Promise<void> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}`;
  const body = { gracePeriodSeconds: 0, preconditions: { uid: metadata?.uid } };
  return untilDone(`deleting ${path}`, () => call({ method: 'DELETE', path, body }).then(() => {}, ignoreGone));
}

async function live(
  context: PodContext,
  pod: V1Pod,
  children: Map<string, ChildProcess>,
  stopping: AbortSignal,
): Promise<void> {
  const network = await addPodNetwork(context.nextIndex());
  const dir = join(context.config.dir, pod.metadata?.uid ?? '');
  const statuses = new Map<string, ContainerStatus>();
  await mkdir(dir, { recursive: true });
  const publish = latest(`status of ${nameOf(pod)}`, () => {
    const status = podStatus(pod, network.address, [...statuses.values()]);
    const body = { metadata: { uid: pod.metadata?.uid }, status };
    return context.kube
      .merge(refOf({ apiVersion: 'v1', kind: 'Pod', ...pod }), body, 'status')
      .then(() => {}, ignoreGone);
  });
  const running: Live = {
    context,
    pod: withAddress(pod, network),
    network,
    dir,
    statuses,
    publish,
    children,
    stopping,
  };
  try {
    await Promise.all((pod.spec?.containers ?? []).map((container) => keepRunning(running, container)));
  } finally {
    await removePodNetwork(network);
    await rm(dir, { recursive: true, force: true });
  }
}

const nameOf = ({ metadata }: V1Pod): string => `${metadata?.namespace}/${metadata?.name}`;

const withAddress = (pod: V1Pod, { address }: PodNetwork): V1Pod => ({
  ...pod,
  status: { ...pod.status, podIP: address },
});

interface Prepared {
  readonly image: Image;
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** Starts a container, and again whenever it ends, until the pod is to go. */
async function keepRunning(running: Live, container: V1Container): Promise<void> {
  const prepared = await prepareInTime(running, container);
  if (!prepared) return;
  for (let restarts = 0; !running.stopping.aborted; restarts++) {
    await delay(BACKOFF_MS[Math.min(restarts, BACKOFF_MS.length) - 1] ?? 0, undefined, {
      signal: running.stopping,
    }).catch(() => undefined);
    if (running.stopping.aborted) return;
    await runOnce(running, container, prepared, restarts);
  }
}

async function prepareInTime(running: Live, container: V1Container): Promise<Prepared | undefined> {
  while (!running.stopping.aborted) {
    try {
      return await prepare(running, container);
    } catch (error) {
      report(running, container, { state: 'waiting', reason: 'CreateContainerError', message: String(error) });
      await delay(PREPARE_RETRY_MS);
    }
  }
  return undefined;
}

async function prepare({ context, pod, network, dir }: Live, container: V1Container): Promise<Prepared> {
  const { kube, config } = context;
  const unsupported = UNSUPPORTED.map((asks) => asks(pod)).find(Boolean);
  if (unsupported) throw new Error(`the pod asks for ${unsupported}, which is not supported here`);
  const image = await pullImage(config, container.image ?? '');
  const volumes = await writeVolumes(kube, pod, join(dir, 'volumes'));
  const mounts = [
    ...(image.mounts ?? []),
    ...systemMounts(config, image),
    ...volumeMounts(container, volumes),
    ...(await scratch(container, dir)),
  ];
  const sandbox: Sandbox = { root: join(dir, `root-${container.name}`), mounts, network };
  await makeRoot(image, sandbox.root, mounts);
  const env = await environmentOf(kube, config, pod, container, image);
  const user = userOf(pod, container, image);
  const workingDir = container.workingDir ?? image.workingDir;
  const command = commandOf(container, image, env);
  return { image, command, args: sandboxArguments(sandbox, user, env, command, workingDir) };
}

/** The tree of a container is read-only here, always; /tmp is what a writable one would be used for. */
async function scratch(container: V1Container, dir: string) {
  const isMounted = container.volumeMounts?.some(({ mountPath }) => mountPath === '/tmp');
  if (isMounted || container.securityContext?.readOnlyRootFilesystem) return [];
  const source = join(dir, `tmp-${container.name}`);
  await mkdir(source, { recursive: true, mode: 0o1777 });
  return [{ source, target: '/tmp' }];
}

async function runOnce(
  running: Live,
  container: V1Container,
  { image, command, args }: Prepared,
  restarts: number,
): Promise<void> {
  const { context, pod, network, children } = running;
  const name = `pod-${pod.metadata?.namespace}-${pod.metadata?.name}-${container.name}`;
  const child = launch(
    { name, title: `${command.join(' ')} (${container.image})`, command: 'nsenter', args },
    logFile(context.config.logs, name),
  );
  children.set(container.name, child);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 137));
    child.once('error', () => resolve(127));
  });
  const seen = { imageId: image.id, restartCount: restarts };
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  report(running, container, { ...seen, state: 'running' });
  const ready = (isReady: boolean) => report(running, container, { ...seen, state: 'running', ready: isReady });
  probe({ address: network.address, container, isRunning }, ready, () => child.kill('SIGTERM')).catch((error) =>
    console.error(nameOf(pod), error),
  );
  const exitCode = await exited;
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  report(running, container, { ...seen, state: 'terminated', exitCode, reason });
}

/** Says what became of a container; one that said it is ready isn't any more unless it says so again. */
function report(
  { statuses, publish }: Live,
  { name }: V1Container,
  status: Pick<ContainerStatus, 'state'> & Partial<ContainerStatus>,
): void {
  const since = new Date().toISOString();
  statuses.set(name, { name, ready: false, restartCount: 0, imageId: '', since, ...status });
  void publish();
}
