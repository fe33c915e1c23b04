import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/function.ts';
import { retain } from '#shared/retain.ts';
import { companions, retainedCompanions } from './companions.ts';
import { criticalityOf, type TrafficClass } from './criticality.ts';
import { endpointKey, gatewayUrl, lastStanding, modelEndpoint, retainedEndpoint, type Standing } from './endpoints.ts';
import { FAMILIES } from './family.ts';
import type { Health } from './health.ts';
import { networkPolicies } from './isolation.ts';
import { type Manifest, remoteKey, remoteNamespaceManifest, remoteObject } from './object.ts';
import { type ObservedSite, objectOf, type Seen } from './observed.ts';
import { configName, pickerObjects } from './picker.ts';
import type { Placement } from './placements.ts';
import { inferenceObjective, inferencePool } from './pool.ts';
import { httpRoute } from './route.ts';
import { type Cluster, pickerName } from './site.ts';
import { engines } from './workload.ts';

/** A placement on the cluster that it was given, and what is there. */
export interface Deployed {
  readonly xr: ModelDeployment;
  readonly placement: Placement;
  readonly cluster: Cluster;
  readonly classes: readonly TrafficClass[];
  readonly observed: ObservedSite;
  readonly health: Health;
  /** Replicas to run, which may be more than wanted until nobody sends requests there. */
  readonly replicas: number;
  readonly standing: Standing;
}

/** Everything of a site that can be created by now. */
export function siteDesired(deployed: Deployed): Record<string, Desired> {
  const { observed, cluster } = deployed;
  const { site, objects } = observed;
  const manifests = siteManifests(deployed) as Manifest[];
  const remote = manifests
    .filter(({ kind }) => isDue(kind, objects))
    .map((manifest) => {
      const key = remoteKey(site, manifest);
      const ready = objects.find((object) => object.key === key)?.ready === true;
      return [key, { resource: remoteObject(site, manifest, cluster), ready }] as const;
    });
  return {
    ...formerConfigs(deployed),
    ...retainedCompanions(cluster, observed),
    ...Object.fromEntries(remote),
    ...endpointDesired(deployed),
  };
}

/**
 * Whether what it cannot be created without is there: the tenant's namespace, and for a RoleBinding its Role, whose rules
 * the API server compares with the rights of whoever binds it. What was composed before stays in any case.
 */
function isDue(kind: string, objects: ObservedSite['objects']): boolean {
  const needed = kind === 'RoleBinding' ? 'Role' : 'Namespace';
  return kind === 'Namespace' || objects.some((one) => one.kind === kind || (one.kind === needed && one.synced));
}

function siteManifests({ xr, placement, cluster, classes, observed, replicas }: Deployed): object[] {
  const { site } = observed;
  const { pickerFamily, priorityClasses } = cluster.spec;
  const { engine, rollout, endpointPicker } = xr.spec;
  const family = FAMILIES[pickerFamily];
  const criticality = criticalityOf(xr.spec);
  return [
    remoteNamespaceManifest(site),
    ...networkPolicies(site, cluster, engine.port),
    engines({
      site,
      template: placement.template,
      replicas,
      engine,
      rollout,
      engineTypeLabel: family.engineTypeLabel,
      priorityClassName: criticality && priorityClasses?.[criticality],
    }),
    inferencePool(site, engine.port),
    ...classes.map((one) => inferenceObjective(site, one, family.objectives)),
    ...pickerObjects({ site, family: pickerFamily, spec: endpointPicker }),
    ...companions({ site, cluster, template: placement.template, engine }),
    httpRoute(site, cluster),
  ];
}

/** Configurations of pickers that still run stay until the picker that replaces them is alone. */
function formerConfigs({ xr, cluster, observed }: Deployed): Record<string, Desired> {
  const { site } = observed;
  const picker = objectOf(observed, 'Deployment', pickerName(site));
  const wanted = configName({ site, family: cluster.spec.pickerFamily, spec: xr.spec.endpointPicker });
  if (runsOnly(picker?.seen, wanted)) return {};
  const configs = observed.objects.filter(({ kind }) => kind === 'ConfigMap');
  return Object.fromEntries(configs.map(({ key, resource }) => [key, retain(resource, true)]));
}

interface PickerDeployment {
  readonly metadata: { readonly generation?: number };
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: { readonly volumes: readonly { readonly configMap?: { readonly name?: string } }[] };
    };
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
  };
}

/** Whether a picker's Deployment runs this configuration and no other any more. */
function runsOnly(seen: Seen | undefined, config: string): boolean {
  if (seen?.status === undefined) return false;
  const { metadata, spec, status } = seen as unknown as PickerDeployment;
  return (
    spec.template.spec.volumes.every(({ configMap }) => configMap?.name === config) &&
    status.observedGeneration === metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.replicas === spec.replicas
  );
}

/** The endpoint: composed once everything on the way has been ready, and kept from then on. */
function endpointDesired({
  cluster,
  classes,
  observed,
  health,
  placement,
  standing,
}: Deployed): Record<string, Desired> {
  const { site, endpoint } = observed;
  const url = gatewayUrl(cluster);
  if (endpoint === undefined && (!health.proven || url === undefined || placement.replicas === 0)) return {};
  if (url === undefined)
    return endpoint === undefined ? {} : { [endpoint.key]: retainedEndpoint(endpoint.resource, standing) };
  return {
    [endpointKey(site)]: {
      resource: modelEndpoint(site, cluster, url, classes, standing),
      ready: endpoint?.resource.status?.routing?.ready === true,
    },
  };
}

/** What there is of a site whose cluster has left the catalogue: it stays as it is, and its endpoint tells the truth. */
export function siteRetained({ objects, endpoint }: ObservedSite, { usable }: Health): Record<string, Desired> {
  const remote = objects.map(({ key, resource, ready }) => [key, retain(resource, ready)] as const);
  return {
    ...Object.fromEntries(remote),
    ...(endpoint && { [endpoint.key]: retainedEndpoint(endpoint.resource, lastStanding(endpoint.resource, usable)) }),
  };
}
