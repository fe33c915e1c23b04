import { isDeepStrictEqual } from 'node:util';
import { type ClusterObject, groupKindOf, type Json, specOf, statusOf } from '../preview/objects.ts';
import { frozen, keyOf } from './store.ts';
import { changeSite, type Site, type World } from './world.ts';

/** The controller of the inference clusters' gateways. */
const CONTROLLER = 'gateway.envoyproxy.io/gatewayclass-controller';

const PICKER = /-epp$/;

/** With the group: there is an InferenceObjective of each picker family. */
export const remoteKeyOf = (object: ClusterObject): string =>
  keyOf(groupKindOf(object), object.metadata.namespace, object.metadata.name);

/** Writes an object into an inference cluster as its API server does. */
export function putRemote(world: World, name: string, manifest: ClusterObject): void {
  const key = remoteKeyOf(manifest);
  const before = world.sites.get(name)?.objects.get(key);
  const { status: _status, ...written } = manifest;
  if (before !== undefined && isDeepStrictEqual(withoutStatus(before), withoutStatus(written as ClusterObject))) return;
  const metadata = { ...manifest.metadata, generation: (before?.metadata.generation ?? 0) + 1 };
  const next = frozen({ ...written, metadata, ...(before?.status !== undefined && { status: before.status }) });
  changeSite(world, name, ({ objects }) => ({ objects: new Map(objects).set(key, next as ClusterObject) }));
}

function withoutStatus({ status: _status, ...object }: ClusterObject): object {
  const { generation: _generation, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** A deleted Namespace or Deployment takes along what is in it; here only what is named itself goes. */
export const removeRemote = (world: World, name: string, key: string): void =>
  changeSite(world, name, ({ objects }) => ({ objects: new Map([...objects].filter(([other]) => other !== key)) }));

/** The cluster's own controllers take one step: rollouts go on, and gateways say what they make of routes and pools. */
export function work(world: World, name: string): void {
  const site = world.sites.get(name);
  if (site === undefined) return;
  const objects = new Map([...site.objects].map(([key, object]) => [key, withStatus(site, object)]));
  // A site that is as it was stays the same, so that one can see that nothing changed.
  if ([...objects].some(([key, object]) => site.objects.get(key) !== object))
    changeSite(world, name, () => ({ objects }));
}

function withStatus(site: Site, object: ClusterObject): ClusterObject {
  const status = STATUSES[object.kind]?.(object, site);
  if (status === undefined || isDeepStrictEqual(status, object.status)) return object;
  return frozen({ ...object, status }) as ClusterObject;
}

const STATUSES: Readonly<Record<string, (object: ClusterObject, site: Site) => Json>> = {
  Deployment: deploymentStatus,
  InferencePool: (object) => ({ parents: [{ controllerName: CONTROLLER, conditions: taken(object) }] }),
  HTTPRoute: (object) => ({
    parents: ((specOf(object).parentRefs as Json[] | undefined) ?? []).map((parentRef) => ({
      parentRef,
      controllerName: CONTROLLER,
      conditions: taken(object),
    })),
  }),
  Gateway: (object, { programmed, addresses }) => ({
    ...(programmed && { addresses: addresses.slice(0, 1).map((value) => ({ type: 'IPAddress', value })) }),
    conditions: [
      condition(object, 'Accepted', true),
      { ...condition(object, 'Programmed', programmed), reason: programmed ? 'Programmed' : 'AddressNotAssigned' },
    ],
  }),
};

const taken = (object: ClusterObject) => [condition(object, 'Accepted', true), condition(object, 'ResolvedRefs', true)];

const condition = ({ metadata }: ClusterObject, type: string, holds: boolean) => ({
  type,
  status: holds ? 'True' : 'False',
  reason: type,
  observedGeneration: metadata.generation,
});

interface Rollout {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
}

/** A change is rolled out in two steps, and the pods from before serve until the new ones do. */
function deploymentStatus(object: ClusterObject, site: Site): Json {
  const { generation = 0 } = object.metadata;
  const wanted = Number(specOf(object).replicas ?? 1);
  const before = statusOf(object) as Rollout;
  const isDone = wanted === 0 || (before.observedGeneration === generation && hasItsConfig(object, site));
  const available = availableOf(object, site, isDone ? wanted : Math.min(before.availableReplicas ?? 0, wanted));
  const surge = before.replicas === undefined ? 0 : 1;
  return {
    observedGeneration: generation,
    replicas: isDone ? wanted : wanted + surge,
    updatedReplicas: isDone ? wanted : 1,
    ...(available > 0 && { availableReplicas: available }),
    conditions: [condition(object, 'Available', available > 0 || wanted === 0)],
  };
}

const availableOf = ({ metadata }: ClusterObject, { down }: Site, replicas: number): number =>
  down.includes(metadata.name) ? 0 : replicas;

/** A pod whose ConfigMap is not there does not start. */
function hasItsConfig(object: ClusterObject, { objects }: Site): boolean {
  const names = configsIn(object);
  return names.every((name) => objects.has(keyOf('ConfigMap', object.metadata.namespace, name)));
}

/** The ConfigMaps that a Deployment's pods mount. */
export function configsIn(deployment: ClusterObject): string[] {
  const { template } = specOf(deployment) as {
    template?: { spec?: { volumes?: { configMap?: { name?: string } }[] } };
  };
  return (template?.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
}

export const isPicker = (name: string): boolean => PICKER.test(name);

/** Whether pods of a Deployment answer in truth, whatever its status says. */
export function answers({ objects, down }: Site, namespace: string | undefined, name: string): boolean {
  const deployment = objects.get(keyOf('Deployment.apps', namespace, name));
  if (deployment === undefined || down.includes(name)) return false;
  return ((statusOf(deployment) as Rollout).availableReplicas ?? 0) > 0;
}
