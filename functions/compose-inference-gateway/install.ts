import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { TRAEFIK, traefikValues } from './values.ts';
import { atLeast } from './version.ts';

/** Chart 41.3.0 is Traefik 3.7.11, the first that keeps a client in its own path (facts: GHSA-fgjj-px3w-67xx, PR 13641). */
export const CHART_FLOOR = '41.3.0';

/** The chart version that is installed: the declared one, raised to the floor. */
export const chartVersion = ({ spec }: InferenceGateway): string => atLeast(spec.traefik.version, CHART_FLOOR);

/** provider-helm acts with its own rights, in the platform's namespace: no other namespace can use this configuration. */
export const helmProviderConfig = () => ({
  apiVersion: 'helm.m.crossplane.io/v1beta1',
  kind: 'ProviderConfig',
  metadata: { name: 'modelplane', namespace: PLATFORM_NAMESPACE },
  spec: { credentials: { source: 'InjectedIdentity' } },
});

/**
 * Helm does not wait: it would wait for the Service's address too, and call the release failed where nobody gives one.
 * Whether Traefik is available is told by its Deployment.
 */
export const traefikRelease = (xr: InferenceGateway, more: readonly string[] = []) =>
  helmRelease(TRAEFIK, {
    chart: { name: 'traefik', repository: 'https://traefik.github.io/charts', version: chartVersion(xr) },
    namespace: PLATFORM_NAMESPACE,
    values: traefikValues(xr, chartVersion(xr), more),
  });

/** Its namespace is the install page's to make: no release, and no InferenceGateway that goes, may take one along. */
export const helmRelease = (name: string, forProvider: object) => ({
  apiVersion: 'helm.m.crossplane.io/v1beta1',
  kind: 'Release',
  metadata: { name, namespace: PLATFORM_NAMESPACE, annotations: { 'crossplane.io/external-name': name } },
  spec: {
    providerConfigRef: { kind: 'ProviderConfig', name: 'modelplane' },
    rollbackLimit: 3,
    forProvider: { ...forProvider, skipCreateNamespace: true },
  },
});
