import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { V1Pod } from '@kubernetes/client-node';
import { kubeFrom, watch } from '../../kube.ts';
import type { EngineBehaviour, EngineState } from '../catalogue.ts';
import { type EngineContext, type EnginePod, isEngine, startEngine } from './pod.ts';
import { simulators } from './simulator.ts';

/** What the engines are started with: one JSON file. */
export interface EnginesConfig {
  readonly kubeconfig: string;
  /** Name of the inference cluster. */
  readonly cluster: string;
  /** The program that stands in for vLLM's. */
  readonly simulator: string;
  readonly logs: string;
  /** The first of the ports of this machine that simulators get. */
  readonly firstPort: number;
  /** Where they are told how to behave. */
  readonly admin: { readonly address: string; readonly port: number };
}

/** An engine at the address of every pod that kwok runs: it answers there, and the pod is ready when it does. */
async function main(): Promise<void> {
  const config: EnginesConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(config.kubeconfig);
  const engines = new Map<string, EnginePod>();
  const behaviours = new Map<string, EngineBehaviour>();
  const context: EngineContext = {
    kube,
    cluster: config.cluster,
    startSimulator: await simulators(config.simulator, config),
    behaviourOf: (keys) => behaviourOf(behaviours, keys),
  };
  const changed = (pod: V1Pod, gone: boolean) => {
    const uid = pod.metadata?.uid ?? '';
    if (gone) {
      engines.get(uid)?.end();
      engines.delete(uid);
    } else if (isEngine(pod) && !engines.has(uid)) {
      engines.set(uid, startEngine(context, pod));
    }
  };
  await watch<V1Pod>(kube, '/api/v1/pods', changed);
  administer(config.admin, engines, behaviours);
}

/** What was said last for any of these: all, the pool and the pod alike. */
const behaviourOf = (behaviours: ReadonlyMap<string, EngineBehaviour>, keys: readonly string[]): EngineBehaviour =>
  Object.assign({}, ...keys.map((key) => behaviours.get(key)));

/**
 * `GET /` lists engines; `PUT /` says how all behave from now on, `PUT /POOL` how those of a pool do, and
 * `PUT /NAMESPACE/POD` how one does: the narrower word counts, field by field.
 */
function administer(
  { address, port }: EnginesConfig['admin'],
  engines: ReadonlyMap<string, EnginePod>,
  behaviours: Map<string, EngineBehaviour>,
): void {
  const state = (): EngineState[] => [...engines.values()].map((engine) => engine.state());
  createServer(async (req, res) => {
    try {
      if (req.method === 'PUT') {
        behaviours.set(req.url?.slice(1) ?? '', (await json(req)) as EngineBehaviour);
        for (const engine of engines.values()) await engine.behave();
      }
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state(), null, 2));
    } catch (error) {
      res.writeHead(400).end(String(error));
    }
  }).listen(port, address);
}

await main();
