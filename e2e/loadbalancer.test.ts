import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { endpointsOf } from './loadbalancer.ts';

const SERVICE: V1Service = { metadata: { name: 'traefik', namespace: 'edge' } };

const slice = (more: Partial<V1EndpointSlice> = {}): V1EndpointSlice => ({
  addressType: 'IPv4',
  metadata: { namespace: 'edge', labels: { 'kubernetes.io/service-name': 'traefik' } },
  ports: [
    { name: 'web', port: 8000 },
    { name: 'websecure', port: 8443 },
  ],
  endpoints: [{ addresses: ['10.91.0.1'], conditions: { ready: true } }],
  ...more,
});

test.each([
  { name: 'a port leads to the port of the same name', slices: [slice()], want: [{ host: '10.91.0.1', port: 8443 }] },
  {
    name: 'an endpoint that is not ready is left out',
    slices: [slice({ endpoints: [{ addresses: ['10.91.0.1'], conditions: { ready: false } }] })],
    want: [],
  },
  { name: 'a slice without endpoints says null', slices: [slice({ endpoints: null as never })], want: [] },
  {
    name: 'a slice of another namespace is not ours',
    slices: [slice({ metadata: { ...slice().metadata, namespace: 'other' } })],
    want: [],
  },
])('$name', ({ slices, want }) => expect(endpointsOf(SERVICE, 'websecure', slices)).toEqual(want));
