import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Desired } from '#shared/desired.ts';
import { TENANT_HEADER } from '#shared/headers.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { MODELPLANE, TENANT_ANNOTATION } from '#shared/platform.ts';
import { retain } from '#shared/retain.ts';
import { authority } from '#shared/urls.ts';
import { MAX_WEIGHT } from '#shared/weights.ts';
import type { ObservedSite } from './observed.ts';
import { type Cluster, endpointName, type Site, siteLabels, sitePath } from './site.ts';

export const endpointKey = ({ placement, cluster }: Site): string =>
  uniqueName(`modelendpoint-${placement}`, ['ModelEndpoint', placement, cluster]);

/** Where a cluster's gateway is; undefined until the cluster has said so. Its spec may be ahead of where it can be reached. */
export function gatewayUrl({ status }: Cluster): string | undefined {
  const { address, port, tls } = status?.gateway ?? {};
  if (address === undefined || port === undefined) return undefined;
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${authority(scheme, address, port)}`;
}

/**
 * Who gets a site's requests: the site itself; others if any is Serving; others even if they are Draining, because it is
 * to go; or others whoever they are, because it cannot answer.
 */
export type Standing = 'Serving' | 'Draining' | 'Leaving' | 'Dead';

const preference = (standing: Standing) => ({
  draining: standing === 'Draining' || standing === 'Leaving',
  lastResort: standing === 'Leaving' || standing === 'Dead',
});

/** What a site that is given up goes on as: it serves until its successor does, unless others had its requests before. */
export function lastStanding({ spec }: ModelEndpoint, usable: boolean): Standing {
  if (!usable) return 'Dead';
  return spec.draining && !spec.lastResort ? 'Draining' : 'Serving';
}

/**
 * The share of its placement, for when the spec no longer has it and it must serve on: an endpoint is there for as long
 * as it can.
 */
const WEIGHT = 'modelplane.ai/weight';

export function weightOf({ site, endpoint }: ObservedSite, services: readonly ModelService[]): number {
  const said = Number(endpoint?.resource.metadata.annotations?.[WEIGHT]);
  // Anybody who may edit an endpoint may have written something else.
  return Number.isInteger(said) && said >= 1 && said <= MAX_WEIGHT ? said : (entryOf(site, services)?.weight ?? 1);
}

/** How many engines the share of its placement was made for, where it follows them. */
const ENGINES = 'modelplane.ai/engines';

export function enginesCounted({ endpoint }: ObservedSite): number | undefined {
  const said = Number(endpoint?.resource.metadata.annotations?.[ENGINES]);
  return Number.isInteger(said) && said >= 1 && said <= MAX_WEIGHT ? said : undefined;
}

/** What a service of the deployment's own has of it: endpoints that an earlier release composed say nothing. */
const entryOf = ({ placement }: Site, services: readonly ModelService[]) =>
  services.flatMap(({ spec }) => spec?.endpoints ?? []).find(({ name }) => name === placement);

/** What a request needs to be given its priority: the objective of each traffic class. */
export type Objectives = Readonly<Record<string, string>>;

/** A site as one of the places that a ModelService sends requests to. */
export function modelEndpoint(
  site: Site,
  cluster: Cluster,
  url: string,
  {
    objectives,
    standing,
    weight,
    engines,
    byTenant,
  }: {
    objectives: Objectives;
    standing: Standing;
    weight: number;
    engines: number | undefined;
    byTenant: boolean;
  },
): KubernetesObject {
  const tls = cluster.status?.gateway?.tls;
  return {
    apiVersion: MODELPLANE,
    kind: 'ModelEndpoint',
    metadata: {
      name: endpointName(site),
      labels: siteLabels(site),
      annotations: {
        [WEIGHT]: `${weight}`,
        ...(engines !== undefined && { [ENGINES]: `${engines}` }),
        ...(byTenant && { [TENANT_ANNOTATION]: TENANT_HEADER }),
      },
    },
    spec: {
      url,
      rewritePath: sitePath(site),
      ...(tls && { tls }),
      objectives,
      ...preference(standing),
    } satisfies Partial<ModelEndpoint['spec']>,
  };
}

/** An endpoint that stays as it is, but for whether it would rather have others take its requests, and for where its cluster is. */
export function retainedEndpoint(
  observed: KubernetesObject & ModelEndpoint,
  standing: Standing,
  cluster?: Cluster,
): Desired {
  const { resource, ready } = retain(observed, observed.status?.routing?.ready === true);
  const { url: before, tls: byBefore, ...spec } = (resource as typeof observed).spec;
  const now = cluster && gatewayUrl(cluster);
  const tls = now === undefined ? byBefore : cluster?.status?.gateway?.tls;
  const way = { url: now ?? before, ...(tls && { tls }) };
  return { resource: { ...resource, spec: { ...spec, ...way, ...preference(standing) } }, ready };
}

/** Whether an endpoint takes the requests of a service that has nobody better. */
export const takesTraffic = (endpoint: ModelEndpoint | undefined): boolean =>
  endpoint?.status?.routing?.ready === true && endpoint.status.routing.lastResort !== true;

/** Whether every service that looks at an endpoint has been told to take its traffic elsewhere, whoever is there. */
export const isDrained = (endpoint: ModelEndpoint): boolean => endpoint.status?.routing?.lastResort === true;
