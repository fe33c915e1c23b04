import { describe, expect, test } from 'vitest';
import { GATEWAY } from '../manifests.ts';
import { changedStatus, statuses } from './status.ts';
import { picker, pool, route, rule, world } from './testing.ts';

const OPTIONS = { controller: 'e2e/envoy', address: '10.90.3.1' };
const NOW = '2026-11-21T00:00:00Z';

const condition = (type: string, observedGeneration: number, reason = type, message = '') => ({
  type,
  status: reason === type ? 'True' : 'False',
  reason,
  message,
  observedGeneration,
});

const statusOf = (kind: string, over: Parameters<typeof world>[0]) =>
  statuses(world(over), OPTIONS).find(({ object }) => object.kind === kind)?.status;

const parentRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', ...GATEWAY };
const routes = [route('qwen', rule('/ml/qwen/us', 'qwen'))];

describe('what the controller says', () => {
  test.each([
    {
      name: 'a route whose pool is there is accepted, in the generation that it has',
      kind: 'HTTPRoute',
      over: { routes, pools: [pool('qwen')] },
      conditions: [condition('Accepted', 3), condition('ResolvedRefs', 3)],
    },
    {
      name: 'a route whose pool is not there says which',
      kind: 'HTTPRoute',
      over: { routes },
      conditions: [
        condition('Accepted', 3),
        condition('ResolvedRefs', 3, 'BackendNotFound', 'there is no InferencePool qwen'),
      ],
    },
    {
      name: 'a route that is not understood is not accepted',
      kind: 'HTTPRoute',
      over: { routes: [route('qwen', rule('/a', 'qwen', { backendRefs: [{ name: 'web', port: 80 }] }))] },
      conditions: [
        condition('Accepted', 3, 'UnsupportedValue', 'a backend is an InferencePool here'),
        condition('ResolvedRefs', 3),
      ],
    },
    {
      name: 'a pool that a route leads to is accepted once its picker has a Service',
      kind: 'InferencePool',
      over: { routes, pools: [pool('qwen')], ...picker('qwen') },
      conditions: [condition('Accepted', 2), condition('ResolvedRefs', 2)],
    },
    {
      name: 'a pool without a picker says so',
      kind: 'InferencePool',
      over: { routes, pools: [pool('qwen')] },
      conditions: [
        condition('Accepted', 2),
        condition('ResolvedRefs', 2, 'InvalidExtensionRef', 'there is no Service qwen-epp with that port'),
      ],
    },
  ])('$name', ({ kind, over, conditions }) =>
    expect(statusOf(kind, over)).toEqual({
      parents: [{ parentRef, controllerName: 'e2e/envoy', conditions }],
    }),
  );

  test('a pool that no route leads to has no parent', () =>
    expect(statusOf('InferencePool', { pools: [pool('qwen')] })).toEqual({ parents: [] }));
});

describe('what the controller says of the listeners', () => {
  const secret = { metadata: { name: 'gateway-certificate' }, data: { 'tls.crt': 'eA==', 'tls.key': 'eA==' } };
  const listeners = (over: Parameters<typeof world>[0]) =>
    (
      statusOf('Gateway', over) as { listeners: { name: string; conditions: { type: string; reason: string }[] }[] }
    ).listeners.map(({ name, conditions }) => [name, ...conditions.map(({ reason }) => reason)]);
  const HTTP = ['http', 'Accepted', 'ResolvedRefs', 'Programmed'];

  test('both are programmed with the certificate', () =>
    expect(listeners({ secrets: [secret] })).toEqual([HTTP, ['https', 'Accepted', 'ResolvedRefs', 'Programmed']]));

  test('that of HTTPS is not without it', () =>
    expect(listeners({})).toEqual([HTTP, ['https', 'Accepted', 'InvalidCertificateRef', 'Invalid']]));
});

describe('what is written', () => {
  const [first] = statuses(world({ routes }), OPTIONS).slice(-1);
  const wanted = first ?? expect.unreachable();
  const written = changedStatus(wanted, NOW);

  test('the same status is not written again', () =>
    expect(
      changedStatus({ ...wanted, object: { ...wanted.object, status: written } }, '2030-01-01T00:00:00Z'),
    ).toBeUndefined());

  test('a condition that stays keeps its time, and one that turns gets a new one', () => {
    const [now] = statuses(world({ routes, pools: [pool('qwen')] }), OPTIONS).filter(
      ({ object }) => object.kind === 'HTTPRoute',
    );
    const later = '2026-11-21T00:01:00Z';
    const object = { ...wanted.object, status: written };
    expect(changedStatus({ object, status: now?.status ?? {} }, later)).toEqual({
      parents: [
        {
          parentRef,
          controllerName: 'e2e/envoy',
          conditions: [
            { ...condition('Accepted', 3), lastTransitionTime: NOW },
            { ...condition('ResolvedRefs', 3), lastTransitionTime: later },
          ],
        },
      ],
    });
  });
});
