import { expect, test } from 'vitest';
import { candidateOf } from './candidates.ts';
import { CLUSTER } from './testing-claims.ts';

const cluster = (...conditions: readonly (readonly [type: string, status: string])[]) =>
  ({
    ...CLUSTER,
    status: { ...CLUSTER.status, conditions: conditions.map(([type, status]) => ({ type, status })) },
  }) as never;

const CONNECTED = ['Connected', 'True'] as const;
const READY = ['GatewayReady', 'True'] as const;

test.each([
  { name: 'takes placements', conditions: [CONNECTED, READY, ['Owned', 'True']], problem: undefined },
  { name: 'of a release that did not ask whose it is takes them', conditions: [CONNECTED, READY], problem: undefined },
  {
    name: 'of another control plane does not',
    conditions: [CONNECTED, READY, ['Owned', 'False']],
    problem: 'it is not known to be ours alone',
  },
  {
    name: 'of which nobody has said yet whose it is does not',
    conditions: [CONNECTED, READY, ['Owned', 'Unknown']],
    problem: 'it is not known to be ours alone',
  },
  {
    name: 'whose Gateway is not ready does not',
    conditions: [CONNECTED, ['GatewayReady', 'False']],
    problem: 'its gateway is not ready',
  },
  {
    name: 'that nobody looks at does not',
    conditions: [['Connected', 'Unknown'], READY],
    problem: 'not connected',
  },
] as const)('a cluster $name', ({ conditions, problem }) =>
  expect(candidateOf(cluster(...conditions)).problem).toBe(problem),
);
