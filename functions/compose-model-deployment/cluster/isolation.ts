import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { METRICS_PORT, pickerLabels } from '../picker/picker.ts';
import { type Cluster, LABELS, namespaceAt, pickerName, poolName, remoteLabels, type Site } from '../site.ts';
import { PICKER_PORT } from './pool.ts';

interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** KEDA's operator, which reads metrics itself, where its own chart and its own manifests put it. */
const KEDA: Pods = { namespace: 'keda', labels: { app: 'keda-operator' } };

/**
 * Who may reach the engines and the picker of a site: its tenant's own pods, the gateway's proxies at the two ports that
 * they need, and who reads metrics. Without it any tenant's engine, which runs code that came with a model, reaches every
 * other's, and their pickers. It is a site's own, so that nothing that is shared goes with one deployment of several.
 */
export function networkPolicies(site: Site, cluster: Cluster, enginePort: number, isScaled: boolean): INetworkPolicy[] {
  const { spec, status } = cluster;
  const { proxies } = status?.parentRef === undefined ? spec.gateway : status;
  // Whoever passes requests on would be kept out as well, and nobody can tell here who does.
  if (proxies === undefined) return [];
  const tcp = (port: number) => ({ protocol: 'TCP', port }) as const;
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: poolName(site), namespace: namespaceAt(site), labels: remoteLabels(site) },
      spec: {
        podSelector: {
          matchLabels: {
            [LABELS.deployment]: site.deployment.name,
            [LABELS.placement]: site.placement,
          },
        },
        policyTypes: ['Ingress'],
        ingress: [
          { from: [{ podSelector: {} }] },
          { from: [peer(proxies)], ports: [enginePort, PICKER_PORT].map(tcp) },
          ...(spec.metricsCollectors ?? []).map((collector) => ({ from: [peer(collector)] })),
        ],
      },
    },
    ...(isScaled && spec.prometheus === undefined ? [forKeda(site, spec.keda ?? KEDA)] : []),
  ];
}

/** Of the picker alone, and of its metrics. */
const forKeda = (site: Site, keda: Pods): INetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: pickerName(site), namespace: namespaceAt(site), labels: remoteLabels(site) },
  spec: {
    podSelector: { matchLabels: pickerLabels(site) },
    policyTypes: ['Ingress'],
    ingress: [{ from: [peer(keda)], ports: [{ protocol: 'TCP', port: METRICS_PORT }] }],
  },
});

/** A namespace by the label that every API server gives it, because nobody else may. */
const peer = ({ namespace, labels }: Pods) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels: { ...labels } },
});
