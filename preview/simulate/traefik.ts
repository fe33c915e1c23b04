import type { StatusCondition } from '#shared/kubernetes.ts';
import { type ClusterObject, conditionOf, isRecord, type Json, RESOURCE_NAME, specOf } from '../objects.ts';
import { chartOf, isDeployed, RELEASES } from './helm.ts';
import { selects } from './labels.ts';
import { condition, type Simulated, type Simulator, type View } from './simulator.ts';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';
const CONTROLLER = 'traefik.io/gateway-controller';

/** An address of a network that is set aside for documentation (RFC 5737), so that it is nobody's. */
const ADDRESS = '192.0.2.80';

const SAYS = 'Traefik (programs Gateways and takes up routes; its address stands for the real one)';

/** Traefik runs once its chart is deployed; beside a class that the user brought it is taken to run already. */
export const gatewayClass: Simulator = {
  says: SAYS,
  simulate(object, view) {
    if (specOf(object).controllerName !== CONTROLLER) return undefined;
    const isComposed = object.metadata.annotations?.[RESOURCE_NAME] !== undefined;
    const runs = view.list(RELEASES).some((release) => chartOf(release) === 'traefik' && isDeployed(release));
    return isComposed && !runs
      ? undefined
      : { status: { conditions: [condition('Accepted', true, 'Handled', object)] } };
  },
};

export const gateway: Simulator = {
  says: SAYS,
  simulate(object, view) {
    if (!isOurs(object, view)) return undefined;
    const listeners = listenersOf(object).map((listener) => listenerStatus(object, listener, view));
    const good = listeners.filter(({ conditions }) => conditions.every(({ status }) => status === 'True'));
    const pooled = poolAddress(view);
    const addresses = [{ type: 'IPAddress', value: pooled ?? ADDRESS }];
    return {
      status: { addresses, conditions: gatewayConditions(object, listeners.length, good.length), listeners },
      ...(pooled === undefined && { madeUp: [ADDRESS] }),
    };
  },
};

/** As Traefik 3.7.12 says it: one good listener is enough, and only the listeners themselves say what is wrong. */
function gatewayConditions(object: ClusterObject, all: number, good: number): StatusCondition[] {
  if (all > 0 && good === 0)
    return [
      condition('Accepted', false, 'ListenersNotValid', object, 'At least one Listener must be valid'),
      condition('Programmed', false, 'Invalid', object, 'No Listener is valid'),
    ];
  const flaw = all > good ? ', but some Listeners are not valid' : '';
  const reason = all > good ? 'ListenersNotValid' : 'Accepted';
  return [
    condition('Accepted', true, reason, object, `Gateway successfully scheduled${flaw}`),
    condition('Programmed', true, 'Programmed', object, `Gateway successfully programmed${flaw}`),
  ];
}

const listenersOf = (object: ClusterObject): readonly Json[] => (specOf(object).listeners as Json[] | undefined) ?? [];

function isOurs(object: ClusterObject, view: View): boolean {
  const name = String(specOf(object).gatewayClassName);
  const found = view.get({ apiVersion: GATEWAY_API, kind: 'GatewayClass', name });
  if (!found || specOf(found).controllerName !== CONTROLLER) return false;
  return conditionOf(found, 'Accepted')?.status === 'True';
}

function listenerStatus(object: ClusterObject, listener: Json, view: View) {
  const routes = view.list({ apiVersion: GATEWAY_API, kind: 'HTTPRoute' });
  const { name, namespace } = object.metadata;
  const attached = routes.filter((route) =>
    parentsOf(route).some(
      (parent) => parent.name === name && (parent.namespace ?? route.metadata.namespace) === namespace,
    ),
  );
  return {
    name: listener.name,
    attachedRoutes: attached.length,
    supportedKinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
    conditions: listenerConditions(object, missingCertificate(object, listener, view)),
  };
}

/** Of a bad listener Traefik says only what is wrong with it. */
function listenerConditions(object: ClusterObject, missing: string | undefined): StatusCondition[] {
  if (missing === undefined)
    return ['Accepted', 'ResolvedRefs', 'Programmed'].map((type) =>
      condition(type, true, type, object, 'No error found'),
    );
  const message = `Cannot load CertificateRef ${missing}: getting secret: secret "${missing.split('/')[1]}" not found`;
  return [
    condition('ResolvedRefs', false, 'InvalidCertificateRef', object, message),
    condition('Programmed', false, 'Invalid', object, 'Invalid CertificateRefs'),
  ];
}

function missingCertificate(object: ClusterObject, { tls }: Json, view: View): string | undefined {
  const references = isRecord(tls) ? ((tls.certificateRefs as Json[] | undefined) ?? []) : [];
  const missing = references.find((reference) => {
    const namespace = (reference.namespace as string | undefined) ?? object.metadata.namespace;
    return !view.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: String(reference.name) });
  });
  return missing && `${missing.namespace ?? object.metadata.namespace}/${missing.name}`;
}

function poolAddress(view: View): string | undefined {
  const [pool] = view.list({ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' });
  const addresses = pool && specOf(pool).addresses;
  const [range] = Array.isArray(addresses) ? addresses : [];
  return typeof range === 'string' ? range.split(/[-/]/, 1)[0]?.trim() : undefined;
}

interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
  readonly kind?: string;
}

const parentsOf = (route: ClusterObject): readonly ParentRef[] =>
  (specOf(route).parentRefs as ParentRef[] | undefined) ?? [];

export const httpRoute: Simulator = {
  says: SAYS,
  simulate(object, view) {
    const parents = parentsOf(object).flatMap((parentRef) => parentStatus(object, parentRef, view));
    return parents.length > 0 ? { status: { parents } } : undefined;
  },
};

/** A route whose Gateway does not exist, or is another controller's, gets no status from Traefik at all. */
function parentStatus(route: ClusterObject, parentRef: ParentRef, view: View) {
  const namespace = parentRef.namespace ?? route.metadata.namespace;
  const parent = view.get({ apiVersion: GATEWAY_API, kind: 'Gateway', namespace, name: parentRef.name });
  if (!parent || !isOurs(parent, view)) return [];
  const allowed = listenersOf(parent).some((listener) => letsIn(listener, route, parent, view));
  const accepted = allowed
    ? condition('Accepted', true, 'Accepted', route)
    : condition('Accepted', false, 'NotAllowedByListeners', route, 'No listener of the Gateway allows this namespace');
  return [{ parentRef, controllerName: CONTROLLER, conditions: [accepted, resolvedRefs(route, view)] }];
}

function letsIn(listener: Json, route: ClusterObject, parent: ClusterObject, view: View): boolean {
  const allowed = isRecord(listener.allowedRoutes) ? listener.allowedRoutes.namespaces : undefined;
  const { from = 'Same', selector } = isRecord(allowed) ? allowed : {};
  if (from === 'All') return true;
  if (from === 'Same') return route.metadata.namespace === parent.metadata.namespace;
  const namespace = view.get({ apiVersion: 'v1', kind: 'Namespace', name: route.metadata.namespace ?? '' });
  return from === 'Selector' && isRecord(selector) && selects(selector, namespace?.metadata.labels ?? {});
}

interface BackendRef {
  readonly name: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly port?: number;
}

function resolvedRefs(route: ClusterObject, view: View): StatusCondition {
  const rules = (specOf(route).rules as { backendRefs?: BackendRef[] }[] | undefined) ?? [];
  const problem = rules
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .map((backend) => unresolved(backend, route, view))
    .find((one) => one !== undefined);
  return problem
    ? condition('ResolvedRefs', false, 'BackendNotFound', route, problem)
    : condition('ResolvedRefs', true, 'ResolvedRefs', route);
}

function unresolved({ kind = 'Service', name, namespace, port }: BackendRef, route: ClusterObject, view: View) {
  const where = namespace ?? route.metadata.namespace;
  if (kind !== 'Service') return `${kind} ${name} is no Service`;
  const service = view.get({ apiVersion: 'v1', kind: 'Service', namespace: where, name });
  if (!service) return `Service ${where}/${name} not found`;
  const ports = (specOf(service).ports as { port?: number }[] | undefined) ?? [];
  if (!ports.some((one) => one.port === port)) return `Service ${where}/${name} has no port ${port}`;
  const slices = view.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: where,
    labels: { 'kubernetes.io/service-name': name },
  });
  return slices.length === 0 ? `Service ${where}/${name} has no EndpointSlice` : undefined;
}

export const backendTLSPolicy: Simulator = {
  says: SAYS,
  simulate(object, view): Simulated | undefined {
    const { targetRefs, validation } = specOf(object) as {
      targetRefs?: Json[];
      validation?: { caCertificateRefs?: Json[] };
    };
    const { namespace } = object.metadata;
    const routes = view.list({ apiVersion: GATEWAY_API, kind: 'HTTPRoute', ...(namespace && { namespace }) });
    const targets = new Set((targetRefs ?? []).map(({ name }) => name));
    const users = routes.filter((route) => conditionedParents(route).length > 0 && usesAny(route, targets));
    if (users.length === 0) return undefined;
    const missing = (validation?.caCertificateRefs ?? []).find(
      ({ kind, name }) => !view.get({ apiVersion: 'v1', kind: String(kind), namespace, name: String(name) }),
    );
    const accepted = missing
      ? condition('Accepted', false, 'NoValidCACertificate', object, `${missing.kind} ${missing.name} not found`)
      : condition('Accepted', true, 'Accepted', object);
    const resolved = condition('ResolvedRefs', !missing, missing ? 'InvalidCACertificateRef' : 'ResolvedRefs', object);
    const [parent] = users.flatMap(parentsOf);
    return {
      status: { ancestors: [{ ancestorRef: parent, controllerName: CONTROLLER, conditions: [accepted, resolved] }] },
    };
  },
};

const conditionedParents = (route: ClusterObject): readonly unknown[] =>
  isRecord(route.status) && Array.isArray(route.status.parents) ? route.status.parents : [];

function usesAny(route: ClusterObject, services: ReadonlySet<unknown>): boolean {
  const rules = (specOf(route).rules as { backendRefs?: BackendRef[] }[] | undefined) ?? [];
  return rules.some(({ backendRefs = [] }) => backendRefs.some(({ name }) => services.has(name)));
}
