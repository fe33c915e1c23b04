import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import {
  type EngineBehaviour,
  type EngineState,
  INFERENCE_CLUSTERS,
  type InferenceClusterName,
} from '../../inference/catalogue.ts';

/** More than a picker takes for idle: it sheds what may be shed. */
export const SATURATED: EngineBehaviour = { waiting: 50, cacheUsage: 0.99 };

/** The engines of a cluster, as they are now. For who is inside the control plane's namespaces. */
export const engines = (cluster: InferenceClusterName): Promise<EngineState[]> => administer(cluster, 'GET', '');

/**
 * Says how engines behave from now on: those of a pool by its name, one by `NAMESPACE/POD`, all of the cluster by ''.
 * `{}` lets them behave as ever.
 */
export const behave = (
  cluster: InferenceClusterName,
  which: string,
  behaviour: EngineBehaviour,
): Promise<EngineState[]> => administer(cluster, 'PUT', which, behaviour);

/** How long an engine takes before it answers, each request by itself: of the simulator, by its address. */
export const takesLong = (address: string, ms: number): Promise<void> =>
  configure(address, { 'time-to-first-token': `${ms}ms` });

/** How long an engine takes for each further word. */
export const speaksSlowly = (address: string, ms: number): Promise<void> =>
  configure(address, { 'inter-token-latency': `${ms}ms` });

async function configure(address: string, settings: object): Promise<void> {
  const body = JSON.stringify(settings);
  const response = await fetch(`http://${address}:8000/admin/config`, { method: 'POST', body });
  if (!response.ok) throw new Error(await response.text());
}

function administer(
  cluster: InferenceClusterName,
  method: 'GET' | 'PUT',
  which: string,
  behaviour?: EngineBehaviour,
): Promise<EngineState[]> {
  const { admin: host } = INFERENCE_CLUSTERS[cluster];
  return new Promise((resolve, reject) => {
    const req = request({ host, method, path: `/${which}`, agent: false }, (res) => {
      json(res).then((states) => resolve(states as EngineState[]), reject);
    });
    req.once('error', reject);
    req.end(behaviour && JSON.stringify(behaviour));
  });
}
