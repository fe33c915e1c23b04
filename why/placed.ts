import { namespaceOf } from '#shared/kubernetes.ts';
import { observedSites } from '../functions/compose-model-deployment/observed.ts';
import { LABELS } from '../functions/compose-model-deployment/site.ts';
import type { ClusterObject, OwnerReference } from '../preview/objects.ts';
import { DEPLOYMENTS, placementsOf } from '../preview/placements.ts';
import type { Node } from './node.ts';
import { siteNode, toldNode } from './placement.ts';
import { gapAt, objectAt, type View } from './view.ts';
import { composedBy } from './word.ts';

const OBJECTS = { apiVersion: 'kubernetes.m.crossplane.io/v1alpha1', kind: 'Object' } as const;

/** A placement of a deployment, and which endpoint is of it. */
export interface Placed {
  readonly name: string;
  readonly node: Node;
  isBehind(endpoint: ClusterObject): boolean;
}

/** The placements of the deployment that composed something; none where nobody of that kind did. */
export function placedIn(view: View, owner: OwnerReference | undefined, namespace: string): Placed[] {
  const xr = deploymentOf(view, owner, namespace);
  return xr === undefined ? [] : placementsIn(view, xr);
}

export const deploymentOf = (
  view: View,
  owner: OwnerReference | undefined,
  namespace: string,
): ClusterObject | undefined =>
  owner?.kind === DEPLOYMENTS.kind ? objectAt(view, { ...DEPLOYMENTS, namespace, name: owner.name }) : undefined;

/** By what provider-kubernetes sees of each; by its deployment's word where that may not be seen, or is not there. */
export function placementsIn(view: View, xr: ClusterObject): Placed[] {
  const deployment = { namespace: namespaceOf(xr), name: xr.metadata.name };
  const isUnseen = gapAt(view, { ...OBJECTS, namespace: deployment.namespace }) !== undefined;
  const sites = isUnseen ? [] : [...observedSites(deployment, composedBy(view, xr).observed).values()];
  const told = placementsOf(xr);
  const seen = sites.filter(({ objects }) => objects.length > 0);
  const unseen = told.filter(
    ({ name, cluster }) => !seen.some(({ site }) => site.placement === name && site.cluster === cluster),
  );
  const placed = (name: string, cluster: string | undefined, node: Node): Placed => ({
    name,
    node,
    isBehind: ({ metadata: { labels = {} } }) =>
      labels[LABELS.placement] === name && labels[LABELS.cluster] === cluster,
  });
  return [
    ...seen.map((observed) => {
      const { placement, cluster } = observed.site;
      const status = told.find((one) => one.name === placement && one.cluster === cluster);
      return placed(placement, cluster, siteNode(view, observed, status));
    }),
    ...unseen.map((status) => placed(status.name, status.cluster, toldNode(view, deployment, status))),
  ];
}
