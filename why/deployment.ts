import { type ClusterObject, controllerOf, uidOf } from '../preview/objects.ts';
import { detailOf } from '../preview/print/details.ts';
import { describeCommand, isAmiss, type Node, type Problem } from './node.ts';
import { placementsIn } from './placed.ts';
import { behindNode, SERVICES, serviceNode } from './service.ts';
import { refusalOf, thingOf } from './thing.ts';
import { objectsAt, type View } from './view.ts';
import { type Word, wordOf } from './word.ts';

/** A deployment: its services with the front door, and its placements. */
export function deploymentNode(view: View, xr: ClusterObject, caller?: string): Node {
  const word = wordOf(view, xr);
  const [first, ...others] = servicesOf(view, xr);
  const service = first && serviceNode(view, first, caller);
  const services = [...(service ? [service] : []), ...others.map((one) => withoutEnds(behindNode(view, one)))];
  const shown = new Set(services.flatMap(placementsBelow));
  const alone = placementsIn(view, xr).filter(({ node }) => !shown.has(placeOf(node)));
  const children = [...services, ...alone.map(({ node }) => node)];
  const problem = problemOf(xr, word);
  const routing = word.of('RoutingReady');
  const isWhole = !children.some(isAmiss) && problem === undefined;
  const state =
    routing?.status !== 'True' || service?.state === 'Fails'
      ? 'Fails'
      : (unseen(service) ?? (isWhole ? 'Serves' : 'Impaired'));
  return { thing: thingOf(xr), state, detail: detailOf(xr), ...(problem && { problem }), children };
}

const unseen = (service: Node | undefined) => (service?.state === 'Unseen' ? ('Unseen' as const) : undefined);

/** Its own services: the one of its own URL before those of traffic classes. */
function servicesOf(view: View, xr: ClusterObject): ClusterObject[] {
  const all = objectsAt(view, { ...SERVICES, namespace: xr.metadata.namespace });
  const own = all.filter((service) => controllerOf(service)?.uid === uidOf(xr));
  return own.sort(
    (a, b) => Number(b.metadata.name === xr.metadata.name) - Number(a.metadata.name === xr.metadata.name),
  );
}

/** Every class has the same endpoints, which are shown once. */
const withoutEnds = (node: Node): Node => ({
  ...node,
  children: node.children.filter(({ thing }) => thing.kind === 'HTTPRoute'),
});

const placeOf = ({ thing, detail }: Node): string => `${thing.name} ${detail}`;

const placementsBelow = (node: Node): string[] =>
  node.thing.kind === 'Placement' ? [placeOf(node)] : node.children.flatMap(placementsBelow);

/** What the deployment says of itself. That nothing was accepted yet is said best by why not. */
function problemOf(xr: ClusterObject, word: Word): Problem | undefined {
  const said = ['PlacementsScheduled', 'SecretsReady', 'CacheReady', 'PlacementsReady', 'RoutingReady']
    .map((type) => word.of(type))
    .find((condition) => condition !== undefined && condition.status !== 'True');
  const own = said && {
    reason: said.reason ?? said.type,
    message: said.message ?? '',
    command: describeCommand(thingOf(xr)),
  };
  return refusalOf(xr) ?? word.trouble ?? own;
}
