import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { inferenceGateway } from './compose.ts';
import { brought, composed, GATEWAY_API, gateway, running } from './testing.ts';

const A = { name: 'edge', namespace: 'networking' };
const B = { name: 'other', namespace: 'networking' };
const OURS = { name: 'modelplane', namespace: 'modelplane-system' };

const open = [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }];
const edge = (ref: object): KubernetesObject => ({
  ...gateway({ spec: { gatewayClassName: 'traefik', listeners: open } }),
  metadata: { ...ref, generation: 1 },
});

const guardOf = ({ name, namespace }: typeof A, suffix = ''): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `front-door-brought${suffix}`, namespace: 'modelplane-system' },
  data: { namespace, gateway: name },
});

const routeTo = (parent: object, labels: object = { 'modelplane.ai/service': 'qwen' }): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'qwen', namespace: 'networking', labels: labels as Record<string, string> },
  spec: { parentRefs: [parent] },
});

const guarded = (desired: Readonly<Record<string, KubernetesObject>>) =>
  Object.values(desired)
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ data }) => data);

const data = ({ name, namespace }: typeof A) => ({ namespace, gateway: name });

describe('M9: a Gateway that was brought is guarded', () => {
  test('from the call on that tells routes of it', () => {
    const { desired, status } = brought({ gatewayRef: A }, edge(A));
    expect({ guarded: guarded(desired), status }).toMatchObject({ guarded: [data(A)], status: { gatewayRef: A } });
  });

  test.each([
    { name: 'the one that is installed is not ready', given: { observed: { configmap: guardOf(A) } } },
    { name: 'the Gateway API is away', given: { observed: { configmap: guardOf(A) }, required: { gatewayAPI: [] } } },
    { name: 'the spec is refused', given: { observed: { configmap: guardOf(A) } }, spec: { hostname: 'a.1' } },
  ])('for as long as routes are told of it, while $name', ({ given, spec = {} }) => {
    const { desired, status } = composed(spec, { ...given, status: { gatewayRef: A } });
    expect({ guarded: guarded(desired), status }).toMatchObject({ guarded: [data(A)], status: { gatewayRef: A } });
  });

  const observed = { ...running, configmap: guardOf(A) };
  test('when routes are told of another, until nobody is attached any more', () => {
    const first = composed({}, { observed, status: { gatewayRef: A } });
    expect(guarded(first.desired)).toEqual([data(A)]);
    expect(first.status).toMatchObject({ gatewayRef: OURS, formerGatewayRefs: [A] });
    const then = (routes: KubernetesObject[]) => composed({}, { observed, status: first.status, required: { routes } });
    expect(guarded(then([routeTo(A)]).desired)).toEqual([data(A)]);
    expect(guarded(then([routeTo({ name: A.name })]).desired)).toEqual([data(A)]);
    for (const routes of [[], [routeTo(OURS)], [routeTo(A, {})]]) {
      const last = then(routes);
      expect(guarded(last.desired)).toEqual([]);
      expect(last.status).not.toHaveProperty('formerGatewayRefs');
    }
  });

  test('beside the one before it, each by an object of its own', () => {
    const first = brought({ gatewayRef: B }, edge(B), { observed, status: { gatewayRef: A } });
    expect(guarded(first.desired)).toEqual([data(A), data(B)]);
    expect(first.desired.configmap).toMatchObject({ metadata: { name: 'front-door-brought' }, data: data(A) });
    expect(first.status).toMatchObject({ gatewayRef: B, formerGatewayRefs: [A, OURS] });
    const next = { observed: first.desired, status: first.status };
    const attached = brought({ gatewayRef: B }, edge(B), { ...next, required: { routes: [routeTo(A)] } });
    expect(guarded(attached.desired)).toEqual([data(A), data(B)]);
    const left = brought({ gatewayRef: B }, edge(B), { ...next, required: { routes: [routeTo(B)] } });
    expect(guarded(left.desired)).toEqual([data(B)]);
    expect(left.status).toMatchObject({ formerGatewayRefs: [OURS] });
  });
});

test('routes are looked at only while a Gateway is left', () => {
  const asked = (status: object) =>
    Object.keys(inferenceGateway.requires({ spec: {}, status } as never, () => GATEWAY_API as never));
  expect(asked({ gatewayRef: A })).not.toContain('routes');
  expect(asked({ gatewayRef: OURS, formerGatewayRefs: [A] })).toContain('routes');
});
