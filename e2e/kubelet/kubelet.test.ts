import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { expand } from './container.ts';
import { hostLines } from './dns.ts';
import { parseReference } from './image.ts';
import { podStatus } from './status.ts';
import { fieldOf } from './volumes.ts';

describe('the name of an image', () => {
  test.each([
    { image: 'traefik', want: { registry: 'docker.io', repository: 'traefik' } },
    {
      image: 'docker.io/library/traefik:v3.7.12',
      want: { registry: 'docker.io', repository: 'traefik', tag: 'v3.7.12' },
    },
    { image: '127.0.0.1:5000/a/b:v1', want: { registry: '127.0.0.1:5000', repository: 'a/b', tag: 'v1' } },
    { image: '127.0.0.1:5000/a/b', want: { registry: '127.0.0.1:5000', repository: 'a/b' } },
    { image: 'ghcr.io/a/b@sha256:00', want: { registry: 'ghcr.io', repository: 'a/b', digest: 'sha256:00' } },
  ])('$image', ({ image, want }) => expect(parseReference(image)).toEqual(want));
});

test('a variable stands for its value, and one that is not there for itself', () => {
  expect(expand('$(A)/$(B) $A', { A: '1' })).toBe('1/$(B) $A');
});

test("the downward API reads labels by key, and refuses what isn't a field", () => {
  const pod = { metadata: { name: 'p', labels: { 'a.b/c': 'x' } } };
  expect([fieldOf(pod, "metadata.labels['a.b/c']"), fieldOf(pod, 'metadata.name')]).toEqual(['x', 'p']);
  expect(() => fieldOf(pod, 'spec.anything')).toThrow('spec.anything');
});

test("a Service's name means its ready endpoints, and nobody else's", () => {
  const service: V1Service = { metadata: { name: 'fn', namespace: 'ns' } };
  const slice = (name: string, ready: boolean, address: string): V1EndpointSlice => ({
    addressType: 'IPv4',
    metadata: { namespace: 'ns', labels: { 'kubernetes.io/service-name': name } },
    endpoints: [{ addresses: [address], conditions: { ready } }],
  });
  const empty = { ...slice('fn', true, ''), endpoints: null as never };
  const slices = [
    slice('fn', true, '10.91.0.2'),
    slice('fn', true, '10.91.0.1'),
    slice('fn', false, '10.91.0.3'),
    slice('other', true, '10.91.0.4'),
    empty,
  ];
  expect(hostLines([service], slices)).toEqual([
    '10.91.0.1 fn.ns fn.ns.svc fn.ns.svc.cluster.local',
    '10.91.0.2 fn.ns fn.ns.svc fn.ns.svc.cluster.local',
  ]);
});

describe('a pod', () => {
  const pod = { spec: { containers: [{ name: 'a', image: 'i' }] } };
  const container = { name: 'a', imageId: 'sha256:00', since: '2026-01-01T00:00:00Z' };
  const summary = (...containers: Parameters<typeof podStatus>[2]) => {
    const { phase, conditions } = podStatus(pod, '10.91.0.1', containers) as {
      phase: string;
      conditions: { type: string; status: string }[];
    };
    return [phase, conditions.find(({ type }) => type === 'Ready')?.status];
  };
  test.each([
    {
      name: 'waits while its container does',
      given: { state: 'waiting', ready: false, restartCount: 0 },
      want: ['Pending', 'False'],
    },
    {
      name: 'runs before it is ready',
      given: { state: 'running', ready: false, restartCount: 0 },
      want: ['Running', 'False'],
    },
    {
      name: 'is ready when its container is',
      given: { state: 'running', ready: true, restartCount: 0 },
      want: ['Running', 'True'],
    },
    {
      name: 'still runs between two starts',
      given: { state: 'waiting', ready: false, restartCount: 1 },
      want: ['Running', 'False'],
    },
  ] as const)('$name', ({ given, want }) => expect(summary({ ...container, ...given })).toEqual(want));
});
