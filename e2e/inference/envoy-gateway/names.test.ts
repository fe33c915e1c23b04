import { describe, expect, test } from 'vitest';
import { addressesOf, answer } from './names.ts';

const service = (name: string, clusterIP: string) => ({ metadata: { namespace: 'mp-ml', name }, spec: { clusterIP } });

const NAMES = {
  services: [service('epp', '10.92.0.7'), service('headless', 'None')],
  slices: [
    {
      metadata: { namespace: 'mp-ml', labels: { 'kubernetes.io/service-name': 'headless' } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.91.0.1'], conditions: { ready: true } },
        { addresses: ['10.91.0.2'], conditions: { ready: false } },
      ],
    },
  ],
};

describe('a name in a cluster', () => {
  test.each([
    { name: 'of a Service means its address', asked: 'epp.mp-ml.svc', want: ['10.92.0.7'] },
    { name: 'may be written in full', asked: 'epp.mp-ml.svc.cluster.local.', want: ['10.92.0.7'] },
    { name: 'may be written in capitals', asked: 'EPP.mp-ml.svc', want: ['10.92.0.7'] },
    { name: 'of a headless Service means its ready endpoints', asked: 'headless.mp-ml.svc', want: ['10.91.0.1'] },
    { name: 'of nothing is not known', asked: 'other.mp-ml.svc', want: undefined },
    { name: 'of the world is not known', asked: 'epp.mp-ml.com', want: undefined },
  ])('$name', ({ asked, want }) => expect(addressesOf(asked, NAMES)).toEqual(want));
});

/** A question for the addresses of `epp.ml`, type A, as a resolver sends it. */
const question = (type: number) =>
  Buffer.from([0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0x65, 0x70, 0x70, 2, 0x6d, 0x6c, 0, 0, type, 0, 1]);

describe('an answer', () => {
  test('has the number of the question, the question, and a record for each address', () => {
    const got = answer(question(1), (name) => (name === 'epp.ml' ? ['10.92.0.7'] : undefined));
    expect([...got]).toEqual([
      ...[0xab, 0xcd, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
      ...question(1).subarray(12),
      ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 92, 0, 7],
    ]);
  });

  test('says at once that there is no such name', () =>
    expect([...answer(question(1), () => undefined).subarray(2, 8)]).toEqual([0x85, 0x83, 0, 1, 0, 0]));

  test('has nothing of another type, of a name that is there', () =>
    expect([...answer(question(28), () => ['10.92.0.7']).subarray(2, 8)]).toEqual([0x85, 0x80, 0, 1, 0, 0]));
});
