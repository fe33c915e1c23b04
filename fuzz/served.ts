import { type ClusterObject, conditionOf, controllerOf, specOf, statusOf } from '../preview/objects.ts';
import { canAnswer, door, frontDoor, isWanted, letsAllIn, selected, services } from './able.ts';
import { GATEWAY } from './genesis.ts';
import { keyOfObject, list } from './store.ts';
import { destination, readByNow, type View } from './traefik.ts';
import { type Outcome, outcomeOf } from './truth.ts';
import { isTrue, type World } from './world.ts';

/** Shares that are not answered, of which the user did not say that they are to be held. */
const unanswered = (outcome: Outcome): string[] =>
  'problem' in outcome
    ? [outcome.problem]
    : outcome.shares.flatMap(({ backend, weight, held, problem }) =>
        held || problem === undefined ? [] : [`${backend}, weight ${weight}: ${problem}`],
      );

const isAnswered = (outcome: Outcome): boolean =>
  'shares' in outcome && outcome.shares.some(({ problem, held }) => problem === undefined && !held);

export function unserved(world: World): string[] {
  const view = readByNow(world);
  if (door(world, view) === undefined || !letsAllIn(world)) return [];
  return services(world).flatMap((service) => {
    const living = selected(world, service).filter((endpoint) => canAnswer(world, endpoint));
    if (living.length === 0) return [];
    const outcome = outcomeOf(world, view, service, 'told');
    const problems = unanswered(outcome);
    const names = living.map(({ metadata }) => metadata.name).join(', ');
    if (!isAnswered(outcome) && !isHeldWhole(outcome))
      return [
        `${keyOfObject(service)} is not served though ${names} can answer (${problems.join('; ') || 'no shares'})`,
      ];
    return problems.length > 0 && living.some(isWanted)
      ? [`${keyOfObject(service)}: ${problems.join('; ')}; and ${names} can answer`]
      : [];
  });
}

/** All of it is held: the lowest tier is another entry's. */
const isHeldWhole = (outcome: Outcome): boolean =>
  'shares' in outcome && outcome.shares.length > 0 && outcome.shares.every(({ held }) => held);

/** Whoever says Ready and does not answer. */
export function falselyReady(world: World): string[] {
  const view = readByNow(world);
  const isReady = (object: ClusterObject) => isTrue(object, 'Ready');
  const doorProblem = door(world, view) === undefined ? ['its Gateway is not served'] : [];
  return [
    ...[frontDoor(world)].flatMap((one) => (one !== undefined && isReady(one) ? named(one, doorProblem) : [])),
    ...list(world.store, 'InferenceCluster')
      .filter(isReady)
      .flatMap((one) => named(one, clusterProblem(world, one))),
    ...list(world.store, 'ModelEndpoint')
      .filter(isReady)
      .flatMap((one) => named(one, endpointProblem(view, one))),
    ...services(world)
      .filter(isReady)
      .flatMap((one) => named(one, serviceProblem(world, view, one))),
    ...list(world.store, 'ModelDeployment')
      .filter(isReady)
      .flatMap((one) => named(one, deploymentProblem(world, view, one))),
  ];
}

const named = (object: ClusterObject, problems: readonly string[]): string[] =>
  problems.map((problem) => `${keyOfObject(object)} is Ready: ${problem}`);

function clusterProblem(world: World, cluster: ClusterObject): string[] {
  const site = world.sites.get(cluster.metadata.name);
  return [
    ...(site?.api === true ? [] : ['its API server does not answer']),
    ...(site?.programmed === true ? [] : ['its Gateway is not programmed']),
  ];
}

/** The way to an endpoint, as a service would be told it. */
export function endpointProblem(view: View, endpoint: ClusterObject): string[] {
  const { backendName: name = '', port } =
    (statusOf(endpoint).routing as { backendName?: string; port?: number }) ?? {};
  const to = destination(view, endpoint, { name, ...(port !== undefined && { port }) });
  if ('broken' in to) return [to.broken];
  return 'nobody' in to ? ['nobody is behind its Service'] : [];
}

export function serviceProblem(world: World, view: View, service: ClusterObject): string[] {
  const outcome = outcomeOf(world, view, service, 'told');
  return isAnswered(outcome) ? unanswered(outcome) : [...unanswered(outcome), 'no share is answered'];
}

/** Its services answer; without one of its own, its endpoints are there, and not all of them last resorts. */
export function deploymentProblem(world: World, view: View, deployment: ClusterObject): string[] {
  const uid = deployment.metadata.uid;
  const own = services(world).filter((service) => controllerOf(service)?.uid === uid);
  if (specOf(deployment).service === 'Enabled')
    return own.length === 0 ? ['it has no service'] : own.flatMap((service) => serviceProblem(world, view, service));
  const endpoints = list(world.store, 'ModelEndpoint').filter((one) => controllerOf(one)?.uid === uid);
  const good = endpoints.filter((one) => endpointProblem(view, one).length === 0 && specOf(one).lastResort !== true);
  return good.length === 0 ? ['none of its endpoints can be sent requests'] : [];
}

/** Whoever is answered and does not say Ready. What is refused serves as it was accepted before, and is as ready. */
export function neverReady(world: World): string[] {
  return [...clustersNotReady(world), ...servicesNotReady(world)];
}

/** Whose API answers and whose Gateway is where the spec says. */
function clustersNotReady(world: World): string[] {
  return list(world.store, 'InferenceCluster')
    .filter((cluster) => !isTrue(cluster, 'Ready') && isTrue(cluster, 'SpecAccepted'))
    .filter((cluster) => clusterProblem(world, cluster).length === 0 && isNamedRight(cluster))
    .map(notReady);
}

const isNamedRight = (cluster: ClusterObject): boolean =>
  (specOf(cluster).gateway as { name?: string }).name === GATEWAY.name;

function servicesNotReady(world: World): string[] {
  const view = readByNow(world);
  const gateway = frontDoor(world);
  if (gateway === undefined || door(world, view) === undefined) return [];
  const late = services(world)
    .filter((service) => !isTrue(service, 'Ready') && isAnsweredWhole(world, view, service))
    .filter((service) => selected(world, service).some((one) => canAnswer(world, one) && isWanted(one)));
  return [
    ...(isDoorTaken(world, view, gateway) && !isTrue(gateway, 'Ready') ? [notReady(gateway)] : []),
    ...(isTrue(gateway, 'Ready') ? late.map(notReady) : []),
  ];
}

const isAnsweredWhole = (world: World, view: View, service: ClusterObject): boolean => {
  const outcome = outcomeOf(world, view, service, 'told');
  return isAnswered(outcome) && unanswered(outcome).length === 0;
};

const notReady = (object: ClusterObject): string => {
  const ready = ['SpecAccepted', 'Connected', 'GatewayReady', 'RoutingReady'].map((type) => conditionOf(object, type));
  const said = ready.flatMap((one) =>
    one === undefined || one.status === 'True' ? [] : [`${one.reason}: ${one.message}`],
  );
  return `${keyOfObject(object)} is not Ready: ${said.join('; ')}`;
};

/** Whether the front door that is wanted is the one that is served, with all its listeners. */
function isDoorTaken(world: World, view: View, gateway: ClusterObject): boolean {
  const { gatewayRef } = specOf(gateway) as { gatewayRef?: { name: string; namespace: string } };
  const wanted = gatewayRef ?? { name: 'modelplane', namespace: 'modelplane-system' };
  const object = view.get('Gateway', wanted.namespace, wanted.name);
  if (object === undefined || door(world, view) !== object) return false;
  const listeners = statusOf(object).listeners as { conditions: { status: string }[] }[];
  return listeners.every(({ conditions }) => conditions.every(({ status }) => status === 'True'));
}
