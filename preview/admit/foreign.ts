import type { ErrorObject } from 'ajv';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { FieldError } from '../problem.ts';
import { fieldErrors } from './messages.ts';

/** A class of the packages that our functions are written with. Their schemas are compiled, and loaded kind by kind. */
type Model = new (data: never) => { validate(): void };

/** What users bring beside our own kinds, and what our functions and stand-ins read. */
const MODELS: Readonly<Record<string, () => Promise<Model>>> = {
  'v1/ConfigMap': async () => (await import('kubernetes-models/v1/ConfigMap')).ConfigMap,
  'v1/Namespace': async () => (await import('kubernetes-models/v1/Namespace')).Namespace,
  'v1/Secret': async () => (await import('kubernetes-models/v1/Secret')).Secret,
  'v1/Service': async () => (await import('kubernetes-models/v1/Service')).Service,
  'discovery.k8s.io/v1/EndpointSlice': async () =>
    (await import('kubernetes-models/discovery.k8s.io/v1/EndpointSlice')).EndpointSlice,
  'gateway.networking.k8s.io/v1/BackendTLSPolicy': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/BackendTLSPolicy')).BackendTLSPolicy,
  'gateway.networking.k8s.io/v1/Gateway': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway')).Gateway,
  'gateway.networking.k8s.io/v1/GatewayClass': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass')).GatewayClass,
  'gateway.networking.k8s.io/v1/HTTPRoute': async () =>
    (await import('@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute')).HTTPRoute,
};

/** What an API server finds wrong with an object of other people's kinds. Kinds that are not above are taken as they are. */
export async function foreignErrors(object: KubernetesObject): Promise<FieldError[]> {
  const Model = await MODELS[`${object.apiVersion}/${object.kind}`]?.();
  if (!Model) return [];
  try {
    new Model(object as never).validate();
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    return fieldErrors(error.errors as ErrorObject[], object);
  }
}
