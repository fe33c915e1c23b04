import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { isReady } from '#shared/readiness.ts';
import { retain } from '#shared/retain.ts';
import { helmRelease } from './install.ts';

type Observed = Readonly<Record<string, KubernetesObject>>;

const CHART = '0.16.1';

/**
 * MetalLB's speaker needs a privileged namespace, which a chart cannot label: install/metallb makes it. It is not
 * composed, because a namespace that is deleted before its release takes Helm's memory of what to delete along.
 */
const NAMESPACE = 'modelplane-metallb';

const POOL = 'modelplane';

/** MetalLB, where it is asked for, and what of it may not go yet where it no longer is. */
export function metallb({ spec }: InferenceGateway, observed: Observed): Record<string, Desired> {
  if (spec.traefik.loadBalancer !== 'MetalLB' || spec.traefik.metallb === undefined) return withdrawnMetalLB(observed);
  const isThere = (key: string) => observed[key] !== undefined;
  const release = observed['release-metallb'];
  // The kinds of these two come with the chart.
  const hasKinds = isReady(release) || isThere('ipaddresspool');
  return {
    'release-metallb': { resource: metallbRelease(), ready: isReady(release) },
    ...(hasKinds && {
      ipaddresspool: { resource: addressPool(spec.traefik.metallb.addressPool), ready: isThere('ipaddresspool') },
      l2advertisement: { resource: advertisement(), ready: isThere('l2advertisement') },
    }),
  };
}

/** Its kinds go with its chart, and Crossplane fails an XR that has an object of a kind that is gone: the pool goes first. */
export function withdrawnMetalLB(observed: Observed): Record<string, Desired> {
  const release = observed['release-metallb'];
  const pool = observed.ipaddresspool ?? observed.l2advertisement;
  return release && pool ? { 'release-metallb': retain(release, isReady(release)) } : {};
}

/** Helm waits, because the pool needs the webhook that checks it. Without FRR, which only speaks BGP. */
const metallbRelease = () =>
  helmRelease('metallb', {
    chart: { name: 'metallb', repository: 'https://metallb.github.io/metallb', version: CHART },
    namespace: NAMESPACE,
    wait: true,
    waitTimeout: '5m0s',
    values: { frrk8s: { enabled: false }, speaker: { frr: { enabled: false } } },
  });

/** For the front door alone: a Service of anyone else must not use its addresses up. */
const addressPool = (addresses: string) => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name: POOL, namespace: NAMESPACE },
  spec: { addresses: [addresses], serviceAllocation: { namespaces: [PLATFORM_NAMESPACE] } },
});

const advertisement = () => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'L2Advertisement',
  metadata: { name: POOL, namespace: NAMESPACE },
  spec: { ipAddressPools: [POOL] },
});
