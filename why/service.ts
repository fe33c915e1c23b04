import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Lookup, Requirement } from '#shared/function.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { openAIPath } from '#shared/paths.ts';
import { conditionOf } from '#shared/readiness.ts';
import { modelService } from '../functions/compose-model-service/compose.ts';
import { type Endpoint, type Entry, entriesOf } from '../functions/compose-model-service/endpoints.ts';
import { backendRefsFor, backendsIn } from '../functions/compose-model-service/observed-route.ts';
import { canAnswer } from '../functions/compose-model-service/standing.ts';
import { parentOf } from '../functions/compose-model-service/status.ts';
import { type ClusterObject, controllerOf, statusOf } from '../preview/objects.ts';
import { detailOf } from '../preview/print/details.ts';
import { callersNode } from './callers.ts';
import { ENDPOINTS, endpointNode } from './endpoint.ts';
import { FRONT_DOOR, frontDoorNode } from './front-door.ts';
import {
  describeCommand,
  isAmiss,
  leaf,
  listCommand,
  type Node,
  type Problem,
  type State,
  type Thing,
  unseenNode,
} from './node.ts';
import { deploymentOf, type Placed, placedIn } from './placed.ts';
import { refusalOf, thingOf } from './thing.ts';
import { find, gapAt, objectAt, objectsAt, type View } from './view.ts';
import { type Word, wordOf } from './word.ts';

export const SERVICES = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelService' } as const;
const NOTHING_REQUIRED: Requirement = { ...SERVICES, match: { labels: {} } };
const ROUTES = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' } as const;

type Service = KubernetesObject & ModelService;

/** A service from the front door down to whoever answers, for everybody or for one caller. */
export function serviceNode(view: View, xr: ClusterObject, caller?: string): Node {
  const door = frontDoorNode(view);
  const callers = asksWho(view) ? [callersNode(view, nameIn(xr), caller)] : [];
  const entrance = [door, ...callers];
  const behind = behindNode(view, xr);
  const children = [...entrance, ...behind.children];
  const bad = entrance.find(({ state }) => state === 'Fails') ?? entrance.find(({ state }) => state === 'Unseen');
  const state = behind.state === 'Fails' ? 'Fails' : (bad?.state ?? behind.state);
  return { ...behind, state: state === 'Serves' && children.some(isAmiss) ? 'Impaired' : state, children };
}

/** A service without the front door: its route, and whom that leads to. */
export function behindNode(view: View, xr: ClusterObject): Node {
  const word = wordOf(view, xr);
  const routing = word.of('RoutingReady');
  const ends = endsOf(view, xr);
  const hasFailingEnds = ends.some(({ node }) => node.state === 'Fails');
  const route = routeNode(view, xr, { isServed: routing?.status === 'True', hasFailingEnds });
  const refusal = refusalOf(xr);
  const children = [route, ...ends.map(({ node }) => node)];
  const problem = refusal ?? word.trouble ?? routingProblem(xr, word);
  const sent = ends.filter(({ share }) => share > 0).map(({ node }) => node);
  const isAnswered = routing?.status === 'True' && !(sent.length > 0 && sent.every((node) => node.state === 'Fails'));
  const answers: State = children.some(isAmiss) || problem ? 'Impaired' : 'Serves';
  return {
    thing: thingOf(xr),
    state: isAnswered ? answers : 'Fails',
    detail: detailOf(xr),
    ...(problem && { problem }),
    children,
  };
}

/** What the service says of itself, for when nothing below it says it better. */
function routingProblem(xr: ClusterObject, word: Word): Problem | undefined {
  const [routing, resolved] = [word.of('RoutingReady'), word.of('EndpointsResolved')];
  const thing = thingOf(xr);
  if (resolved?.status === 'False' && (resolved.reason === 'TooManyEndpoints' || routing?.status !== 'True')) {
    const { reason = '', message = '' } = resolved;
    const command =
      reason === 'NoEndpoints' && controllerOf(xr) === undefined
        ? listCommand(ENDPOINTS.kind, xr.metadata.namespace, ' --show-labels')
        : describeCommand(thing);
    return { reason, message, command };
  }
  if (routing?.status === 'True') return undefined;
  const { reason = 'NotReported', message = 'Its function has not said yet whether requests are served.' } =
    routing ?? {};
  return { reason, message, command: describeCommand(thing) };
}

/** Whether the front door asks who calls. */
function asksWho(view: View): boolean {
  const gateway = objectAt(view, FRONT_DOOR);
  return gateway !== undefined && statusOf(gateway).authentication === 'Enforced';
}

const nameIn = ({ metadata: { namespace = '', name } }: ClusterObject) => ({ namespace, name });

/** The route that the service composed. */
function routeOf(view: View, xr: ClusterObject): ClusterObject | undefined {
  const { namespace, name } = xr.metadata;
  const labels = { 'modelplane.ai/service': name };
  return objectsAt(view, { ...ROUTES, namespace, labels }).find(
    (route) => controllerOf(route)?.kind === SERVICES.kind && controllerOf(route)?.name === name,
  );
}

function routeNode(
  view: View,
  xr: ClusterObject,
  { isServed, hasFailingEnds }: { readonly isServed: boolean; readonly hasFailingEnds: boolean },
): Node {
  const { namespace, name } = xr.metadata;
  const route = routeOf(view, xr);
  const place = { ...ROUTES, ...(namespace !== undefined && { namespace }) };
  if (route === undefined) {
    const gap = gapAt(view, place);
    const thing = { ...place, name };
    if (gap) return unseenNode(thing, gap);
    return leaf(thing, 'Fails', {
      reason: 'NotThere',
      message: 'Crossplane has not made the route yet, or somebody has deleted it.',
      command: describeCommand(thingOf(xr)),
    });
  }
  const gateway = objectAt(view, FRONT_DOOR) as (KubernetesObject & InferenceGateway) | undefined;
  const parent = parentOf(route, gateway);
  const thing = thingOf(route);
  const refused = ['Accepted', 'ResolvedRefs']
    .map((type) => conditionOf(parent?.conditions, type))
    .find((condition) => condition?.status === 'False');
  if (refused) return refusedRoute(thing, refused, hasFailingEnds);
  if (parent !== undefined || isServed || gateway === undefined) return leaf(thing, 'Serves');
  return leaf(thing, 'Fails', {
    reason: 'WaitingForRoute',
    message: 'The front door has not said yet whether it takes the route.',
    command: describeCommand(thing),
  });
}

/** A backend that is not found is somebody who lacks one: he is to blame, where he is known. */
function refusedRoute(
  thing: Thing,
  { type, reason = type, message = reason }: StatusCondition,
  isKnown: boolean,
): Node {
  const isAccepted = type !== 'Accepted';
  return leaf(thing, isAccepted && isKnown ? 'Impaired' : 'Fails', {
    reason,
    message: `The front door ${isAccepted ? 'cannot find a backend' : 'refuses the route'}: ${message}`,
    command: describeCommand(thing),
  });
}

/** Somebody whom a service leads to, and his share in percent. */
interface End {
  readonly node: Node;
  readonly share: number;
}

/** Everybody whom the service selects; of a deployment's placements also those who have no endpoint yet. */
function endsOf(view: View, xr: ClusterObject): End[] {
  const { namespace = '' } = xr.metadata;
  const gap = gapAt(view, { ...ENDPOINTS, namespace });
  if (gap) return [{ node: unseenNode({ ...ENDPOINTS, namespace, name: '*' }, gap), share: 0 }];
  const owner = controllerOf(xr);
  const placed = placedIn(view, owner, namespace);
  const shares = sharesIn(routeOf(view, xr), xr);
  const ends = entriesIn(view, xr).flatMap((entry) => entryEnds(view, namespace, entry, { shares, placed }));
  const deployment = ends.length === 0 ? deploymentOf(view, owner, namespace) : undefined;
  const refusal = deployment && refusalOf(deployment);
  return refusal ? [{ node: leaf(thingOf(deployment), 'Fails', refusal), share: 0 }] : ends;
}

/** What the service selects, as its function sees it. */
export function entriesIn(view: View, xr: ClusterObject): Entry[] {
  const requirements = modelService.requires(xr as unknown as Service, () => []);
  const lookup = ((key: string) => {
    const { apiVersion, kind, namespace: where, match } = requirements[key] ?? NOTHING_REQUIRED;
    return 'labels' in match ? objectsAt(view, { apiVersion, kind, namespace: where, labels: match.labels }) : [];
  }) as Lookup;
  return entriesOf(xr as unknown as Service, lookup, backendsIn(routeOf(view, xr)));
}

function entryEnds(
  view: View,
  namespace: string,
  { name: entryName, endpoints }: Entry,
  { shares, placed }: { readonly shares: ReadonlyMap<string, number>; readonly placed: readonly Placed[] },
): End[] {
  if (endpoints.length === 0)
    return placed.filter(({ name }) => name === entryName).map(({ node }) => ({ node, share: 0 }));
  return endpoints.flatMap((endpoint) => {
    const { object } = find(view, { ...ENDPOINTS, namespace, name: endpoint.name });
    if (object === undefined) return [];
    const behind = placed.find((one) => one.isBehind(object))?.node;
    const share = shares.get(endpoint.backend) ?? 0;
    const seat = {
      share,
      standing: standingText(endpoint),
      answers: canAnswer(endpoint.standing) || endpoint.standing === 'LastResort',
    };
    return [{ node: endpointNode(view, object, behind, seat), share }];
  });
}

function standingText({ standing, dead }: Endpoint): string | undefined {
  if (standing === undefined) return dead ? 'cannot answer' : 'not ready';
  return standing === 'Usable' ? undefined : STANDING_TEXT[standing];
}

const STANDING_TEXT = {
  Draining: 'draining',
  Drained: 'draining',
  Unready: 'not ready, and sent requests still',
  LastResort: 'a last resort',
  Withdrawn: 'withdrawn',
} as const;

/** In percent of what comes to the service's URL, by Service. */
function sharesIn(route: ClusterObject | undefined, xr: ClusterObject): ReadonlyMap<string, number> {
  const refs = backendRefsFor(route, openAIPath(nameIn(xr)));
  const total = refs.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return new Map(refs.map(({ name, weight = 1 }) => [name, total === 0 ? 0 : (100 * weight) / total]));
}
