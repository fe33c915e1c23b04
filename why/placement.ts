import { healthOf } from '../functions/compose-model-deployment/health.ts';
import type { ObservedSite } from '../functions/compose-model-deployment/observed.ts';
import type { PlacementStatus } from '../preview/placements.ts';
import { clusterNode } from './cluster.ts';
import { describeCommand, listCommand, type Node, type Problem, type State, type Thing } from './node.ts';
import { byTurn, objectNode } from './remote-object.ts';
import type { View } from './view.ts';

/** A placement of a deployment, which is no object of its own. */
const placementThing = ({ namespace, name }: { namespace: string; name: string }): Thing => ({
  kind: 'Placement',
  namespace,
  name,
});

/** A placement where it stands: its cluster, and what was made for it there, by what provider-kubernetes saw last. */
export function siteNode(view: View, observed: ObservedSite, status: PlacementStatus | undefined): Node {
  const { site } = observed;
  const cluster = clusterNode(view, site.cluster);
  const { usable, ready } = healthOf(observed);
  const isReached = cluster.problem?.reason !== 'CannotConnect';
  const objects = observed.objects.toSorted(byTurn(site)).map((object) => objectNode(observed, object, isReached));
  const idle = status !== undefined && IDLE.includes(status.phase);
  const isWhole = ready && cluster.state === 'Serves';
  return {
    thing: placementThing({ namespace: site.deployment.namespace, name: site.placement }),
    state: usable ? (isWhole ? 'Serves' : 'Impaired') : 'Fails',
    detail: [`on ${site.cluster}`, ...(idle ? [status.phase] : [])].join(', '),
    ...(idle && { problem: saidOf(site.deployment, status), idle: true as const }),
    children: [cluster, ...objects],
  };
}

/** A placement of which there is no more to be seen than what its deployment says. */
export function toldNode(
  view: View,
  deployment: { readonly namespace: string; readonly name: string },
  status: PlacementStatus,
): Node {
  const { name, cluster, phase } = status;
  const state = PHASES[phase] ?? 'Fails';
  return {
    thing: placementThing({ namespace: deployment.namespace, name }),
    state,
    detail: [...(cluster === undefined ? [] : [`on ${cluster}`]), phase].join(', '),
    ...(state !== 'Serves' && { problem: saidOf(deployment, status) }),
    ...(IDLE.includes(phase) && { idle: true as const }),
    children: cluster === undefined ? [] : [clusterNode(view, cluster)],
  };
}

/** It is wanted so. */
const IDLE: readonly string[] = ['ScaledToZero', 'Stopping', 'Leaving'];

const PHASES: Readonly<Record<string, State>> = { Ready: 'Serves', Degraded: 'Impaired', Unknown: 'Impaired' };

const saidOf = (
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { phase, reason }: PlacementStatus,
): Problem => ({
  reason: phase,
  message: reason,
  command:
    phase === 'Unscheduled'
      ? listCommand('InferenceCluster', undefined, ' --show-labels')
      : describeCommand({ kind: 'ModelDeployment', namespace, name }),
});
