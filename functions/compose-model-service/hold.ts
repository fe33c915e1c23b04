import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import type { IService } from 'kubernetes-models/v1';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Desired } from '#shared/function.ts';
import { nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';

export const HOLD_PORT = 80;
const PORT_NAME = 'hold';

export const holdName = (xr: ModelService): string =>
  uniqueName(`${nameOf(xr)}-hold`, ['ModelService', 'hold', namespaceOf(xr), nameOf(xr)]);

/**
 * A Service that never has an endpoint: the share of an entry that is held goes there and is answered with 503. It has
 * an EndpointSlice, because Traefik calls a Service without any slice a broken reference and answers 500.
 */
export function hold(xr: ModelService): Record<string, Desired> {
  if (xr.spec.whenEmpty !== 'Hold') return {};
  return {
    'service-hold': { resource: service(xr), ready: true },
    'endpointslice-hold': { resource: endpointSlice(xr), ready: true },
  };
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
