import { describe, expect, test } from 'vitest';
import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { gatewayRecognized, implementationOf } from './implementation.ts';

const cluster = (gateway: object, status?: object): InferenceCluster =>
  ({
    spec: { gateway: { name: 'gateway', namespace: 'inference', ...gateway } },
    status: { gateway: status },
  }) as never;

const seenClass = (name: string, controllerName: string): KubernetesObject =>
  ({ status: { atProvider: { manifest: { metadata: { name }, spec: { controllerName } } } } }) as never;

const forbidden: KubernetesObject = {
  status: {
    conditions: [
      {
        type: 'Synced',
        status: 'False',
        message: 'observe failed: gatewayclasses "envoy" is forbidden: User "modelplane" cannot get resource',
      },
    ],
  },
} as never;

const ISTIO = 'istio.io/gateway-controller';

describe('a gateway', () => {
  test.each([
    {
      name: 'is recognised by the controller of its class, whatever that is called',
      seen: seenClass('prod', ISTIO),
      want: { controllerName: ISTIO, implementation: 'Istio' },
      says: `True Recognized: By controller ${ISTIO} it is Istio.`,
    },
    {
      name: 'of Envoy is recognised',
      seen: seenClass('prod', 'gateway.envoyproxy.io/gatewayclass-controller'),
      want: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller', implementation: 'EnvoyAIGateway' },
      says: 'True Recognized: By controller gateway.envoyproxy.io/gatewayclass-controller it is EnvoyAIGateway.',
    },
    {
      name: 'of an unknown controller says what to do',
      seen: seenClass('prod', 'example.com/gateway'),
      want: { controllerName: 'example.com/gateway', implementation: 'Unknown' },
      says:
        'False UnknownController: What controller example.com/gateway of GatewayClass prod needs beside an InferencePool ' +
        'is not known here, so nothing is composed for it; set spec.gateway.implementation to the gateway that it is, or ' +
        'to Other when everything that it needs is brought.',
    },
    {
      name: 'is what its owner says, whoever controls it',
      gateway: { implementation: 'Other' },
      seen: seenClass('prod', ISTIO),
      want: { controllerName: ISTIO, implementation: 'Other' },
      says: 'True Declared: By spec.gateway it is Other.',
    },
    {
      name: 'is not known before its class was looked at',
      want: {},
      says: undefined,
    },
    {
      name: 'whose class may not be looked at says what to do',
      seen: forbidden,
      want: {},
      says:
        'Unknown ClassNotReadable: Cannot look at GatewayClass prod: observe failed: gatewayclasses "envoy" is forbidden: ' +
        'User "modelplane" cannot get resource; apply install/inference-cluster there, or set spec.gateway.implementation.',
    },
    {
      name: 'whose class may not be looked at is known by a name that only one has',
      className: 'gke-l7-rilb',
      seen: forbidden,
      want: { implementation: 'GKE' },
      says: 'True Recognized: By its GatewayClass gke-l7-rilb it is GKE.',
    },
    {
      name: 'that was known stays known while its class is not seen',
      before: { className: 'prod', controllerName: ISTIO, implementation: 'Istio' },
      want: { controllerName: ISTIO, implementation: 'Istio' },
      says: `True Recognized: By controller ${ISTIO} it is Istio.`,
    },
    {
      name: 'of another class than before is not what that was',
      before: { className: 'old', controllerName: ISTIO, implementation: 'Istio' },
      seen: seenClass('old', ISTIO),
      want: {},
      says: undefined,
    },
  ])('$name', ({ gateway = {}, className = 'prod', before, seen, want, says }) => {
    const xr = cluster(gateway, before);
    const known = implementationOf(xr, className, seen);
    expect(known).toEqual(want);
    const said = gatewayRecognized(xr, { className, ...known }, seen);
    expect(said && `${said.status} ${said.reason}: ${said.message}`).toBe(says);
  });
});

test.each([
  { name: 'without parameters', hasParameters: false, spec: {}, says: /so a stream is cut a minute after any change/ },
  { name: 'with those of its Gateway', hasParameters: true, spec: {}, says: /^By .* it is EnvoyAIGateway\.$/ },
  {
    name: 'with those of its class',
    hasParameters: false,
    spec: { parametersRef: { kind: 'EnvoyProxy', name: 'x' } },
    says: /^By .* it is EnvoyAIGateway\.$/,
  },
])("Envoy's gateway $name", ({ hasParameters, spec, says }) => {
  const seen = { status: { atProvider: { manifest: { metadata: { name: 'prod' }, spec } } } } as never;
  const known = { className: 'prod', controllerName: 'x', implementation: 'EnvoyAIGateway' };
  expect(gatewayRecognized(cluster({}), known, seen, hasParameters)?.message).toMatch(says);
});
