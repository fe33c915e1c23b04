import { expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { composed, gateway, listenerStatus, NO_CERTIFICATE, running, specOf } from './testing.ts';

const tls = { certificateRef: { name: 'next' } };

/** A Gateway that serves HTTPS by a certificate, or cannot. */
const servedBy = (certificate: string, problem?: object): KubernetesObject =>
  gateway({
    spec: {
      listeners: [{ name: 'https', port: 8443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: certificate }] } }],
    },
    listeners: [listenerStatus('https', problem)],
  });

interface Spec {
  readonly listeners: readonly { readonly tls?: { readonly certificateRefs: readonly { readonly name: string }[] } }[];
}

const certificateOf = (object: KubernetesObject | undefined): string | undefined =>
  specOf<Partial<Spec>>(object).listeners?.find(({ tls }) => tls)?.tls?.certificateRefs[0]?.name;

interface Case {
  readonly name: string;
  readonly observed: Readonly<Record<string, KubernetesObject>>;
  readonly want: { readonly served: string; readonly tried: string | undefined };
}

const CASES: readonly Case[] = [
  {
    name: 'is tried first, and the one before serves',
    observed: { gateway: servedBy('cert') },
    want: { served: 'cert', tried: 'next' },
  },
  {
    name: 'that is not there takes nothing away',
    observed: { gateway: servedBy('cert'), trial: servedBy('next', NO_CERTIFICATE) },
    want: { served: 'cert', tried: 'next' },
  },
  {
    name: 'is not proven by another that was tried',
    observed: { gateway: servedBy('cert'), trial: servedBy('other') },
    want: { served: 'cert', tried: 'next' },
  },
  {
    name: 'serves once Traefik can serve by it',
    observed: { gateway: servedBy('cert'), trial: servedBy('next') },
    want: { served: 'next', tried: undefined },
  },
  {
    name: 'needs no trial where the one before is gone',
    observed: { gateway: servedBy('cert', NO_CERTIFICATE) },
    want: { served: 'next', tried: undefined },
  },
  {
    name: 'that serves is tried no more',
    observed: { gateway: servedBy('next'), trial: servedBy('next') },
    want: { served: 'next', tried: undefined },
  },
  { name: 'is the first', observed: {}, want: { served: 'next', tried: undefined } },
];

test.each(CASES)('a certificate $name', async ({ observed, want }) => {
  const { desired } = composed({ tls }, { observed: { ...running, ...observed } });
  expect({ served: certificateOf(desired.gateway), tried: certificateOf(desired.trial) }).toEqual(want);
  if (desired.trial !== undefined) expect(await schemaProblem(desired.trial)).toBeUndefined();
});

test('a certificate that cannot be served yet is said, and the door is open', () => {
  const observed = { ...running, gateway: servedBy('cert'), trial: servedBy('next', NO_CERTIFICATE) };
  const { conditions } = composed({ tls }, { observed });
  expect(conditions.find((one) => one.startsWith('GatewayReady'))).toMatch(
    /^GatewayReady=True .* HTTPS goes on with the certificate in Secret cert, until that in Secret next can be served: InvalidCertificateRef: Cannot load CertificateRef modelplane-system\/cert: secret not found\.$/,
  );
});
