import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import { isFrontDoorHost } from '#shared/front-door.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isAtOrBelow, pathBelow } from '#shared/paths.ts';
import { publication } from '../functions/compose-model-service/publication.ts';
import type { ClusterObject } from '../preview/objects.ts';
import { FRONT_DOOR } from './front-door.ts';
import { describeCommand, type Node, type Problem } from './node.ts';
import { entriesIn, serviceNode } from './service.ts';
import type { Target } from './target.ts';
import { thingOf } from './thing.ts';
import { objectAt, type View } from './view.ts';

/** A URL: whether it is one of the front door's, whether its path is published, and the service behind it. */
export function urlNode(view: View, xr: ClusterObject, { host, path }: Target, caller?: string): Node {
  const service = serviceNode(view, xr, caller);
  const problem = hostProblem(view, host) ?? (path === undefined ? undefined : pathProblem(view, xr, path));
  return {
    thing: { kind: 'URL', name: `${host === undefined ? '' : `//${host}`}${path ?? ''}` },
    state: problem ? 'Fails' : service.state,
    detail: '',
    ...(problem && { problem }),
    // Whatever is behind, a request for this never comes to it.
    children: problem ? [] : [service],
  };
}

function hostProblem(view: View, host: string | undefined): Problem | undefined {
  const gateway = objectAt(view, FRONT_DOOR) as (KubernetesObject & InferenceGateway) | undefined;
  const hostname = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (host === undefined || gateway?.status?.address === undefined || isFrontDoorHost(gateway, hostname))
    return undefined;
  return {
    reason: 'NotTheFrontDoor',
    message: `${hostname} is no address and no name of the front door, which is at ${gateway.status.url}.`,
    command: describeCommand(FRONT_DOOR),
  };
}

function pathProblem(view: View, xr: ClusterObject, path: string): Problem | undefined {
  const { namespace = '', name } = xr.metadata;
  const { open, closed } = publication(xr as unknown as ModelService, entriesIn(view, xr)).paths;
  const longest = [...open, ...closed]
    .filter((one) => isAtOrBelow(path, pathBelow({ namespace, name }, one)))
    .sort((a, b) => b.length - a.length)[0];
  if (longest !== undefined && open.includes(longest)) return undefined;
  return {
    reason: 'PathNotPublished',
    message: `${path} is not published: ${open.map((one) => pathBelow({ namespace, name }, one)).join(', ')} ${open.length === 1 ? 'is' : 'are'}; spec.paths names others.`,
    command: describeCommand(thingOf(xr)),
  };
}
