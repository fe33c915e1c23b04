import { readFile } from 'node:fs/promises';
import type { V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node';
import { type Kube, kubeFrom, watch } from '../kube.ts';
import type { KubeletConfig } from './config.ts';
import { hostLines, overwrite } from './dns.ts';
import { runPods } from './pods.ts';
import { ignoreGone, latest, untilDone } from './retry.ts';

/**
 * Stands in for a node: it runs pods as plain processes, each in a network and a file tree of its own, and reports on
 * them as a kubelet does. It stands in for the cluster's DNS too. It does not limit resources.
 */
async function main(): Promise<void> {
  const config: KubeletConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(config.kubeconfig);
  let index = config.firstPod;
  const pods = runPods({ kube, config, nextIndex: () => index++ });
  const end = () => {
    pods.kill();
    process.exit();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  await registerNode(kube, config.nodeName);
  await serveNames(kube, config.hostsFile);
  await watch<V1Pod>(kube, '/api/v1/pods', (pod, gone) => {
    if (pod.spec?.nodeName === config.nodeName) pods.see(pod, gone);
    else if (!pod.spec?.nodeName && !pod.metadata?.deletionTimestamp && !gone) void bind(kube, pod, config.nodeName);
  });
}

async function registerNode(kube: Kube, name: string): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  await kube.apply(node);
  const ready = { type: 'Ready', status: 'True', reason: 'StandIn', message: 'processes of this machine' };
  await kube.merge({ apiVersion: 'v1', kind: 'Node', name }, { status: { conditions: [ready] } }, 'status');
}

/** There is one node, so no scheduler. */
function bind({ call }: Kube, { metadata }: V1Pod, nodeName: string): Promise<void> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/binding`;
  const target = { apiVersion: 'v1', kind: 'Node', name: nodeName };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: metadata?.name }, target };
  return untilDone(`binding ${path}`, () => call({ method: 'POST', path, body }).then(() => {}, ignoreGone));
}

async function serveNames(kube: Kube, hostsFile: string): Promise<void> {
  const fixed = await readFile(hostsFile, 'utf8');
  const services = new Map<string, V1Service>();
  const slices = new Map<string, V1EndpointSlice>();
  // Writing all of them once for many changes, because a thousand of them come at a time.
  const write = latest('writing the names of Services', () => {
    const lines = hostLines([...services.values()], [...slices.values()]);
    return overwrite(hostsFile, `${fixed.trimEnd()}\n${lines.join('\n')}\n`);
  });
  const update =
    <T extends V1Service | V1EndpointSlice>(known: Map<string, T>) =>
    (object: T, gone: boolean) => {
      const uid = object.metadata?.uid ?? '';
      if (gone) known.delete(uid);
      else known.set(uid, object);
      void write();
    };
  await watch<V1Service>(kube, '/api/v1/services', update(services));
  await watch<V1EndpointSlice>(kube, '/apis/discovery.k8s.io/v1/endpointslices', update(slices));
}

await main();
