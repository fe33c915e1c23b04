import { expect, test } from 'vitest';
import { formatPath } from '../problem.ts';
import { foreignErrors } from './foreign.ts';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';
const metadata = { name: 'a' };

test.each([
  {
    name: 'a Gateway without a spec',
    object: { apiVersion: GATEWAY_API, kind: 'Gateway', metadata },
    want: ['spec: is required'],
  },
  {
    name: 'listeners that are no list',
    object: { apiVersion: GATEWAY_API, kind: 'Gateway', metadata, spec: { gatewayClassName: 'x', listeners: {} } },
    want: ['spec.listeners: must be a list, not {}'],
  },
  {
    name: 'a port that is text',
    object: {
      apiVersion: GATEWAY_API,
      kind: 'Gateway',
      metadata,
      spec: { gatewayClassName: 'x', listeners: [{ name: 'web', protocol: 'HTTP', port: '80' }] },
    },
    want: ['spec.listeners[0].port: must be a whole number, not "80"'],
  },
  {
    name: 'a Secret whose data is a number',
    object: { apiVersion: 'v1', kind: 'Secret', metadata, data: { key: 1 } },
    want: ['data.key: must be text (in quotes, if it looks like a number or a boolean), not 1'],
  },
  {
    name: 'a good GatewayClass',
    object: {
      apiVersion: GATEWAY_API,
      kind: 'GatewayClass',
      metadata,
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    want: [],
  },
  {
    name: 'a kind that nobody here knows',
    object: { apiVersion: 'x.org/v1', kind: 'Thing', metadata, spec: 'odd' },
    want: [],
  },
])('$name', async ({ object, want }) => {
  const errors = await foreignErrors(object);
  expect(errors.map(({ path, message }) => `${formatPath(path)}: ${message}`)).toEqual(want);
});
