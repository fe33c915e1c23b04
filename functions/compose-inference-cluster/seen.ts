import { type Condition, condition } from '#shared/conditions.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { listenerRefusal } from '#shared/readiness.ts';
import { type Selector, selectsTenants } from './selector.ts';

/** A Gateway of the cluster, as far as its own spec says what will become of our routes. */
interface Gateway extends KubernetesObject {
  readonly spec?: {
    readonly listeners?: readonly Listener[];
    readonly infrastructure?: { readonly parametersRef?: object };
  };
  readonly status?: { readonly listeners?: readonly ListenerStatus[] };
}

interface ListenerStatus {
  readonly name?: string;
  readonly conditions?: readonly StatusCondition[];
}

interface Listener {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly hostname?: string;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: Selector };
    readonly kinds?: readonly { readonly kind?: string }[];
  };
}

interface GatewayObject {
  readonly status?: { readonly atProvider?: { readonly manifest?: Gateway } };
}

/** How requests come to a Gateway. */
export interface Way {
  readonly address: string;
  readonly port: number;
  readonly tls?: { readonly hostname: string };
  /** The address is the platform's word: what is in between may take another port, end TLS, and call it otherwise. */
  readonly declared?: boolean;
  /** As is the port. */
  readonly ownPort?: boolean;
}

const gatewayIn = (object: KubernetesObject | undefined): Gateway | undefined =>
  (object as GatewayObject | undefined)?.status?.atProvider?.manifest;

/** Whether a Gateway is configured by an object of its controller's own. */
export const hasParameters = (object: KubernetesObject | undefined): boolean =>
  gatewayIn(object)?.spec?.infrastructure?.parametersRef !== undefined;

/**
 * A Gateway is programmed as long as one of its listeners is good. If all to which requests come are not served, or let in
 * no route of a tenant's namespace, it serves none of them, however programmed it is.
 */
export function unlessClosed(
  readiness: Condition,
  object: KubernetesObject | undefined,
  way: Way | undefined,
): Condition {
  const { metadata, spec, status } = gatewayIn(object) ?? {};
  const all = spec?.listeners ?? [];
  if (readiness.status !== 'True' || way === undefined || all.length === 0) return readiness;
  const gateway = `Gateway ${metadata?.namespace}/${metadata?.name}`;
  const listeners = all.filter((one) => one.port === way.port);
  if (listeners.length === 0)
    return way.declared || way.ownPort
      ? readiness
      : closed(`${gateway}: no listener has port ${way.port}; give it one, or say by spec.gateway.port which it is.`);
  const problems = listeners.map((listener) => notServed(listener, status?.listeners) ?? problemOf(listener, way));
  const [problem] = problems;
  if (problem !== undefined && problems.every((one) => one !== undefined))
    return closed(`${gateway}: listener ${listeners[0]?.name} ${problem}.`);
  return { ...readiness, message: [readiness.message, ...doubts(listeners, way)].join(' ') };
}

/** Whether a Gateway that is programmed lets in routes of tenants where requests come. */
export const isOpen = (object: KubernetesObject | undefined, way: Way): boolean =>
  unlessClosed(condition('GatewayReady', 'True', 'Programmed', ''), object, way).status === 'True';

const closed = (message: string): Condition => condition('GatewayReady', 'False', 'ListenersNotValid', message);

function notServed({ name }: Listener, statuses: readonly ListenerStatus[] = []): string | undefined {
  const refusal = listenerRefusal(statuses.find((one) => one.name === name)?.conditions);
  return refusal && `is not served: ${reasonOf(refusal)}. Mend it in the cluster`;
}

const reasonOf = ({ message, reason }: StatusCondition): string =>
  (message ?? reason ?? 'it does not say why').replace(/\.$/, '');

/** Why a listener serves none of our routes, with the way out. */
const problemOf = (listener: Listener, way: Way): string | undefined =>
  closedTo(listener) ?? (way.declared ? undefined : (tlsProblem(listener, way) ?? hostProblem(listener, way)));

function closedTo({ allowedRoutes }: Listener): string | undefined {
  const { namespaces, kinds = [] } = allowedRoutes ?? {};
  if (['Same', 'None'].includes(namespaces?.from ?? ''))
    return 'takes no routes of other namespaces; let in those that begin with mp-, in its allowedRoutes';
  return kinds.length > 0 && kinds.every(({ kind }) => kind !== 'HTTPRoute')
    ? 'takes no HTTPRoutes; add that kind to its allowedRoutes'
    : undefined;
}

function tlsProblem({ protocol }: Listener, { tls }: Way): string | undefined {
  if (protocol === 'HTTPS' && tls === undefined)
    return 'speaks TLS; set spec.gateway.tls, or spec.gateway.port to that of a listener without';
  return protocol === 'HTTP' && tls !== undefined
    ? 'speaks no TLS; make it an HTTPS listener, or set spec.gateway.port to that of one'
    : undefined;
}

function hostProblem({ hostname }: Listener, { tls, address }: Way): string | undefined {
  const host = (tls?.hostname ?? address).replace(/\.$/, '');
  if (!hostname || answersTo(hostname, host)) return undefined;
  return (
    `answers to ${hostname} alone, and requests come for ${host}; remove its hostname, or set ` +
    `spec.gateway.${tls === undefined ? 'address' : 'tls.hostname'} to a name that it answers to`
  );
}

/** A wildcard is one label or more (Gateway API, Hostname). */
const answersTo = (hostname: string, host: string): boolean =>
  hostname.startsWith('*.') ? host.endsWith(hostname.slice(1)) : hostname.toLowerCase() === host.toLowerCase();

/** What may be wrong, where somebody else may have seen to it that it is not. */
function doubts(listeners: readonly Listener[], way: Way): string[] {
  const [first] = listeners.map((listener) => hostProblem(listener, way));
  const isCalledOtherwise = way.declared && listeners.every((listener) => hostProblem(listener, way) !== undefined);
  return [
    ...(isCalledOtherwise
      ? [`Its listener ${listeners[0]?.name} ${first}, unless something before it calls it otherwise.`]
      : []),
    ...(listeners.every(({ allowedRoutes }) => isDoubtful(allowedRoutes?.namespaces))
      ? [
          `Its listener ${listeners[0]?.name} takes routes of namespaces with labels that those of tenants do not get here; ` +
            'unless somebody else gives them, let in app.kubernetes.io/managed-by=modelplane, in its allowedRoutes.',
        ]
      : []),
  ];
}

const isDoubtful = (namespaces: { readonly from?: string; readonly selector?: Selector } | undefined): boolean =>
  namespaces?.from === 'Selector' && !selectsTenants(namespaces.selector ?? {});
