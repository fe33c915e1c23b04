import { expect, test } from 'vitest';
import { getObject } from '../cluster.ts';
import { begunWith, testWorld } from '../testing.ts';
import { simulate } from './simulate.ts';

const RELEASE =
  '{apiVersion: helm.m.crossplane.io/v1beta1, kind: Release, metadata: {name: x, namespace: sys}, spec: {forProvider: {chart: {name: traefik, version: 41.4.0}}}}';
const MIDDLEWARES = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'middlewares.traefik.io',
};
const GATEWAY = (status: string) =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: x}, spec: {controllerName: traefik.io/gateway-controller}${status}}`;
const CLASS = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass', name: 'x' };

const simulated = (yaml: string) => {
  const state = begunWith(testWorld([], {}), yaml);
  simulate(state);
  return state;
};

test('a Helm release is deployed, brings the kinds of its chart, and is said to be played', () => {
  const state = simulated(RELEASE);
  expect(getObject(state.cluster, MIDDLEWARES)?.spec).toMatchObject({ versions: [{ name: 'v1alpha1', served: true }] });
  expect([...state.said]).toEqual(['Helm (deploys charts at once)']);
  expect(state.changed).toContain('Release sys/x');
});

test('a second look changes nothing', () => {
  const state = simulated(RELEASE);
  state.changed.clear();
  simulate(state);
  expect([...state.changed]).toEqual([]);
});

test('an object that came with a status keeps it', () => {
  const own = { conditions: [{ type: 'Accepted', status: 'False', reason: 'Mine' }] };
  expect(getObject(simulated(GATEWAY(`, status: ${JSON.stringify(own)}`)).cluster, CLASS)?.status).toEqual(own);
  expect(getObject(simulated(GATEWAY('')).cluster, CLASS)?.status).toMatchObject({
    conditions: [{ reason: 'Handled' }],
  });
});
