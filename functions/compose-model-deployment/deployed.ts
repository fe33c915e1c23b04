import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/desired.ts';
import { TENANT_HEADER } from '#shared/headers.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { TENANT_ANNOTATION } from '#shared/platform.ts';
import { retain } from '#shared/retain.ts';
import { companions, retainedCompanions } from './cluster/companions.ts';
import { networkPolicies } from './cluster/isolation.ts';
import { type Manifest, parentRefOf, remoteKey, remoteNamespaceManifest, remoteObject } from './cluster/object.ts';
import { inferenceObjective, inferencePool } from './cluster/pool.ts';
import { httpRoute } from './cluster/route.ts';
import { criticalityOf, type TrafficClass } from './criticality.ts';
import {
  endpointKey,
  gatewayUrl,
  modelEndpoint,
  type Objectives,
  retainedEndpoint,
  type Standing,
} from './endpoints.ts';
import { engines } from './engine/workload.ts';
import { type Files, filesOf } from './files/files.ts';
import { held, names } from './files/hold.ts';
import { kept } from './kept.ts';
import { type ObservedObject, type ObservedSite, objectOf, type Seen, toldOf } from './observed.ts';
import { FAMILIES } from './picker/family.ts';
import { configName, type Picker, pickerObjects } from './picker/picker.ts';
import type { Place } from './place.ts';
import { retainedScaling, scaledObjectDesired, secondWriterDesired } from './scaling/parts.ts';
import { type Replicas, replicasOf } from './scaling/replicas.ts';
import { scaledObject } from './scaling/scaled-object.ts';
import { type Cluster, objectiveName, pickerName, poolName, type Site } from './site.ts';

/** A placement on the cluster that it was given, and what is there. */
export interface Deployed extends Place {
  readonly xr: ModelDeployment;
  readonly cluster: Cluster;
  readonly classes: readonly TrafficClass[];
  /** Replicas to run, which may be more than wanted until nobody sends requests there. */
  readonly replicas: number;
  readonly standing: Standing;
}

/** A placement as somebody to send requests to. */
interface Way extends Place {
  readonly standing: Standing;
  readonly objectives: Objectives;
}

/** Everything of a site, its endpoint once it can be sent requests. In which order it is made is shared/order.ts's. */
export function siteDesired(deployed: Deployed): Record<string, Desired> {
  const { xr, placement, observed, cluster, classes } = deployed;
  const { site, objects } = observed;
  const files = filesOf(xr.spec, placement, observed, cluster);
  const engineReplicas = replicasOf(observed, deployed.replicas, placement.scaling);
  const manifests = siteManifests(deployed, files, engineReplicas) as Manifest[];
  const entries = manifests.flatMap((manifest) => {
    const key = remoteKey(site, manifest);
    const before = objects.find((object) => object.key === key);
    if (isHeld(site, files, manifest, before)) {
      const stays = held(before, manifest);
      return stays === undefined ? [] : [[key, stays] as const];
    }
    return [[key, { resource: remoteObject(site, manifest, cluster), ready: before?.ready === true }] as const];
  });
  const remote: Record<string, Desired> = Object.fromEntries(entries);
  const objectives = Object.fromEntries(classes.map(({ name }) => [name, objectiveName(site, name)]));
  return {
    ...scalingDesired(deployed, engineReplicas),
    ...ofFormerPickers(deployed, remote),
    ...retainedCompanions(cluster, observed),
    ...files.desired,
    ...remote,
    ...endpointDesired({ ...deployed, objectives }),
  };
}

/** What is for scaling comes before the engines, whose Deployment the second writer's manifest names as well. */
function scalingDesired({ observed, placement, cluster }: Deployed, { second, scales }: Replicas) {
  const { scaling } = placement;
  return {
    ...(second !== undefined && secondWriterDesired(observed.site, second, cluster)),
    ...(scaling && scales && scaledObjectDesired(observed, scaledObject(observed.site, cluster, scaling), cluster)),
  };
}

/** Engines that are to name what is not as they need it yet. Whoever names it already goes on. */
function isHeld(site: Site, { needs }: Files, manifest: Manifest, before: ObservedObject | undefined): boolean {
  if (manifest.kind !== 'Deployment' || manifest.metadata?.name !== poolName(site)) return false;
  return needs.some(
    ({ name, isThere }) => !isThere && names(manifest as never, name) && !names(before?.resource, name),
  );
}

function siteManifests(
  { xr, placement, cluster, classes, observed }: Deployed,
  { template }: Files,
  { replicas }: Replicas,
): object[] {
  const { site } = observed;
  const { pickerFamily, priorityClasses } = cluster.spec;
  const { engine, rollout } = xr.spec;
  const family = FAMILIES[pickerFamily];
  const criticality = criticalityOf(xr.spec);
  return [
    remoteNamespaceManifest(site),
    ...networkPolicies(site, cluster, engine.port, placement.scaling !== undefined),
    engines({
      site,
      template,
      replicas,
      engine,
      rollout,
      engineTypeLabel: family.engineTypeLabel,
      priorityClassName: criticality && priorityClasses?.[criticality],
    }),
    inferencePool(site, engine.port),
    ...classes.map((one) => inferenceObjective(site, one, family.objectives)),
    ...pickerObjects(pickerAt(xr, site, cluster)),
    ...companions({ site, cluster, template: placement.template, engine }),
    httpRoute(site, cluster, {
      byTenant: xr.status?.authentication === 'Enforced' || namesTenant(remoteRoute(observed)?.resource),
      before: parentRefOf(toldOf(remoteRoute(observed)).manifest),
    }),
  ];
}

const remoteRoute = (observed: ObservedSite): ObservedObject | undefined =>
  objectOf(observed, 'HTTPRoute', poolName(observed.site));

/** Once a route takes requests by the tenant's own header it does so for good: the front door may go on sending them. */
const namesTenant = (object: KubernetesObject | undefined): boolean =>
  JSON.stringify(object?.spec ?? {}).includes(TENANT_HEADER);

const pickerAt = ({ spec }: ModelDeployment, site: Site, { spec: cluster }: Cluster): Picker => ({
  site,
  family: cluster.pickerFamily,
  spec: spec.endpointPicker,
  engine: spec.engine.type,
  cluster: cluster.picker,
});

/** What pickers that still run read, configuration and priorities, stays until the picker that replaces them is alone. */
function ofFormerPickers({ xr, cluster, observed, classes }: Deployed, wanted: object): Record<string, Desired> {
  const { site } = observed;
  const picker = objectOf(observed, 'Deployment', pickerName(site));
  if (runsOnly(picker?.seen, configName(pickerAt(xr, site, cluster)))) return {};
  const priorities = classes.map(({ name }) => objectiveName(site, name));
  const read = observed.objects
    .filter(({ key }) => !Object.hasOwn(wanted, key))
    .filter(({ kind, name }) => kind === 'ConfigMap' || (kind === 'InferenceObjective' && priorities.includes(name)));
  return Object.fromEntries(read.map(({ key, resource }) => [key, retain(resource, true)]));
}

interface PickerDeployment {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec?: { readonly volumes?: readonly { readonly configMap?: { readonly name?: string } }[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
  };
}

/** Whether a picker's Deployment runs this configuration and no other any more. */
function runsOnly(seen: Seen | undefined, config: string): boolean {
  const { metadata, spec, status } = (seen ?? {}) as PickerDeployment;
  return (
    spec?.template?.spec?.volumes?.every(({ configMap }) => configMap?.name === config) === true &&
    status?.observedGeneration === metadata?.generation &&
    status?.updatedReplicas === spec.replicas &&
    status?.replicas === spec.replicas
  );
}

/** What there is of a site, with the truth about it, where nobody can say what it should become. */
export function siteAsBefore(place: Place, standing: Standing): Record<string, Desired> {
  const endpoint = endpointDesired({ ...place, standing, objectives: lastObjectives(place.observed) });
  return { ...retainedScaling(place.observed), ...kept(place.observed, place.cluster), ...endpoint };
}

/** Those that the endpoint says; before there is one, those that are in the cluster. */
function lastObjectives({ site, endpoint, objects }: ObservedSite): Objectives {
  const names = objects.filter(({ kind }) => kind === 'InferenceObjective').map(({ name }) => name);
  const prefix = objectiveName(site, '');
  return (
    endpoint?.resource.spec.objectives ?? Object.fromEntries(names.map((name) => [name.slice(prefix.length), name]))
  );
}

/** Whether the cluster's gateway has taken up a route that names the tenant's own header. */
function isByTenant(observed: ObservedSite): boolean {
  const route = remoteRoute(observed);
  const isThere = observed.endpoint?.resource.metadata.annotations?.[TENANT_ANNOTATION] !== undefined;
  return namesTenant(route?.seen) && (isThere || route?.ready === true);
}

/** The endpoint: composed once everything on the way has been ready, and kept from then on. */
function endpointDesired({ cluster, observed, health, placement, standing, objectives }: Way): Record<string, Desired> {
  const { site, endpoint } = observed;
  const url = cluster && gatewayUrl(cluster);
  if (cluster === undefined || url === undefined)
    return endpoint === undefined ? {} : { [endpoint.key]: retainedEndpoint(endpoint.resource, standing) };
  if (endpoint === undefined && (!health.proven || placement.replicas === 0)) return {};
  return {
    [endpointKey(site)]: {
      resource: modelEndpoint(site, cluster, url, {
        objectives,
        standing,
        weight: placement.weight,
        engines: placement.engines,
        byTenant: isByTenant(observed),
      }),
      ready: endpoint?.resource.status?.routing?.ready === true,
    },
  };
}
