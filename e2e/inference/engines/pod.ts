import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { type Kube, refOf } from '../../kube.ts';
import { probe } from '../../kubelet/probes.ts';
import { type ContainerStatus, podStatus } from '../../kubelet/status.ts';
import { ApiError } from '../../rest.ts';
import { type EngineBehaviour, type EngineState, LIGHT_ENGINE_LABEL, POOL_LABEL, PROCESS_LABEL } from '../catalogue.ts';
import { type Engine, engine } from './engine.ts';
import type { Simulator, StartSimulator } from './simulator.ts';

/** The engine of a pod, from when the pod has an address until the pod is gone. */
export interface EnginePod {
  state(): EngineState;
  /** Brings it to how it has been told to behave. */
  behave(): Promise<void>;
  end(): void;
}

/** What a pool selects and kwok has given an address: every other pod is a process. */
export const isEngine = ({ metadata, status }: V1Pod): boolean =>
  status?.podIP !== undefined &&
  metadata?.labels?.[POOL_LABEL] !== undefined &&
  metadata.labels[PROCESS_LABEL] === undefined;

export interface EngineContext {
  readonly kube: Kube;
  /** Name of the inference cluster. */
  readonly cluster: string;
  readonly startSimulator: StartSimulator;
  behaviourOf(keys: readonly string[]): EngineBehaviour;
}

interface Live {
  readonly context: EngineContext;
  readonly pod: V1Pod;
  readonly container: V1Container;
  readonly server: Engine;
  /** Undefined while it does not run, and for an engine that has no process. */
  simulator: Simulator | undefined;
  restarts: number;
  isGone: boolean;
  behave(): Promise<void>;
}

/** Who is still connected after this has heard that the pod is gone. */
const CONNECTED_MS = 10_000;

export function startEngine(context: EngineContext, pod: V1Pod): EnginePod {
  const { name = '', namespace = '', labels = {} } = pod.metadata ?? {};
  const pool = labels[POOL_LABEL] ?? '';
  const address = pod.status?.podIP ?? '';
  const behaviour = () => context.behaviourOf(['', pool, `${namespace}/${name}`]);
  const container = serverOf(pod);
  const ports = (container.ports ?? []).map(({ containerPort }) => containerPort);
  const identity = { cluster: context.cluster, namespace, pod: name, pool, address, ports };
  const server = engine(identity, () => live.simulator?.port, behaviour);
  const behave = async () => {
    if (behaviour().absent) await crash(live);
    else if (!server.isListening()) await run(live);
  };
  const live: Live = { context, pod, container, server, simulator: undefined, restarts: 0, isGone: false, behave };
  behave().catch(complain(pod));
  return {
    state: () => ({ namespace, pod: name, pool, address, requests: server.requests(), behaviour: behaviour() }),
    behave,
    end: () => {
      live.isGone = true;
      // Told to stop with a request on its way it would refuse that one. Some hold their connections for longer.
      const closed = Promise.race([server.close('finish'), delay(CONNECTED_MS)]);
      void closed.then(() => live.simulator?.child.kill());
    },
  };
}

const complain =
  ({ metadata }: V1Pod) =>
  (error: unknown): void =>
    console.error(`${metadata?.namespace}/${metadata?.name}: ${error}`);

/** Which container serves: the one that our function calls so. */
function serverOf({ spec, metadata }: V1Pod): V1Container {
  const container = spec?.containers.find(({ name }) => name === 'engine') ?? spec?.containers[0];
  if (!container) throw new Error(`pod ${metadata?.namespace}/${metadata?.name} has no container`);
  return container;
}

/** Listens, and is probed as the pod asks for, until it no longer listens. */
async function run(live: Live): Promise<void> {
  const { server, container, context, pod } = live;
  const { name, namespace, labels } = pod.metadata ?? {};
  if (labels?.[LIGHT_ENGINE_LABEL] === undefined) {
    const log = `engine-${context.cluster}-${namespace}-${name}`;
    const simulator = context.startSimulator({ name: log, args: container.args ?? [] });
    live.simulator = simulator;
    once(simulator.child, 'exit')
      .then(([code]) => endedByItself(live, simulator, code))
      .catch(complain(pod));
  }
  await server.listen();
  const round = live.restarts;
  const isRunning = () => server.isListening() && live.restarts === round;
  const restart = () => crash(live).then(() => run(live));
  const target = { address: server.identity.address, container, isRunning };
  void probe(target, (ready) => report(live, { state: 'running', ready }), restart);
}

/** What nobody told to end, and ends, is started again after a while. */
const RESTART_MS = 2_000;

async function endedByItself(live: Live, simulator: Simulator, exitCode: number | null): Promise<void> {
  if (live.simulator !== simulator || live.isGone) return;
  await crash(live, exitCode ?? 137);
  await delay(RESTART_MS);
  if (!live.isGone) await live.behave();
}

async function crash(live: Live, exitCode = 137): Promise<void> {
  if (!live.server.isListening()) return;
  const { simulator } = live;
  live.simulator = undefined;
  simulator?.child.kill('SIGKILL');
  await live.server.close('cut');
  live.restarts += 1;
  await report(live, { state: 'terminated', reason: 'Error', exitCode });
}

/** Every container of the pod is said to be as its engine is. */
async function report(
  { context, pod, server, restarts }: Live,
  status: Pick<ContainerStatus, 'state'> & Partial<ContainerStatus>,
): Promise<void> {
  const since = new Date().toISOString();
  const containers = (pod.spec?.containers ?? []).map(({ name }) => ({
    ...{ name, ready: false, restartCount: restarts, imageId: '', since },
    ...status,
  }));
  const body = { status: podStatus(pod, server.identity.address, containers) };
  await context.kube.merge(refOf({ apiVersion: 'v1', kind: 'Pod', ...pod }), body, 'status').catch((error) => {
    // It went while this was under way.
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}
