import type { Placement } from '../placements.ts';
import { first } from './resources.ts';

/**
 * Domains whose annotations of a pod only describe it, or say how it is watched, logged or restarted. An annotation of any
 * other domain is an order to some program in the cluster, which may give the pod a network, a device, an identity or
 * another tenant's address, and nobody here knows which programs there are.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'ad.datadoghq.com',
  'app.kubernetes.io',
  'argocd.argoproj.io',
  'checksum',
  'cluster-autoscaler.kubernetes.io',
  'co.elastic.logs',
  'fluentbit.io',
  'helm.sh',
  'karpenter.sh',
  'kubectl.kubernetes.io',
  'prometheus.io',
  'reloader.stakater.com',
]);

/** Single annotations of other domains that take nothing from anybody. */
const ALLOWED: ReadonlySet<string> = new Set([
  'kubernetes.io/description',
  // Networks of the pods' own namespace; the schema keeps other namespaces out of its value.
  'k8s.v1.cni.cncf.io/networks',
  'linkerd.io/inject',
  'sidecar.istio.io/inject',
]);

const isHarmless = (key: string): boolean => {
  const [domain = '', name] = key.split('/');
  // Some container runtimes write their domains without a slash.
  return name === undefined ? !key.includes('.') : HARMLESS.has(domain) || ALLOWED.has(key);
};

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

/** Annotations that may give a pod what is not its tenant's: a sentence without a full stop. */
export const annotationsProblem = (placements: readonly Placement[]): string | undefined =>
  first(
    placements.map(({ name, template }) => {
      const { annotations = {} } = template.metadata ?? {};
      const order = Object.keys(annotations).find((key) => !isHarmless(key));
      if (order !== undefined)
        return `placement ${name}: template.metadata.annotations has ${order}, which may give a pod what is not its tenant's; remove it, or use a key without a domain if it only describes`;
      const networks = Object.hasOwn(annotations, NETWORKS) ? annotations[NETWORKS] : undefined;
      return networks === undefined || /^[-a-z0-9., @]*$/.test(networks)
        ? undefined
        : `placement ${name}: template.metadata.annotations ${NETWORKS} names more than networks of its own namespace; leave the namespace out`;
    }),
  );
