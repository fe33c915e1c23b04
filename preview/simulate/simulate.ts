import { getObject, referenceTo } from '../cluster.ts';
import { type ClusterObject, groupKindOf, uidOf } from '../objects.ts';
import { type State, write } from '../world.ts';
import { release } from './helm.ts';
import { object } from './object.ts';
import { type Simulated, type Simulator, viewOf } from './simulator.ts';
import { backendTLSPolicy, gateway, gatewayClass, httpRoute } from './traefik.ts';
import { deployment } from './workloads.ts';

const SIMULATORS: Readonly<Record<string, Simulator>> = {
  'Deployment.apps': deployment,
  'BackendTLSPolicy.gateway.networking.k8s.io': backendTLSPolicy,
  'Gateway.gateway.networking.k8s.io': gateway,
  'GatewayClass.gateway.networking.k8s.io': gatewayClass,
  'HTTPRoute.gateway.networking.k8s.io': httpRoute,
  'Object.kubernetes.m.crossplane.io': object,
  'Release.helm.m.crossplane.io': release,
};

/**
 * Lets every controller that is not here look at its objects once. An object that came with a status of its own keeps
 * it. What was taken for granted is remembered, to be said.
 */
export function simulate(state: State): void {
  const view = viewOf(state.cluster, state.outages);
  for (const seen of [...state.cluster.values()]) {
    const simulator = SIMULATORS[groupKindOf(seen)];
    const outcome = simulator && !keepsStatus(state, seen) ? simulator.simulate(seen, view) : undefined;
    if (simulator && outcome) take(state, seen, simulator, outcome);
  }
}

const keepsStatus = ({ withStatus, live }: State, object: ClusterObject): boolean =>
  withStatus.has(uidOf(object)) ||
  (object.status !== undefined && live?.generations.get(uidOf(object)) === object.metadata.generation);

function take(state: State, seen: ClusterObject, { says }: Simulator, { status, brings, madeUp }: Simulated): void {
  state.said.add(says);
  for (const address of madeUp ?? []) state.madeUp.add(address);
  for (const one of brings ?? []) if (!getObject(state.cluster, referenceTo(one))) write(state, one);
  write(state, { ...seen, status });
}
