import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { TRAEFIK, traefikValues } from './values.ts';
import { atLeast } from './version.ts';

/** Chart 41.3.0 is Traefik 3.7.11, the first that keeps a client in its own path (facts: GHSA-fgjj-px3w-67xx, PR 13641). */
export const CHART_FLOOR = '41.3.0';

const METALLB_CHART = '0.15.2';

/** MetalLB's speaker needs a privileged namespace of its own, which a chart cannot label. */
const METALLB_NAMESPACE = 'modelplane-metallb';

const POOL = 'modelplane';

/** The chart version that is installed: the declared one, raised to the floor. */
export const chartVersion = ({ spec }: InferenceGateway): string => atLeast(spec.traefik.version, CHART_FLOOR);

/** provider-helm acts with its own rights, in the platform's namespace: no other namespace can use this configuration. */
export const helmProviderConfig = () => ({
  apiVersion: 'helm.m.crossplane.io/v1beta1',
  kind: 'ProviderConfig',
  metadata: { name: 'modelplane', namespace: PLATFORM_NAMESPACE },
  spec: { credentials: { source: 'InjectedIdentity' } },
});

export const traefikRelease = (xr: InferenceGateway) =>
  release(TRAEFIK, PLATFORM_NAMESPACE, {
    chart: { name: 'traefik', repository: 'https://traefik.github.io/charts', version: chartVersion(xr) },
    values: traefikValues(xr),
  });

export const metallbNamespace = () => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: METALLB_NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
});

export const metallbRelease = () =>
  release('metallb', METALLB_NAMESPACE, {
    chart: { name: 'metallb', repository: 'https://metallb.github.io/metallb', version: METALLB_CHART },
  });

export const addressPool = (addresses: string) => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name: POOL, namespace: METALLB_NAMESPACE },
  spec: { addresses: [addresses] },
});

export const advertisement = () => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'L2Advertisement',
  metadata: { name: POOL, namespace: METALLB_NAMESPACE },
  spec: { ipAddressPools: [POOL] },
});

/** Ready when what it installs is available, not when it was handed over: wait. */
const release = (name: string, namespace: string, forProvider: object) => ({
  apiVersion: 'helm.m.crossplane.io/v1beta1',
  kind: 'Release',
  metadata: { name, namespace: PLATFORM_NAMESPACE, annotations: { 'crossplane.io/external-name': name } },
  spec: {
    providerConfigRef: { kind: 'ProviderConfig', name: 'modelplane' },
    rollbackLimit: 3,
    forProvider: { ...forProvider, namespace, skipCreateNamespace: true, wait: true, waitTimeout: '5m0s' },
  },
});
