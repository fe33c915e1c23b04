import { closest } from '../preview/admit/words.ts';
import { type ClusterObject, controllerOf } from '../preview/objects.ts';
import { clusterNode } from './cluster.ts';
import { deploymentNode } from './deployment.ts';
import { endpointNode } from './endpoint.ts';
import { frontDoorNode } from './front-door.ts';
import { leaf, listCommand, type Node, unseenNode } from './node.ts';
import { placedIn } from './placed.ts';
import { serviceNode } from './service.ts';
import type { Target } from './target.ts';
import { urlNode } from './url.ts';
import { find, objectsAt, type View } from './view.ts';

const MODELPLANE = 'modelplane.ai/v1alpha1';

/** What was asked for, and everything on the way to it. */
export function explain(view: View, target: Target, caller?: string): Node {
  if (target.kind === 'InferenceGateway') return frontDoorNode(view);
  if (target.kind === 'InferenceCluster') return clusterNode(view, target.name);
  const reference = { apiVersion: MODELPLANE, kind: target.kind, namespace: target.namespace, name: target.name };
  const { object, gap } = find(view, reference);
  if (gap) return unseenNode(reference, gap);
  if (object === undefined) return missing(view, target);
  switch (target.kind) {
    case 'ModelDeployment':
      return deploymentNode(view, object, caller);
    case 'ModelService':
      return target.path === undefined && target.host === undefined
        ? serviceNode(view, object, caller)
        : urlNode(view, object, target, caller);
    case 'ModelEndpoint':
      return endpointNode(view, object, placementBehind(view, object));
    default:
      return target.kind satisfies never;
  }
}

const placementBehind = (view: View, endpoint: ClusterObject): Node | undefined =>
  placedIn(view, controllerOf(endpoint), endpoint.metadata.namespace ?? '').find((one) => one.isBehind(endpoint))?.node;

function missing(view: View, { kind, namespace, name }: Target): Node {
  const names = objectsAt(view, { apiVersion: MODELPLANE, kind, namespace }).map(({ metadata }) => metadata.name);
  const meant = closest(name, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const problem = {
    reason: 'NotThere',
    message: `There is no ${kind} ${name}${namespace === undefined ? '' : ` in namespace ${namespace}`}.${hint}`,
    command: listCommand(kind, namespace),
  };
  return leaf({ apiVersion: MODELPLANE, kind, ...(namespace !== undefined && { namespace }), name }, 'Fails', problem);
}
