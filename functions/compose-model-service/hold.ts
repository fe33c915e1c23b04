import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import type { IService } from 'kubernetes-models/v1';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Desired } from '#shared/desired.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';

type Observed = Readonly<Record<string, KubernetesObject>>;

export const HOLD_PORT = 80;
const PORT_NAME = 'hold';
const KEYS: readonly string[] = ['service-hold', 'endpointslice-hold'];

export const holdName = (xr: ModelService): string =>
  uniqueName(`${nameOf(xr)}-hold`, ['ModelService', 'hold', namespaceOf(xr), nameOf(xr)]);

/** Whether a route may name it: what is not there yet is answered with 500. A new route answers nobody so far. */
export const canHold = (xr: ModelService, observed: Observed): boolean =>
  xr.spec.whenEmpty === 'Hold' &&
  (observed.httproute === undefined || KEYS.every((key) => observed[key] !== undefined));

/**
 * A Service that never has an endpoint: the share of an entry that is held goes there and is answered with 503. It has
 * an EndpointSlice, because Traefik calls a Service without any slice a broken reference and answers 500. For the same
 * reason what is there stays while the front door may still go by a route that names it.
 */
export function hold(xr: ModelService, observed: Observed, mayBeNamed: boolean): Record<string, Desired> {
  const all = { 'service-hold': service(xr), 'endpointslice-hold': endpointSlice(xr) };
  const stays = (key: string) => xr.spec.whenEmpty === 'Hold' || (mayBeNamed && observed[key] !== undefined);
  const kept = Object.entries(all).filter(([key]) => stays(key));
  return Object.fromEntries(kept.map(([key, resource]) => [key, { resource, ready: true }]));
}

function service(xr: ModelService): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: holdName(xr), labels: { 'modelplane.ai/service': nameOf(xr) } },
    spec: { clusterIP: 'None', ports: [{ name: PORT_NAME, port: HOLD_PORT, protocol: 'TCP', appProtocol: 'http' }] },
  };
}

function endpointSlice(xr: ModelService): IEndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: holdName(xr),
      labels: {
        'modelplane.ai/service': nameOf(xr),
        'kubernetes.io/service-name': holdName(xr),
        'endpointslice.kubernetes.io/managed-by': 'modelplane.ai',
      },
    },
    addressType: 'IPv4',
    ports: [{ name: PORT_NAME, port: HOLD_PORT, protocol: 'TCP' }],
    endpoints: [],
  };
}
