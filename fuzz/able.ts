import { type ClusterObject, conditionOf, controllerOf, specOf, statusOf } from '../preview/objects.ts';
import { OUTSIDE } from './genesis.ts';
import { list } from './store.ts';
import { holdsAuthority, isServed, type View } from './traefik.ts';
import { siteAnswers, siteAt, specDestination } from './truth.ts';
import { get, isTrue, type World } from './world.ts';

export const services = ({ store }: World): ClusterObject[] => list(store, 'ModelService');

export const frontDoor = (world: World): ClusterObject | undefined =>
  get(world, 'InferenceGateway', undefined, 'default');

/** The Gateway that routes are told to attach to, where it is served. */
export function door(world: World, view: View): ClusterObject | undefined {
  const own = frontDoor(world);
  const { namespace, name } = (own && (statusOf(own).gatewayRef as { namespace?: string; name?: string })) ?? {};
  const gateway = name === undefined ? undefined : view.get('Gateway', namespace, name);
  return gateway !== undefined && isServed(view, gateway) && isTrue(gateway, 'Programmed') ? gateway : undefined;
}

export const letsAllIn = (world: World): boolean => {
  const own = frontDoor(world);
  return own !== undefined && specOf(own).routes === undefined && conditionOf(own, 'SpecAccepted')?.status !== 'False';
};

interface Selecting {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
}

/** The endpoints that a service selects. */
export function selected({ store }: World, service: ClusterObject): ClusterObject[] {
  const entries = specOf(service).endpoints as readonly Selecting[];
  return list(store, 'ModelEndpoint').filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      metadata.deletionTimestamp === undefined &&
      entries.some(({ selector }) =>
        Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels?.[label] === value),
      ),
  );
}

/** Whether an endpoint as its spec has it can answer, by the world's own truth. */
export function canAnswer(world: World, endpoint: ClusterObject): boolean {
  const to = specDestination(endpoint);
  if (to === undefined || !hasItsAuthority(world, endpoint)) return false;
  if (isDenied(world, to.host)) return false;
  const isComposed = controllerOf(endpoint)?.kind === 'ModelDeployment';
  if (!isComposed) return OUTSIDE.some((host) => host === to.host);
  return siteAt(world, to.host) === endpoint.metadata.labels?.['modelplane.ai/cluster'] && siteAnswers(world, endpoint);
}

const DENIED: Readonly<Record<string, RegExp>> = { '10.0.0.0/8': /^10\./, '198.18.0.0/15': /^198\.1[89]\./ };

/** What the platform team denies, and has not itself declared as the address of a cluster's gateway. */
function isDenied(world: World, host: string): boolean {
  const gateway = frontDoor(world);
  const { deniedCIDRs = [] } = ((gateway && specOf(gateway).endpoints) ?? {}) as { deniedCIDRs?: string[] };
  const declared = list(world.store, 'InferenceCluster').some(
    (cluster) => (specOf(cluster).gateway as { address?: string }).address === host,
  );
  return !declared && deniedCIDRs.some((network) => DENIED[network]?.test(host));
}

interface TLS {
  readonly hostname?: string;
  readonly caBundle?: string;
  readonly caCertificateRef?: { readonly kind: string; readonly name: string };
}

function hasItsAuthority(world: World, endpoint: ClusterObject): boolean {
  const { tls, url = '' } = specOf(endpoint) as { tls?: TLS; url?: string };
  if (tls === undefined || !url.startsWith('https:')) return tls?.caBundle === undefined || tls.caBundle.length > 10;
  // An authority for an address without a name is nothing that Traefik can use.
  if (tls.hostname === undefined && /\/\/[\d[]/.test(url)) return false;
  if (tls.caBundle !== undefined) return tls.caBundle.length > 10;
  const { kind, name } = tls.caCertificateRef ?? {};
  return kind === undefined || holdsAuthority(get(world, kind, endpoint.metadata.namespace, name ?? ''));
}

export const isWanted = (endpoint: ClusterObject): boolean =>
  specOf(endpoint).draining !== true && specOf(endpoint).lastResort !== true;
