import { expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composed, gateway, running, says } from './testing.ts';

// What the original's manifests say, unmodified but for what the XRD defaults.
const spec = {
  backend: 'Traefik',
  traefik: { version: '40.0.0', loadBalancer: 'MetalLB', metallb: { addressPool: '172.18.255.200-172.18.255.250' } },
};

const installed: Record<string, KubernetesObject> = { ...running, 'release-metallb': says('Ready', 'True') };
const pooled = { ...installed, ipaddresspool: says('Ready', 'True'), l2advertisement: says('Ready', 'True') };
const keys = (spec: object, observed: Record<string, KubernetesObject>) =>
  Object.keys(composed(spec, { observed }).desired).slice(4);

test('G10: it is installed into a namespace that the install page makes privileged, and that it cannot delete', () => {
  const { desired } = composed(spec);
  expect(Object.keys(desired).slice(4)).toEqual(['release-metallb']);
  expect(desired['release-metallb']?.spec).toMatchObject({
    forProvider: {
      chart: { name: 'metallb', repository: 'https://metallb.github.io/metallb', version: '0.16.1' },
      namespace: 'modelplane-metallb',
      skipCreateNamespace: true,
      wait: true,
    },
  });
});

test('its pool is composed once its kinds are there, for the front door alone', () => {
  const { desired } = composed(spec, { observed: installed });
  expect(desired.ipaddresspool).toEqual({
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: 'modelplane', namespace: 'modelplane-metallb' },
    spec: {
      addresses: ['172.18.255.200-172.18.255.250'],
      serviceAllocation: { namespaces: ['modelplane-system'] },
    },
  });
  expect(desired.l2advertisement?.spec).toEqual({ ipAddressPools: ['modelplane'] });
});

test('its pool is kept while its release is being updated', () => {
  expect(keys(spec, { ...pooled, 'release-metallb': says('Ready', 'False') })).toEqual([
    'release-metallb',
    'ipaddresspool',
    'l2advertisement',
  ]);
});

test.each([
  { name: 'its pool goes first, because its kinds go with its release', observed: pooled, want: ['release-metallb'] },
  { name: 'and its release once the pool is gone', observed: installed, want: [] },
])('where it is no longer asked for, $name', ({ observed, want }) => expect(keys({}, observed)).toEqual(want));

test('an address that it owes is asked of it', () => {
  const { conditions } = composed(spec, { observed: { ...pooled, gateway: gateway({ addresses: [] }) } });
  expect(conditions[1]).toBe(
    'GatewayReady=False WaitingForAddress: The Gateway has no address yet. MetalLB owes one to Service modelplane-system/traefik: look at Release modelplane-system/metallb, and whether install/metallb was applied.',
  );
});
