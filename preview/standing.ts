import { getObject } from './cluster.ts';
import { deploymentOf, placementOf } from './endpoint.ts';
import { conditionOf } from './objects.ts';
import { placementsOf } from './placements.ts';
import type { Mark } from './print/nodes.ts';
import type { Share } from './traffic.ts';
import type { State } from './world.ts';

/** How who gets a share does, as far as the control plane knows. */
export interface Standing {
  readonly mark: Mark;
  /** A word or two. */
  readonly word: string;
  readonly why: string;
}

/** A placement stands as its deployment says; of any other endpoint it is known only that the way to it is there. */
export function standingOf(state: State, { endpoint: reference, upstream }: Share): Standing {
  if (upstream === undefined) return { mark: 'bad', word: 'answers 503', why: 'Nobody is there to serve this share.' };
  const endpoint = reference && getObject(state.cluster, reference);
  if (!endpoint) return { mark: 'wait', word: 'no endpoint', why: '' };
  const placed = placementOf(endpoint);
  const placement = placementsOf(deploymentOf(state.cluster, endpoint)).find((one) => one.name === placed);
  if (placement) {
    const { phase, replicas, reason } = placement;
    const seen = phase === 'Unknown' ? 'last seen ' : '';
    const word = `${phase}, ${seen}${replicas.ready} of ${replicas.desired} replicas`;
    return { mark: phase === 'Ready' ? 'good' : 'wait', word, why: reason };
  }
  const routing = conditionOf(endpoint, 'RoutingReady');
  return routing?.status === 'True'
    ? { mark: 'good', word: 'configured', why: 'Nobody here watches whether it answers.' }
    : { mark: 'wait', word: routing?.reason ?? 'not ready', why: routing?.message ?? '' };
}
