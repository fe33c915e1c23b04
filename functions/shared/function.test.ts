import { Ready, RunFunctionRequest, Severity, Status } from '@crossplane-org/function-sdk-typescript';
import { describe, expect, test } from 'vitest';
import { condition } from './conditions.ts';
import { asFunction, type CompositionFunction } from './function.ts';
import type { KubernetesObject } from './kubernetes.ts';

const XR = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelService', metadata: { name: 'qwen', namespace: 'ml' } };

/** Composes a ConfigMap that names what was found. */
const echo: CompositionFunction<KubernetesObject> = {
  requires: ({ metadata }) => ({
    byName: { apiVersion: 'v1', kind: 'A', namespace: metadata?.namespace ?? '', match: { name: 'a' } },
    byLabels: { apiVersion: 'v1', kind: 'B', match: { labels: { x: 'y' } } },
  }),
  compose: ({ lookup, observed }) => ({
    desired: {
      configmap: {
        resource: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          data: { found: lookup('byLabels').map(({ metadata }) => metadata?.name), gone: undefined },
        },
        ready: observed.configmap !== undefined,
      },
    },
    status: { found: lookup('byName').length },
    conditions: [condition('RoutingReady', 'False', 'WaitingForRoute', 'Wait.')],
    ready: false,
  }),
};

const refusing: CompositionFunction<KubernetesObject> = {
  requires: () => ({}),
  compose: () => ({
    desired: { configmap: { resource: { apiVersion: 'v1', kind: 'ConfigMap' }, ready: true } },
    status: {},
    conditions: [],
    ready: true,
    refused: { reason: 'InvalidURL', problem: 'use spec.url' },
  }),
};

const request = (fields: object): RunFunctionRequest =>
  RunFunctionRequest.fromPartial({ meta: { tag: 'a-tag' }, observed: { composite: { resource: XR } }, ...fields });

const named = (name: string, namespace?: string) => ({
  resource: { apiVersion: 'v1', kind: 'B', metadata: { name, namespace } },
});

describe('asFunction', () => {
  test('asks for the same requirements on every call, and desires nothing before they are there', () => {
    const rsp = asFunction(echo)(request({ requiredResources: { byName: { items: [] } } }));
    expect(rsp.requirements?.resources).toEqual({
      byName: { apiVersion: 'v1', kind: 'A', namespace: 'ml', matchName: 'a' },
      byLabels: { apiVersion: 'v1', kind: 'B', matchLabels: { labels: { x: 'y' } } },
    });
    expect(rsp.desired?.resources).toEqual({});
    expect(rsp.results).toEqual([]);
    const complete = asFunction(echo)(request({ requiredResources: { byName: {}, byLabels: {} } }));
    expect(complete.requirements).toEqual(rsp.requirements);
  });

  test('a requirement that found nothing is there and empty', () => {
    const rsp = asFunction(echo)(request({ requiredResources: { byName: { items: [] }, byLabels: { items: [] } } }));
    expect(rsp.desired?.composite?.resource).toEqual({
      apiVersion: XR.apiVersion,
      kind: XR.kind,
      status: { found: 0 },
    });
  });

  test('what was found is sorted, whatever order it came in, and undefined fields are left out', () => {
    const items = [named('b', 'ns'), named('c'), named('a', 'ns')];
    const rsp = asFunction(echo)(request({ requiredResources: { byName: { items: [] }, byLabels: { items } } }));
    expect(rsp.desired?.resources.configmap?.resource).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { found: ['c', 'a', 'b'] },
    });
  });

  test('says explicitly that the XR and its children are not ready, with its conditions and the request tag', () => {
    const rsp = asFunction(echo)(request({ requiredResources: { byName: { items: [] }, byLabels: { items: [] } } }));
    expect(rsp.desired?.composite?.ready).toBe(Ready.READY_FALSE);
    expect(rsp.desired?.resources.configmap?.ready).toBe(Ready.READY_FALSE);
    expect(rsp.conditions).toEqual([
      {
        type: 'RoutingReady',
        status: Status.STATUS_CONDITION_FALSE,
        reason: 'WaitingForRoute',
        message: 'Wait.',
        target: 1,
      },
      {
        type: 'SpecAccepted',
        status: Status.STATUS_CONDITION_TRUE,
        reason: 'Accepted',
        message: 'The spec is carried out as it is.',
        target: 1,
      },
    ]);
    expect(rsp.meta?.tag).toBe('a-tag');
  });

  test('a spec that is refused is a warning with its condition, beside all that is still so', () => {
    const rsp = asFunction(refusing)(request({}));
    expect(rsp.results).toEqual([{ severity: Severity.SEVERITY_WARNING, message: 'cannot use spec.url', target: 1 }]);
    expect(rsp.conditions).toEqual([
      {
        type: 'SpecAccepted',
        status: Status.STATUS_CONDITION_FALSE,
        reason: 'InvalidURL',
        message: 'Cannot use spec.url. What was accepted before goes on.',
        target: 1,
      },
    ]);
    expect(Object.keys(rsp.desired?.resources ?? {})).toEqual(['configmap']);
    expect(rsp.desired?.composite?.ready).toBe(Ready.READY_TRUE);
  });

  test('passes on what earlier steps of the pipeline desire, and does not change the request', () => {
    const req = request({
      desired: { resources: { earlier: named('e') } },
      requiredResources: { byName: { items: [] }, byLabels: { items: [] } },
    });
    const before = structuredClone(req);
    expect(Object.keys(asFunction(echo)(req).desired?.resources ?? {})).toEqual(['earlier', 'configmap']);
    expect(req).toEqual(before);
  });

  test('a requirement called like a method of every object is not taken for one that was fetched', () => {
    const fn: CompositionFunction<KubernetesObject> = {
      ...echo,
      requires: () => ({ constructor: { apiVersion: 'v1', kind: 'A', match: { name: 'a' } } }) as never,
    };
    expect(asFunction(fn)(request({})).desired?.resources).toEqual({});
  });
});

describe('how long Crossplane may wait before it asks again', () => {
  const settling: CompositionFunction<KubernetesObject> = {
    requires: () => ({}),
    compose: ({ xr }) => ({ desired: {}, status: {}, conditions: [], ready: xr.ready === true }),
  };
  const open = { conditions: [{ type: 'Responsive', status: 'False' }] };
  test.each([
    { name: 'half an hour for an XR that is ready', xr: { ...XR, ready: true }, want: 1800 },
    { name: 'half a minute for one that is not ready yet', xr: XR, want: 30 },
    { name: 'a minute while events are dropped', xr: { ...XR, ready: true, status: open }, want: 60 },
    { name: 'ten seconds while events are dropped that one waits for', xr: { ...XR, status: open }, want: 10 },
  ])('$name', ({ xr, want }) => {
    const rsp = asFunction(settling)(request({ observed: { composite: { resource: xr } } }));
    expect(rsp.meta?.ttl?.seconds).toBe(want);
  });
});
