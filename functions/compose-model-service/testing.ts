import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { modelEndpoint } from '../compose-model-endpoint/compose.ts';

export const API = 'modelplane.ai/v1alpha1';

export const GATEWAY: KubernetesObject = {
  apiVersion: API,
  kind: 'InferenceGateway',
  metadata: { name: 'default' },
  spec: {},
  status: {
    url: 'http://models.example.com',
    gatewayRef: { name: 'modelplane', namespace: 'modelplane-system' },
    conditions: [{ type: 'GatewayReady', status: 'True' }],
  },
};

export const RETRYING = { ...GATEWAY, status: { ...(GATEWAY.status as object), middlewares: true } };

/** An endpoint with the status that its own function gives it. */
export function endpoint(name: string, spec: object = {}, ready = true): KubernetesObject {
  const there = { apiVersion: 'v1', kind: 'Service', metadata: {}, spec: { ports: [{ port: 80 }, { port: 443 }] } };
  const xr = {
    apiVersion: API,
    kind: 'ModelEndpoint',
    metadata: { name, namespace: 'ml' },
    spec: { url: 'http://10.0.0.7:8000', authorization: 'Forward', draining: false, ...spec },
  };
  const observed = {
    service: there,
    'endpointslice-ipv4': there,
    'endpointslice-fqdn': there,
    'endpointslice-tls-fqdn': there,
    backendtlspolicy: there,
  };
  const given = { xr, observed: ready ? observed : {}, required: { gateway: [GATEWAY] } };
  return { ...xr, status: composeWith(modelEndpoint, given).status };
}

export const service = (spec: object = {}, status: object = {}): KubernetesObject => ({
  apiVersion: API,
  kind: 'ModelService',
  metadata: { name: 'qwen', namespace: 'ml', uid: 'uid-of-qwen' },
  spec: {
    endpoints: [{ weight: 1, tier: 0, selector: { matchLabels: { model: 'qwen' } } }],
    trafficClass: 'default',
    whenEmpty: 'Redistribute',
    ...spec,
  },
  status,
});

/** A service with an entry for each list of endpoints. */
export function given(
  entries: readonly (readonly KubernetesObject[])[],
  weights: readonly number[] = [],
  more: object = {},
) {
  const endpoints = entries.map((_, index) => ({
    weight: weights[index] ?? 1,
    tier: 0,
    selector: { matchLabels: { entry: `${index}` } },
  }));
  const required = Object.fromEntries(entries.map((found, index) => [`endpoints-${index}`, found]));
  return { xr: service({ endpoints, ...more }), required: { gateway: [GATEWAY], ...required } };
}

export interface Route extends KubernetesObject {
  readonly spec: {
    rules: {
      matches: [{ path: { value: string } }];
      filters: unknown[];
      backendRefs: {
        name: string;
        weight: number;
        filters: { requestHeaderModifier?: object; urlRewrite?: object }[];
      }[];
    }[];
  };
}
export const routeOf = ({ desired }: ReturnType<typeof composeWith>): Route => desired.httproute as Route;
export const weights = (answer: ReturnType<typeof composeWith>) =>
  Object.fromEntries(
    (routeOf(answer).spec.rules[0]?.backendRefs ?? []).map(({ name, weight }) => [
      name.replace(/-[0-9a-f]{10}$/, ''),
      weight,
    ]),
  );

/** The desired route as it is observed once the front door has taken it. */
export function taken(route: KubernetesObject, conditions: object = {}): KubernetesObject {
  const {
    accepted = 'True',
    resolved = 'True',
    observedGeneration = 1,
    generation = 1,
  } = conditions as Record<string, never>;
  return {
    ...route,
    metadata: { ...route.metadata, generation },
    status: {
      parents: [
        {
          controllerName: 'traefik.io/gateway-controller',
          parentRef: { name: 'modelplane', namespace: 'modelplane-system' },
          conditions: [
            {
              type: 'Accepted',
              status: accepted,
              reason: accepted === 'True' ? 'Accepted' : 'NotAllowedByListeners',
              message: 'm',
              observedGeneration,
            },
            {
              type: 'ResolvedRefs',
              status: resolved,
              reason: resolved === 'True' ? 'ResolvedRefs' : 'BackendNotFound',
              message: 'm',
              observedGeneration,
            },
          ],
        },
      ],
    },
  };
}
