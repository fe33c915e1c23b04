import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import { BACKEND_PORTS, type Scheme } from '../functions/compose-model-endpoint/backend.ts';
import { portProblem } from '../functions/compose-model-endpoint/standing.ts';
import { type ClusterObject, controllerOf, isRecord, statusOf, uidOf } from '../preview/objects.ts';
import { detailOf } from '../preview/print/details.ts';
import { describeCommand, isAmiss, leaf, type Node, type Problem, type State, type Thing, unseenNode } from './node.ts';
import { refusalOf, thingOf } from './thing.ts';
import { find, gapAt, objectsAt, type View } from './view.ts';
import { wordOf } from './word.ts';

export const ENDPOINTS = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelEndpoint' } as const;

/** How a service sees an endpoint, where it is looked at as one of a service's. */
export interface Seat {
  /** In percent of the service's requests, by the route as it is. */
  readonly share: number | undefined;
  /** A word or two on its standing, where it is not simply usable. */
  readonly standing: string | undefined;
  /** It answers what it is sent. */
  readonly answers: boolean;
}

/** An endpoint: how it is reached, and the placement behind it where a deployment composed it. */
export function endpointNode(view: View, xr: ClusterObject, placement: Node | undefined, seat?: Seat): Node {
  const word = wordOf(view, xr);
  const routing = word.of('RoutingReady');
  const isReady = routing?.status === 'True';
  const refusal = refusalOf(xr);
  // What is refused from the beginning, or withdrawn, has no parts.
  const parts = refusal && !isReady ? [] : partsOf(view, xr);
  const children = [...parts, ...(placement ? [placement] : [])];
  const problem = refusal ?? word.trouble ?? routingProblem(xr, routing);
  const isAmissBelow = problem !== undefined || children.some(isAmiss);
  const answers = isReady && (seat?.answers ?? true) && placement?.state !== 'Fails';
  return {
    thing: thingOf(xr),
    state: stateOf(answers, isAmissBelow),
    detail: [seat?.share === undefined ? '' : `${Number(seat.share.toFixed(2))} %`, seat?.standing, urlOf(xr)]
      .filter(Boolean)
      .join(', '),
    ...(problem && { problem }),
    ...(placement?.idle && { idle: true as const }),
    children,
  };
}

function stateOf(answers: boolean, isAmissBelow: boolean): State {
  if (!answers) return 'Fails';
  return isAmissBelow ? 'Impaired' : 'Serves';
}

function routingProblem(xr: ClusterObject, routing: StatusCondition | undefined): Problem | undefined {
  if (routing?.status === 'True') return undefined;
  return {
    reason: routing?.reason ?? 'NotReported',
    message: routing?.message ?? 'Its function has not said yet whether requests can be sent there.',
    command: describeCommand(thingOf(xr)),
  };
}

/** Without who somebody is there, should anybody have written that into a URL. */
function urlOf(xr: ClusterObject): string {
  const url = URL.parse(detailOf(xr));
  if (url === null) return '';
  const isBare = url.pathname === '/' && !detailOf(xr).endsWith('/');
  return `${url.protocol}//${url.host}${isBare ? '' : url.pathname}`;
}

/** The Service that stands for it, and what says where that leads and whom it believes. */
function partsOf(view: View, xr: ClusterObject): Node[] {
  const { namespace } = xr.metadata;
  const service = { apiVersion: 'v1', kind: 'Service', namespace, name: backendName(xr) };
  const slices = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace };
  const policy = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'BackendTLSPolicy', namespace };
  const found = objectsAt(view, { ...slices, labels: { 'kubernetes.io/service-name': backendName(xr) } });
  const gap = found.length === 0 ? gapAt(view, slices) : undefined;
  const policies = objectsAt(view, policy).filter((one) => controllerOf(one)?.uid === uidOf(xr));
  return [
    serviceNode(view, xr, service),
    ...(gap ? [unseenNode({ ...slices, ...only(namespace), name: backendName(xr) }, gap)] : []),
    ...found.map((slice) => leaf(thingOf(slice), 'Serves', undefined, detailOf(slice))),
    ...policies.map((one) => leaf(thingOf(one), 'Serves')),
  ];
}

const only = (namespace: string | undefined) => (namespace === undefined ? {} : { namespace });

type Endpoint = KubernetesObject & ModelEndpoint;

function serviceNode(
  view: View,
  xr: ClusterObject,
  reference: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string | undefined;
    readonly name: string;
  },
): Node {
  const thing: Thing = { ...reference, namespace: reference.namespace };
  const { object, gap } = find(view, reference);
  if (gap) return unseenNode(thing, gap);
  if (object === undefined)
    return leaf(thing, 'Fails', {
      reason: 'NotThere',
      message: `Crossplane has not made Service ${reference.name} yet, or somebody has deleted it.`,
      command: describeCommand(thingOf(xr)),
    });
  const { routing } = statusOf(xr);
  const scheme = isRecord(routing) && typeof routing.scheme === 'string' ? routing.scheme : 'http';
  const wrong =
    scheme in BACKEND_PORTS ? portProblem(xr as Endpoint, scheme as Scheme, { service: object }) : undefined;
  return wrong === undefined
    ? leaf(thing, 'Serves')
    : leaf(thing, 'Fails', { reason: 'PortMissing', message: wrong, command: describeCommand(thing) });
}
