import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { Lookup } from '#shared/function.ts';
import { type Host, parseHost } from '#shared/hosts.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import { policyProblem } from './authority.ts';
import { BACKEND_PORTS, hasBackendPort, isSliceOf, type Scheme } from './backend.ts';
import type { Destination } from './forbidden.ts';

type Observed = Readonly<Record<string, KubernetesObject>>;
type Routing = NonNullable<NonNullable<ModelEndpoint['status']>['routing']>;

/**
 * What is missing of the way that services were told of, by what is there and not by what is wanted: a person may have
 * edited it, and it serves on while the spec is refused or waits.
 */
export function wayProblem(
  xr: ModelEndpoint,
  { scheme, host = '', tls }: Routing,
  observed: Observed,
  lookup: Lookup,
): string | undefined {
  if (!isScheme(scheme)) return 'Waiting for service to be created.';
  const edited = portProblem(xr, scheme, observed);
  if (edited !== undefined) return edited;
  if (!hasBackendPort(observed.service, scheme)) return 'Waiting for service to be created.';
  if (!Object.keys(observed).some((key) => isSliceOf(key, scheme))) return 'Waiting for endpointslice to be created.';
  return tls === true ? policyProblem(xr, host, observed, lookup) : undefined;
}

const isScheme = (scheme: string | undefined): scheme is Scheme =>
  scheme !== undefined && Object.hasOwn(BACKEND_PORTS, scheme);

/** Applying our port beside one of the same name is refused by the API server, so Crossplane cannot mend this. */
export function portProblem(xr: ModelEndpoint, scheme: Scheme, { service }: Observed): string | undefined {
  if (service === undefined || hasBackendPort(service, scheme)) return undefined;
  const { port } = BACKEND_PORTS[scheme];
  return `Somebody has edited Service ${backendName(xr)}: it has no port ${port}. Delete it, and it is made again.`;
}

/** Where a slice that is there leads, by the paths that services were told of; by any path where nobody knows. */
export function destinationsOf(xr: ModelEndpoint, slice: KubernetesObject): Destination[] {
  const { endpoints = [], ports = [] } = slice as Partial<IEndpointSlice>;
  const { base = '/', prefix = '/' } = xr.status?.routing ?? {};
  return endpoints
    .flatMap(({ addresses = [] }) => addresses)
    .flatMap((address): Host[] => {
      const host = parseHost(address);
      return host.ok ? [host] : [];
    })
    .map((host) => ({ ...host, port: ports?.[0]?.port ?? 0, base, prefix, namespace: namespaceOf(xr) }));
}
