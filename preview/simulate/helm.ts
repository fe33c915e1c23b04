import { crds } from '../kinds.ts';
import { type ClusterObject, conditionOf, specOf } from '../objects.ts';
import { condition, type Simulator } from './simulator.ts';
import { deploymentStatus } from './workloads.ts';

export const RELEASES = { apiVersion: 'helm.m.crossplane.io/v1beta1', kind: 'Release' };

interface ForProvider {
  readonly chart?: { readonly name?: string; readonly version?: string };
  readonly namespace?: string;
  readonly values?: {
    readonly fullnameOverride?: string;
    readonly deployment?: { readonly replicas?: number };
    readonly additionalArguments?: readonly string[];
  };
}

const forProvider = (release: ClusterObject): ForProvider =>
  (specOf(release).forProvider as ForProvider | undefined) ?? {};

export const chartOf = (release: ClusterObject): string | undefined => forProvider(release).chart?.name;

export const isDeployed = (release: ClusterObject): boolean => conditionOf(release, 'Ready')?.status === 'True';

/** What the charts that our functions install bring along, as far as anybody here looks for it. */
const CHARTS: Readonly<Record<string, (release: ClusterObject) => ClusterObject[]>> = {
  traefik: (release) => [
    traefikDeployment(release),
    ...crds('traefik.io', 'v1alpha1', 'Namespaced', {
      ingressroutes: 'IngressRoute',
      ingressroutetcps: 'IngressRouteTCP',
      ingressrouteudps: 'IngressRouteUDP',
      middlewares: 'Middleware',
      middlewaretcps: 'MiddlewareTCP',
      serverstransports: 'ServersTransport',
      serverstransporttcps: 'ServersTransportTCP',
      tlsoptions: 'TLSOption',
      tlsstores: 'TLSStore',
      traefikservices: 'TraefikService',
    }),
  ],
  metallb: () =>
    crds('metallb.io', 'v1beta1', 'Namespaced', {
      ipaddresspools: 'IPAddressPool',
      l2advertisements: 'L2Advertisement',
    }),
};

function traefikDeployment(release: ClusterObject): ClusterObject {
  const { namespace = release.metadata.namespace, values } = forProvider(release);
  const name =
    values?.fullnameOverride ?? release.metadata.annotations?.['crossplane.io/external-name'] ?? release.metadata.name;
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace && { namespace }), generation: 1 },
    spec: {
      replicas: values?.deployment?.replicas ?? 1,
      template: { spec: { containers: [{ name, args: values?.additionalArguments ?? [] }] } },
    },
  };
  return { ...manifest, status: deploymentStatus(manifest) };
}

export const release: Simulator = {
  says: 'Helm (deploys charts at once)',
  simulate(object) {
    const { chart } = forProvider(object);
    const conditions = [
      condition('Synced', true, 'ReconcileSuccess', object),
      condition('Ready', true, 'Available', object),
    ];
    return {
      status: { atProvider: { state: 'deployed', revision: 1, releaseVersion: chart?.version }, conditions },
      brings: CHARTS[chart?.name ?? '']?.(object) ?? [],
    };
  },
};
