import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type Answer, composeWith } from '#shared/testing.ts';
import { inferenceGateway } from './compose.ts';

/** An InferenceGateway as the API server hands it out: with the defaults of its XRD. */
const xr = (spec: object, status: object): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceGateway',
  metadata: { name: 'default', uid: 'uid-of-default' },
  spec: {
    backend: 'Traefik',
    ...spec,
    traefik: { version: '41.4.0', replicas: 2, ...(spec as { traefik?: object }).traefik },
  },
  status,
});

export function crd(name: string, bundle = 'v1.5.1', served = true, established = 'True'): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name, annotations: { 'gateway.networking.k8s.io/bundle-version': bundle } },
    spec: {
      versions: [
        { name: 'v1alpha2', served: true },
        { name: 'v1', served },
      ],
    },
    status: { conditions: [{ type: 'Established', status: established }] },
  };
}

export const GATEWAY_API = [crd('tlsroutes.gateway.networking.k8s.io')];
export const MIDDLEWARES = [crd('middlewares.traefik.io')];

/** An object with one condition, such as a Release. */
export const says = (type: string, status: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'helm.m.crossplane.io/v1beta1',
  kind: 'Release',
  metadata: { name: 'traefik', namespace: 'modelplane-system', generation: 1 },
  spec: {},
  status: { conditions: [{ type, status, ...more }] },
});

export const deployment = (availableReplicas: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'traefik', namespace: 'modelplane-system' },
  status: { availableReplicas },
});

interface GatewayFields {
  readonly spec?: object;
  readonly addresses?: readonly string[];
  readonly programmed?: string;
  readonly observedGeneration?: number;
  readonly listeners?: readonly object[];
}

/** A Gateway as Traefik reports it. */
export const gateway = ({
  spec = {},
  addresses = ['192.0.2.1'],
  programmed = 'True',
  observedGeneration = 1,
  listeners = [],
}: GatewayFields = {}): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'modelplane', namespace: 'modelplane-system', generation: 1 },
  spec: { gatewayClassName: 'modelplane', listeners: [{ name: 'http', port: 8000, protocol: 'HTTP' }], ...spec },
  status: {
    addresses: addresses.map((value) => ({ value })),
    conditions: [{ type: 'Programmed', status: programmed, observedGeneration }],
    listeners,
  },
});

/** The status of a listener that Traefik serves, or refuses with a reason. */
export const listenerStatus = (name: string, problem?: object): object => ({
  name,
  conditions: problem
    ? [problem, { type: 'Programmed', status: 'False', reason: 'Invalid', message: 'Invalid CertificateRefs' }]
    : [{ type: 'Programmed', status: 'True', observedGeneration: 1 }],
});

export const NO_CERTIFICATE = {
  type: 'ResolvedRefs',
  status: 'False',
  reason: 'InvalidCertificateRef',
  message: 'Cannot load CertificateRef modelplane-system/cert: secret not found',
};

/** What is observed of a front door that serves. */
export const running: Readonly<Record<string, KubernetesObject>> = {
  release: says('Ready', 'True'),
  gateway: gateway(),
  gatewayclass: says('Accepted', 'True'),
  providerconfig: says('Ready', 'True'),
};

interface GivenBeside {
  readonly observed?: Readonly<Record<string, KubernetesObject>>;
  readonly required?: Readonly<Record<string, readonly KubernetesObject[]>>;
  readonly status?: object;
}

/** What becomes of a spec in a cluster that has the Gateway API and, once it is installed, a Traefik that runs. */
export const composed = (spec: object = {}, { observed = {}, required, status = {} }: GivenBeside = {}): Answer =>
  composeWith(inferenceGateway, {
    xr: xr(spec, status),
    observed,
    required: { gatewayAPI: GATEWAY_API, deployment: [deployment(2)], ...required },
  });

/** What becomes of a spec that brings a Gateway of a class called traefik, which is as it is given. */
export const brought = (spec: object, found: KubernetesObject | undefined, beside: GivenBeside = {}): Answer =>
  composed(spec, {
    ...beside,
    required: { gateway: found ? [found] : [], gatewayClasses: [TRAEFIK_CLASS], ...beside.required },
  });

/** A class that a user's own Traefik has taken. */
export const TRAEFIK_CLASS: KubernetesObject = {
  ...says('Accepted', 'True'),
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: 'traefik' },
  spec: { controllerName: 'traefik.io/gateway-controller' },
};

export const specOf = <T>(object: KubernetesObject | undefined): T => (object?.spec ?? {}) as T;
