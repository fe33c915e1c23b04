import type { StatusCondition } from '#shared/kubernetes.ts';
import { getObject, listObjects, objectWithUid, type Reference, referenceTo } from './cluster.ts';
import { CLUSTER_LABEL, placeOf } from './endpoint.ts';
import { type ClusterObject, controllerOf, isRecord, type Json, specOf, statusOf } from './objects.ts';
import { type Priority, priorityOf } from './priority.ts';
import { type Standby, standbyOf } from './standby.ts';
import type { State } from './world.ts';

/** What becomes of the requests under one path. */
export interface Split {
  /** An example of what a client calls: http://models.example.com/ml-team/qwen/v1/chat/completions */
  readonly request: string;
  /** The ModelService that has the path. */
  readonly service: Reference;
  /** The address of the front door is nobody's: the real one will be another. */
  readonly madeUp?: true;
  /** Why the front door serves none of it, if it does not. */
  readonly refused?: string;
  readonly shares: readonly Share[];
  /** Who is asked once none of these can be, the next tier first. */
  readonly standby: readonly Standby[];
  /** A request that cannot be brought to one of them is tried again, each time with a draw by weight. */
  readonly retries?: true;
}

export interface Share {
  readonly weight: number;
  readonly percent: number;
  /** Who gets it, as the user named it; undefined where nobody does, and the answer is 503. */
  readonly name: string | undefined;
  /** The ModelEndpoint that it stands for, where there is one. */
  readonly endpoint?: Reference;
  /** Where the example arrives. */
  readonly upstream: string | undefined;
  /** The Host header, where it is not that of the upstream's URL. */
  readonly host?: string;
  /** The InferenceObjective that its requests name. */
  readonly objective?: string;
  readonly priority?: Priority;
  /** Its address is nobody's: the real one will be another. */
  readonly madeUp?: true;
}

/**
 * Reads back from the composed routes, Services and EndpointSlices who gets which share of the traffic: what Traefik
 * would do with them, not what a status says of them.
 */
export function trafficOf(state: State): Split[] {
  const origin = frontDoor(state);
  const routes = listObjects(state.cluster, { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' });
  return routes.filter(isModels).flatMap((route) => {
    const owner = controllerOf(route);
    return owner ? splitsOf(state, route, { ...owner, namespace: route.metadata.namespace }, origin) : [];
  });
}

/** The front door's own route lists models, and calls none. */
const isModels = (route: ClusterObject): boolean =>
  (controllerOf(route)?.kind ?? 'InferenceGateway') !== 'InferenceGateway';

const frontDoor = ({ cluster }: State): string => {
  const [gateway] = listObjects(cluster, { apiVersion: 'modelplane.ai/v1alpha1', kind: 'InferenceGateway' });
  const url = gateway && statusOf(gateway).url;
  return typeof url === 'string' ? url : '';
};

interface Rule {
  readonly matches?: readonly { readonly path?: { readonly value?: string } }[];
  readonly backendRefs?: readonly BackendRef[];
  readonly filters?: readonly Json[];
}

interface BackendRef {
  readonly name: string;
  readonly port?: number;
  readonly weight?: number;
  readonly filters?: readonly Json[];
}

function splitsOf(state: State, route: ClusterObject, owner: Reference, origin: string): Split[] {
  const all = (specOf(route).rules as readonly Rule[] | undefined) ?? [];
  // A rule without backends beside others closes what they would publish; alone it is a route that nobody serves yet.
  const routed = all.filter(({ backendRefs = [] }) => backendRefs.length > 0);
  const rules = routed.length > 0 ? routed : all;
  const prefixes = rules.map((rule) => rule.matches?.[0]?.path?.value ?? '/');
  const refused = refusalOf(route);
  const { apiVersion, kind, namespace, name } = owner;
  const standby = standbyOf(state.cluster, owner);
  return rules.map((rule, index) => {
    const prefix = prefixes[index] ?? '/';
    const rest = example(prefix, prefixes);
    return {
      request: `${origin}${prefix}${rest}`,
      service: { apiVersion, kind, namespace, name },
      ...(isMadeUp(state, origin) && { madeUp: true }),
      ...(refused && { refused }),
      shares: sharesOf(state, route, rule, rest),
      standby,
      ...(retries(state, route, rule) && { retries: true }),
    };
  });
}

/** Whether a URL is at an address that a stand-in gave. */
const isMadeUp = ({ madeUp }: State, url: string): boolean => URL.canParse(url) && madeUp.has(new URL(url).hostname);

/** A route serves nothing unless the front door has accepted it. */
function refusalOf(route: ClusterObject): string | undefined {
  const parents = statusOf(route).parents as readonly { conditions?: readonly StatusCondition[] }[] | undefined;
  const verdicts = (parents ?? []).map(({ conditions }) => conditions?.find(({ type }) => type === 'Accepted'));
  if (verdicts.some((accepted) => accepted?.status === 'True')) return undefined;
  return verdicts[0]?.reason ?? 'not accepted yet';
}

/** Traefik's own retries come as a Middleware that the rule refers to. */
const retries = ({ cluster }: State, { metadata: { namespace } }: ClusterObject, { filters = [] }: Rule): boolean =>
  filters.some(({ extensionRef }) => {
    if (!isRecord(extensionRef) || typeof extensionRef.name !== 'string') return false;
    const reference = { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', namespace, name: extensionRef.name };
    const middleware = getObject(cluster, reference);
    return middleware !== undefined && specOf(middleware).retry !== undefined;
  });

/** A call that every client makes; where /v1 has a rule of its own, one that only the other rule gets. */
function example(prefix: string, prefixes: readonly string[]): string {
  if (prefix.endsWith('/v1')) return '/chat/completions';
  if (prefixes.includes(`${prefix}/v1`)) return '/tokenize';
  const isService = prefix.split('/').length <= SERVICE_ELEMENTS;
  return isService ? '/v1/chat/completions' : '';
}

/** A service's own path is /<namespace>/<name>; a longer one is a path below it that it publishes. */
const SERVICE_ELEMENTS = 3;

function sharesOf(state: State, route: ClusterObject, { backendRefs = [] }: Rule, rest: string): Share[] {
  const total = backendRefs.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return backendRefs.map((backend) => {
    const { weight = 1 } = backend;
    const share = { weight, percent: total === 0 ? 0 : (100 * weight) / total };
    return { ...share, ...destination(state, route, backend, rest) };
  });
}

function destination(state: State, route: ClusterObject, backend: BackendRef, rest: string): Destination {
  const { namespace } = route.metadata;
  const service = getObject(state.cluster, { apiVersion: 'v1', kind: 'Service', namespace, name: backend.name });
  const authority = service && authorityOf(state, service, backend);
  if (!authority) return { name: undefined, upstream: undefined };
  const endpoint = endpointOf(state, service);
  const host = header(backend, 'Host');
  const objective = header(backend, 'x-gateway-inference-objective');
  const priority = endpoint && objective !== undefined ? priorityOf(state.cluster, endpoint, objective) : undefined;
  const upstream = `${authority.scheme}://${authority.address}${joinPath(replacement(backend), rest)}`;
  return {
    name: endpoint ? placeOf(endpoint) : (controllerOf(service)?.name ?? service.metadata.name),
    ...(endpoint && { endpoint: referenceTo(endpoint) }),
    upstream,
    ...(host !== undefined && host !== authority.address && { host }),
    ...(objective !== undefined && { objective }),
    ...(priority && { priority }),
    ...(isMadeUp(state, upstream) && { madeUp: true }),
  };
}

type Destination = Omit<Share, 'weight' | 'percent'>;

function endpointOf({ cluster }: State, service: ClusterObject): ClusterObject | undefined {
  const owner = controllerOf(service);
  return owner && objectWithUid(cluster, owner.uid);
}

/** The inference cluster that a share goes to, where it goes to a placement of a deployment. */
export const siteOfShare = ({ cluster }: Pick<State, 'cluster'>, { endpoint }: Share): string | undefined =>
  endpoint && getObject(cluster, endpoint)?.metadata.labels?.[CLUSTER_LABEL];

/** Where Traefik dials, by the Service's EndpointSlice. A Service without a ready endpoint answers 503. */
function authorityOf(state: State, service: ClusterObject, { port }: BackendRef) {
  const { name, namespace } = service.metadata;
  const slices = listObjects(state.cluster, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace,
    labels: { 'kubernetes.io/service-name': name },
  });
  const servicePort = portsOf(specOf(service)).find((one) => one.port === port);
  const portIn = (one: ClusterObject) => portsOf(one).find(({ name }) => name === servicePort?.name);
  const slice = slices.find((one) => addressIn(one) !== undefined && portIn(one) !== undefined);
  const slicePort = slice && portIn(slice);
  const address = slice && addressIn(slice);
  if (address === undefined || slicePort?.port === undefined) return undefined;
  const secure =
    servicePort?.appProtocol === 'https' || slicePort.port === 443 || isVerified(state, service, servicePort);
  const scheme = secure ? 'https' : 'http';
  const host = address.includes(':') ? `[${address}]` : address;
  return { scheme, address: slicePort.port === (secure ? 443 : 80) ? host : `${host}:${slicePort.port}` };
}

interface Port {
  readonly name?: string;
  readonly port?: number;
  readonly appProtocol?: string;
}

const portsOf = ({ ports }: Json): readonly Port[] => (ports as readonly Port[] | undefined) ?? [];

/** Without the dot that makes a name whole to a resolver. */
function addressIn({ endpoints }: ClusterObject): string | undefined {
  const all = (endpoints as readonly { addresses?: string[]; conditions?: { ready?: boolean } }[] | undefined) ?? [];
  const [address] = all.find(({ conditions }) => conditions?.ready === true)?.addresses ?? [];
  return address?.replace(/\.$/, '');
}

function isVerified({ cluster }: State, service: ClusterObject, port: Port | undefined): boolean {
  const { name, namespace } = service.metadata;
  const policies = listObjects(cluster, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    namespace,
  });
  return policies.some((policy) =>
    (specOf(policy).targetRefs as Json[] | undefined)?.some(
      (target) => target.name === name && (target.sectionName ?? port?.name) === port?.name,
    ),
  );
}

function replacement({ filters = [] }: BackendRef): string {
  const rewrite = filters.find(({ type }) => type === 'URLRewrite')?.urlRewrite;
  const path = isRecord(rewrite) && isRecord(rewrite.path) ? rewrite.path.replacePrefixMatch : undefined;
  return typeof path === 'string' ? path : '';
}

function header({ filters = [] }: BackendRef, name: string): string | undefined {
  const modifiers = filters.map(({ requestHeaderModifier }) => requestHeaderModifier).filter(isRecord);
  const set = modifiers.flatMap((modifier) => (modifier.set as { name: string; value: string }[] | undefined) ?? []);
  return set.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value;
}

const joinPath = (prefix: string, rest: string): string => `${prefix.replace(/\/+$/, '')}${rest}`;
