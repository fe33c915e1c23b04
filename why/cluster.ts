import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { type ClusterObject, isRecord, specOf } from '../preview/objects.ts';
import { detailOf } from '../preview/print/details.ts';
import { describeCommand, kubectl, leaf, listCommand, type Node, type Problem, unseenNode } from './node.ts';
import { refusalOf, thingOf } from './thing.ts';
import { find, type View } from './view.ts';
import { type Word, wordOf } from './word.ts';

const CLUSTERS = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'InferenceCluster' } as const;

/** An inference cluster: whether its API server answers, and the Gateway that requests enter by. */
export function clusterNode(view: View, name: string): Node {
  const { object: xr, gap } = find(view, { ...CLUSTERS, name });
  const thing = { ...CLUSTERS, name };
  if (gap) return unseenNode(thing, gap);
  if (xr === undefined)
    return leaf(thing, 'Fails', {
      reason: 'NotThere',
      message: `There is no InferenceCluster ${name}. What runs there may well serve.`,
      command: listCommand('InferenceCluster'),
    });
  const word = wordOf(view, xr);
  const ready = word.of('GatewayReady');
  const unconnected = connectionProblem(xr, word);
  const hasGateway = unconnected === undefined && ready !== undefined && ready.reason !== 'NothingAccepted';
  const problem = refusalOf(xr) ?? unconnected ?? word.trouble;
  const serves = unconnected === undefined && ready?.status === 'True';
  return {
    thing: thingOf(xr),
    state: serves ? (problem ? 'Impaired' : 'Serves') : 'Fails',
    detail: detailOf(xr),
    ...(problem && { problem }),
    children: hasGateway ? [gatewayNode(xr, name, ready)] : [],
  };
}

function connectionProblem(xr: ClusterObject, word: Word): Problem | undefined {
  const connected = word.of('Connected');
  if (connected?.status === 'True') return undefined;
  return {
    reason: connected?.reason ?? 'NotReported',
    message: connected?.message ?? 'Nobody has said yet whether its API server answers.',
    command: describeCommand(thingOf(xr)),
  };
}

function gatewayNode(
  xr: ClusterObject,
  cluster: string,
  {
    status,
    reason = '',
    message = '',
  }: { readonly status: string; readonly reason?: string; readonly message?: string },
): Node {
  const { gateway } = specOf(xr);
  const { name = '', namespace = PLATFORM_NAMESPACE } = isRecord(gateway)
    ? (gateway as { name?: string; namespace?: string })
    : {};
  const thing = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', namespace, name, cluster };
  if (status === 'True') return leaf(thing, 'Serves');
  const command =
    reason === 'GatewayNotFound'
      ? kubectl('get gateways.gateway.networking.k8s.io --all-namespaces', cluster)
      : describeCommand(thing);
  return leaf(thing, 'Fails', { reason, message, command });
}
