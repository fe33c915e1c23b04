import { holdsCertificates } from '#shared/pem.ts';
import { type ClusterObject, type Json, specOf } from '../preview/objects.ts';
import { selects } from '../preview/simulate/labels.ts';
import { PLATFORM } from './provider.ts';
import { keyOf, keyOfObject, list, putStatus } from './store.ts';
import type { World } from './world.ts';

const CONTROLLER = 'traefik.io/gateway-controller';

/** What Traefik watches, each kind by an informer of its own. */
export const WATCHED = [
  'GatewayClass',
  'Gateway',
  'Namespace',
  'Secret',
  'ConfigMap',
  'Service',
  'EndpointSlice',
  'BackendTLSPolicy',
  'Middleware',
  'HTTPRoute',
] as const;

/** Objects as somebody has read them. */
export interface View {
  get(kind: string, namespace: string | undefined, name: string): ClusterObject | undefined;
  list(kind: string): ClusterObject[];
  /** Whether the Traefik that is installed for the front door runs. */
  readonly installed: boolean;
}

const isInstalled = ({ store }: World): boolean => store.objects.has(keyOf('Deployment', PLATFORM, 'traefik'));

/** What Traefik has read. */
export const readByNow = (world: World): View => ({
  get: (kind, namespace, name) => world.traefik.get(kind)?.get(keyOf(kind, namespace, name)),
  list: (kind) => [...(world.traefik.get(kind)?.values() ?? [])],
  installed: isInstalled(world),
});

/** What it will have read, if nobody writes any more. */
export const writtenByNow = (world: World): View => ({
  get: (kind, namespace, name) => world.store.objects.get(keyOf(kind, namespace, name)),
  list: (kind) => list(world.store, kind),
  installed: isInstalled(world),
});

/** Traefik reads some kinds as they are now, builds what it serves of what it has read, and says what it makes of it. */
export function readByTraefik(world: World, kinds: readonly string[] = WATCHED): void {
  for (const kind of kinds) {
    const objects = list(world.store, kind);
    world.traefik.set(kind, new Map(objects.map((object) => [keyOfObject(object), object])));
  }
  const view = readByNow(world);
  for (const object of view.list('GatewayClass')) tell(world, object, classStatus(object));
  for (const object of view.list('Gateway')) tell(world, object, gatewayStatus(view, object));
  for (const object of view.list('HTTPRoute')) tell(world, object, routeStatus(view, object));
}

const tell = ({ store }: World, object: ClusterObject, status: Json | undefined): void => {
  if (status !== undefined && store.objects.has(keyOfObject(object))) putStatus(store, keyOfObject(object), status);
};

const verdict = ({ metadata }: ClusterObject, type: string, problem?: string, reason = type) => ({
  type,
  status: problem === undefined ? 'True' : 'False',
  reason: problem === undefined ? type : reason,
  message: problem ?? '',
  observedGeneration: metadata.generation,
});

const classStatus = (object: ClusterObject): Json | undefined =>
  specOf(object).controllerName === CONTROLLER ? { conditions: [verdict(object, 'Accepted')] } : undefined;

/** Ours runs where it was installed; a Gateway that was brought has a Traefik of its own. */
export const isServed = (view: View, gateway: ClusterObject): boolean => {
  const { gatewayClassName } = specOf(gateway) as { gatewayClassName?: string };
  const own = view.get('GatewayClass', undefined, gatewayClassName ?? '');
  if (own === undefined || specOf(own).controllerName !== CONTROLLER) return false;
  return gateway.metadata.namespace !== PLATFORM || view.installed;
};

interface Listener {
  readonly name: string;
  readonly protocol: string;
  readonly tls?: { readonly certificateRefs?: readonly { readonly name: string }[] };
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string; readonly selector?: Json } };
}

const listenersOf = (gateway: ClusterObject): readonly Listener[] =>
  (specOf(gateway).listeners as Listener[] | undefined) ?? [];

/** As Traefik says it: a good listener is enough to be Programmed, which else is not said at all. */
function gatewayStatus(view: View, gateway: ClusterObject): Json | undefined {
  if (!isServed(view, gateway)) return undefined;
  const listeners = listenersOf(gateway).map((listener) => {
    const missing = missingSecret(view, gateway, listener);
    const conditions = missing
      ? [verdict(gateway, 'ResolvedRefs', missing, 'InvalidCertificateRef'), verdict(gateway, 'Programmed', missing)]
      : ['Accepted', 'ResolvedRefs', 'Programmed'].map((type) => verdict(gateway, type));
    return { name: listener.name, attachedRoutes: 0, conditions };
  });
  const good = listeners.some(({ conditions }) => conditions.every(({ status }) => status === 'True'));
  const conditions = good
    ? [verdict(gateway, 'Accepted'), verdict(gateway, 'Programmed')]
    : [verdict(gateway, 'Accepted', 'no listener is valid', 'ListenersNotValid')];
  const value = gateway.metadata.namespace === PLATFORM ? '192.0.2.80' : '192.0.2.90';
  return { addresses: [{ type: 'IPAddress', value }], conditions, listeners };
}

function missingSecret(view: View, { metadata }: ClusterObject, { tls }: Listener): string | undefined {
  const missing = tls?.certificateRefs?.find(({ name }) => view.get('Secret', metadata.namespace, name) === undefined);
  return missing && `secret "${missing.name}" not found`;
}

interface BackendRef {
  readonly name: string;
  readonly port?: number;
  readonly weight?: number;
  readonly filters?: readonly Json[];
}

export interface Rule {
  readonly matches?: readonly { readonly path?: { readonly value?: string } }[];
  readonly filters?: readonly { readonly extensionRef?: { readonly name: string } }[];
  readonly backendRefs?: readonly BackendRef[];
}

export const rulesOf = (route: ClusterObject): readonly Rule[] => (specOf(route).rules as Rule[] | undefined) ?? [];

interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
}

export const parentsOf = (route: ClusterObject): readonly ParentRef[] =>
  (specOf(route).parentRefs as ParentRef[] | undefined) ?? [];

/** A route whose Gateway is not there is told nothing, and what was told before stays. */
function routeStatus(view: View, route: ClusterObject): Json | undefined {
  const parents = parentsOf(route).flatMap((parentRef) => {
    const gateway = view.get('Gateway', parentRef.namespace, parentRef.name);
    if (gateway === undefined || !isServed(view, gateway)) return [];
    const accepted = letsIn(view, gateway, route)
      ? verdict(route, 'Accepted')
      : verdict(route, 'Accepted', 'no listener allows this namespace', 'NotAllowedByListeners');
    const broken = rulesOf(route).flatMap(({ backendRefs = [] }) =>
      backendRefs.flatMap((backend) => brokenBackend(view, route, backend) ?? []),
    );
    const resolved = verdict(route, 'ResolvedRefs', broken[0], 'BackendNotFound');
    return [{ parentRef, controllerName: CONTROLLER, conditions: [accepted, resolved] }];
  });
  return parents.length === 0 ? undefined : { parents };
}

export function letsIn(view: View, gateway: ClusterObject, { metadata }: ClusterObject): boolean {
  return listenersOf(gateway).some((listener) => {
    const { from = 'Same', selector = {} } = listener.allowedRoutes?.namespaces ?? {};
    if (missingSecret(view, gateway, listener) !== undefined) return false;
    if (from === 'Same') return metadata.namespace === gateway.metadata.namespace;
    const namespace = view.get('Namespace', undefined, metadata.namespace ?? '');
    return from === 'All' || selects(selector, namespace?.metadata.labels ?? {});
  });
}

/** Why a share is answered with 500, if it is. */
function brokenBackend(view: View, route: ClusterObject, backend: BackendRef): string | undefined {
  const found = destination(view, route, backend);
  return 'broken' in found ? found.broken : undefined;
}

/** Where a share goes; `broken` is answered with 500, and nobody with 503. */
export type Destination =
  | { readonly broken: string }
  | { readonly nobody: true }
  | { readonly scheme: 'http' | 'https'; readonly host: string; readonly port: number; readonly tls: boolean };

interface Port {
  readonly name?: string;
  readonly port?: number;
  readonly appProtocol?: string;
}

export function destination(view: View, { metadata }: ClusterObject, { name, port }: BackendRef): Destination {
  const { namespace } = metadata;
  const service = view.get('Service', namespace, name);
  if (service === undefined) return { broken: `Service ${namespace}/${name} is not there` };
  const own = ((specOf(service).ports as Port[] | undefined) ?? []).find((one) => one.port === port);
  if (own === undefined) return { broken: `Service ${namespace}/${name} has no port ${port}` };
  const slices = view
    .list('EndpointSlice')
    .filter(
      (slice) =>
        slice.metadata.namespace === namespace && slice.metadata.labels?.['kubernetes.io/service-name'] === name,
    );
  if (slices.length === 0) return { broken: `Service ${namespace}/${name} has no EndpointSlice` };
  const policy = view
    .list('BackendTLSPolicy')
    .find((one) => one.metadata.namespace === namespace && targets(one, name, own.name));
  const authority = policy && brokenAuthority(view, policy);
  if (authority !== undefined) return { broken: authority };
  const dialled = slices.flatMap((slice) => addressesIn(slice, own.name)).at(0);
  if (dialled === undefined) return { nobody: true };
  const tls = policy !== undefined;
  return { scheme: tls || own.appProtocol === 'https' ? 'https' : 'http', ...dialled, tls };
}

function addressesIn(slice: ClusterObject, portName: string | undefined): { host: string; port: number }[] {
  const ports = (slice.ports as Port[] | undefined) ?? [];
  const port = ports.find(({ name }) => name === portName)?.port;
  const endpoints = (slice.endpoints as { addresses: string[]; conditions?: { ready?: boolean } }[] | undefined) ?? [];
  if (port === undefined) return [];
  return endpoints
    .filter(({ conditions }) => conditions?.ready === true)
    .flatMap(({ addresses }) => addresses.map((host) => ({ host: host.replace(/\.$/, ''), port })));
}

interface Policy {
  readonly targetRefs?: readonly { readonly name: string; readonly sectionName?: string }[];
  readonly validation?: { readonly caCertificateRefs?: readonly { readonly kind: string; readonly name: string }[] };
}

const targets = (policy: ClusterObject, service: string, port: string | undefined): boolean =>
  ((specOf(policy) as Policy).targetRefs ?? []).some(
    ({ name, sectionName }) => name === service && (sectionName === undefined || sectionName === port),
  );

/** Why Traefik cannot use a policy: an authority that is not there, or holds no certificate. */
function brokenAuthority(view: View, policy: ClusterObject): string | undefined {
  const refs = (specOf(policy) as Policy).validation?.caCertificateRefs ?? [];
  const broken = refs.find(({ kind, name }) => !holdsAuthority(view.get(kind, policy.metadata.namespace, name)));
  return broken && `${broken.kind} ${broken.name} is no authority`;
}

export function holdsAuthority(object: ClusterObject | undefined): boolean {
  const value = (object?.data as Record<string, string> | undefined)?.['ca.crt'];
  if (object === undefined || value === undefined) return false;
  return holdsCertificate(object.kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value);
}

const certificates = new Map<string, boolean>();

function holdsCertificate(pem: string): boolean {
  const answer = certificates.get(pem) ?? holdsCertificates(pem);
  certificates.set(pem, answer);
  return answer;
}

/** Why Traefik builds no router for a rule, so that its requests get 404. */
export function missingMiddleware(view: View, route: ClusterObject, { filters = [] }: Rule): string | undefined {
  const missing = filters.find(
    ({ extensionRef }) =>
      extensionRef !== undefined && view.get('Middleware', route.metadata.namespace, extensionRef.name) === undefined,
  );
  return missing && `Middleware ${missing.extensionRef?.name} is not there`;
}
