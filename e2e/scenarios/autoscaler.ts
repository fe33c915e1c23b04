import { createServer } from 'node:https';
import { onTestFinished } from 'vitest';
import { buildTool } from '../../tools/build.ts';
import type { AnyObject, Kube } from '../kube.ts';
import { authority, type KeyPair } from '../pki.ts';
import { type Running, startProcess } from './process.ts';
import { eventually } from './testing.ts';

/** The controllers of HorizontalPodAutoscalers, which looks oftener than every 15 seconds, and of ResourceQuotas. */
export const startAutoscaler = async (name: string, kubeconfig: string): Promise<Running> =>
  startProcess({
    name: `${name}-autoscaler`,
    command: await buildTool('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--controllers=horizontal-pod-autoscaler-controller,resourcequota-controller',
      '--horizontal-pod-autoscaler-sync-period=2s',
    ],
  });

const GROUP = 'external.metrics.k8s.io';

/** Of the Service behind which a cluster finds its external metrics. */
export interface MetricsServer {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** The authority of its certificate. */
  readonly ca: string;
}

/** Names by which the API server calls it. */
export const namesOf = ({ namespace, name }: Pick<MetricsServer, 'namespace' | 'name'>): string[] => [
  `${name}.${namespace}.svc`,
];

/** Has the API server of a cluster pass questions for external metrics on, until the scenario ends. */
export async function registerMetrics(kube: Kube, server: MetricsServer): Promise<void> {
  const { namespace, name, address, port, ca } = server;
  const apiService = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name: `v1beta1.${GROUP}` };
  const ports = [{ name: 'https', port: 443, targetPort: port, protocol: 'TCP' }];
  const labels = { 'kubernetes.io/service-name': name };
  const objects: AnyObject[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec: { ports } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name, labels },
      addressType: 'IPv4',
      ports: [{ name: 'https', port, protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    {
      apiVersion: apiService.apiVersion,
      kind: apiService.kind,
      metadata: { name: apiService.name },
      spec: {
        group: GROUP,
        version: 'v1beta1',
        service: { namespace, name, port: 443 },
        caBundle: Buffer.from(ca).toString('base64'),
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
  for (const object of objects) await kube.apply(object);
  onTestFinished(() => kube.remove(apiService));
  await eventually(
    async () => {
      const { status } = await kube.get(apiService);
      const conditions: { type: string; status: string }[] = status?.conditions ?? [];
      return conditions.some((one) => one.type === 'Available' && one.status === 'True');
    },
    () => 'external metrics should be available',
  );
}

/** External metrics of a scenario's own making, by their names, each of them a number that may change. */
export async function serveMetrics(
  kube: Kube,
  metrics: Readonly<Record<string, number>>,
  at: { address: string; port: number },
): Promise<void> {
  const service = { namespace: 'metrics', name: 'external-metrics' };
  const { cert: ca, issue } = await authority('External metrics');
  const pair: KeyPair = await issue({ commonName: service.name, names: namesOf(service) });
  const root = `/apis/${GROUP}/v1beta1`;
  const server = createServer({ cert: pair.cert, key: pair.key }, ({ url = '' }, res) => {
    const path = url.split('?')[0] ?? '';
    const said = path === root ? resources(Object.keys(metrics)) : metricValues(path.split('/').at(-1) ?? '', metrics);
    res.writeHead(said ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(said ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(at.port, at.address, resolve));
  onTestFinished(() => void server.close());
  await registerMetrics(kube, { ...service, ...at, ca });
}

const resources = (names: readonly string[]) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${GROUP}/v1beta1`,
  resources: names.map((name) => ({
    ...{ name, singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] },
  })),
});

function metricValues(metricName: string, metrics: Readonly<Record<string, number>>) {
  const value = metrics[metricName];
  if (value === undefined) return undefined;
  const item = { metricName, metricLabels: {}, timestamp: new Date().toISOString(), value: String(value) };
  return { kind: 'ExternalMetricValueList', apiVersion: `${GROUP}/v1beta1`, metadata: {}, items: [item] };
}
