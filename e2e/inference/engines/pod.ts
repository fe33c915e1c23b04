import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { type Kube, refOf } from '../../kube.ts';
import { probe } from '../../kubelet/probes.ts';
import { type ContainerStatus, podStatus } from '../../kubelet/status.ts';
import { ApiError } from '../../rest.ts';
import { type EngineBehaviour, type EngineState, POOL_LABEL } from '../catalogue.ts';
import { type Engine, engine, servedModels } from './engine.ts';

/** The engine of a pod, from when the pod has an address until the pod is gone. */
export interface EnginePod {
  state(): EngineState;
  /** Brings it to how it has been told to behave. */
  behave(): Promise<void>;
  end(): void;
}

/** What a pool selects and kwok has given an address: every other pod is a process. */
export const isEngine = ({ metadata, status }: V1Pod): boolean =>
  status?.podIP !== undefined && metadata?.labels?.[POOL_LABEL] !== undefined;

interface Live {
  readonly kube: Kube;
  readonly pod: V1Pod;
  readonly container: V1Container;
  readonly server: Engine;
  restarts: number;
}

export function startEngine(
  kube: Kube,
  cluster: string,
  pod: V1Pod,
  behaviourOf: (keys: readonly string[]) => EngineBehaviour,
): EnginePod {
  const { name = '', namespace = '', labels = {} } = pod.metadata ?? {};
  const pool = labels[POOL_LABEL] ?? '';
  const address = pod.status?.podIP ?? '';
  const behaviour = () => behaviourOf(['', pool, `${namespace}/${name}`]);
  const container = serverOf(pod);
  const ports = (container.ports ?? []).map(({ containerPort }) => containerPort);
  const models = servedModels(container.args);
  const server = engine({ cluster, namespace, pod: name, pool, address, ports, models }, behaviour);
  const live: Live = { kube, pod, container, server, restarts: 0 };
  const behave = async () => {
    if (behaviour().absent) await crash(live);
    else if (!server.isListening()) await run(live);
  };
  behave().catch((error) => console.error(`${namespace}/${name}: ${error}`));
  return {
    state: () => ({ namespace, pod: name, pool, address, requests: server.requests(), behaviour: behaviour() }),
    behave,
    end: () => server.close('finish'),
  };
}

/** Which container serves: the one that our function calls so. */
function serverOf({ spec, metadata }: V1Pod): V1Container {
  const container = spec?.containers.find(({ name }) => name === 'engine') ?? spec?.containers[0];
  if (!container) throw new Error(`pod ${metadata?.namespace}/${metadata?.name} has no container`);
  return container;
}

/** Listens, and is probed as the pod asks for, until it no longer listens. */
async function run(live: Live): Promise<void> {
  const { server, container } = live;
  await server.listen();
  const round = live.restarts;
  const isRunning = () => server.isListening() && live.restarts === round;
  const restart = () => crash(live).then(() => run(live));
  const target = { address: server.identity.address, container, isRunning };
  void probe(target, (ready) => report(live, { state: 'running', ready }), restart);
}

async function crash(live: Live): Promise<void> {
  if (!live.server.isListening()) return;
  live.server.close('cut');
  live.restarts += 1;
  await report(live, { state: 'terminated', reason: 'Error', exitCode: 137 });
}

/** Every container of the pod is said to be as its engine is. */
async function report(
  { kube, pod, server, restarts }: Live,
  status: Pick<ContainerStatus, 'state'> & Partial<ContainerStatus>,
): Promise<void> {
  const since = new Date().toISOString();
  const containers = (pod.spec?.containers ?? []).map(({ name }) => ({
    ...{ name, ready: false, restartCount: restarts, imageId: '', since },
    ...status,
  }));
  const body = { status: podStatus(pod, server.identity.address, containers) };
  await kube.merge(refOf({ apiVersion: 'v1', kind: 'Pod', ...pod }), body, 'status').catch((error) => {
    // It went while this was under way.
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}
