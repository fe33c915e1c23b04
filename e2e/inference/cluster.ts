import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vllmInstallation } from '../../tools/vllm.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../apiserver.ts';
import { applyFolder } from '../install.ts';
import { type Kube, kubeFrom } from '../kube.ts';
import type { KubeletConfig } from '../kubelet/config.ts';
import { HOST_ADDRESS } from '../netns.ts';
import { authority, type KeyPair } from '../pki.ts';
import { answers, type ProcessSpec, type Supervisor } from '../processes.ts';
import {
  gatewayHostname,
  INFERENCE_CLUSTER_NAMES,
  INFERENCE_CLUSTERS,
  type InferenceClusterName,
  type InferenceClusterSpec,
} from './catalogue.ts';
import type { EnginesConfig } from './engines/main.ts';
import { AI_GATEWAY_NAMESPACE, ENVOY_GATEWAY_NAMESPACE, VERSIONS } from './envoy-gateway/charts.ts';
import { installEnvoyGateway } from './envoy-gateway/install.ts';
import type { NetworkConfig } from './envoy-gateway/network.ts';
import { bootstrap, CLUSTERS_FILE, LISTENERS_FILE } from './gateway/envoy.ts';
import type { GatewayConfig } from './gateway/main.ts';
import { installIdentity } from './identity.ts';
import type { InferenceKit } from './kit.ts';
import { gatewayManifests, inferenceCluster, kubeconfigSecret } from './manifests.ts';
import { addNodes, kwok, NODES, scheduler } from './nodes.ts';
import type { PickersConfig } from './pickers/main.ts';

const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'deployment-controller',
  'replicaset-controller',
  'endpointslice-controller',
  // Volumes for weights, and the jobs that fill them.
  'job-controller',
  'persistentvolume-binder-controller',
  'persistentvolumeclaim-protection-controller',
  'serviceaccount-controller',
  // For the Secret of install/inference-cluster.
  'serviceaccount-token-controller',
  // A pod's token comes with the certificate of the API server.
  'root-ca-certificate-publisher-controller',
  // Counts the proxies of the real gateway.
  'disruption-controller',
  // Else nodes keep the taint of being not ready.
  'node-lifecycle-controller',
];

export interface InferenceClusterOptions {
  /** Where it keeps its files; a folder of its own. */
  readonly dir: string;
  readonly logs: string;
  readonly images: string;
  readonly binaries: ClusterOptions['binaries'];
  readonly kit: InferenceKit;
  /** Folder of the Gateway API's module. */
  readonly gatewayApi: string;
}

interface InferenceCluster {
  /** Of its administrator. */
  readonly kubeconfig: string;
  /** Of the identity that the control plane acts as. */
  readonly controlPlaneKubeconfig: string;
}

/** A Kubernetes with GPU nodes that are not there, pickers that are, and a gateway in front of them. */
async function startInferenceCluster(
  name: InferenceClusterName,
  options: InferenceClusterOptions,
  processes: Supervisor,
): Promise<InferenceCluster> {
  const { dir, kit, gatewayApi, binaries } = options;
  const { port, etcdPort, podRange, serviceRange } = INFERENCE_CLUSTERS[name];
  const addresses = { etcdPort, port, serviceRange };
  const cluster = await startCluster({ name, dir, binaries, controllers: CONTROLLERS, ...addresses }, processes);
  const { kubeconfig } = cluster;
  const kube = kubeFrom(kubeconfig);
  await applyFolder(kube, join(gatewayApi, 'config/crd/standard'));
  await applyFolder(kube, join(kit.modules.inferenceExtension, 'config/crd/bases'));
  await processes.start(scheduler(name, kit, kubeconfig));
  await processes.start(await kwok(name, kit, { kubeconfig, dir, podRange }));
  await addNodes(kube, NODES);
  const controlPlaneKubeconfig = await installIdentity(kube, cluster, dir);
  await startPods(name, options, cluster, processes);
  const { cert: ca, issue } = await authority(`Inference cluster ${name}`);
  await writeFile(join(dir, GATEWAY_CA_FILE), ca);
  const hostname = gatewayHostname(name);
  const certificate = await issue({ commonName: hostname, names: [hostname] });
  const around = { name, dir, kit, kube, kubeconfig, certificate, processes };
  await ('real' in INFERENCE_CLUSTERS[name] ? startEnvoyGateway(around) : startGateway(around));
  return { kubeconfig, controlPlaneKubeconfig };
}

/** What answers at the addresses of pods: simulated engines, and what a kubelet runs. */
async function startPods(
  name: InferenceClusterName,
  { dir, logs, images, kit }: InferenceClusterOptions,
  { kubeconfig, caFile, port }: Cluster,
  processes: Supervisor,
): Promise<void> {
  const { admin, firstPicker, firstEnginePort, real }: InferenceClusterSpec = INFERENCE_CLUSTERS[name];
  const engines: EnginesConfig = {
    ...{ kubeconfig, cluster: name, logs },
    simulator: kit.programs['llm-d-inference-sim'],
    firstPort: firstEnginePort,
    admin: { address: admin, port: 80 },
  };
  await processes.start(await nodeProgram(`${name}-engines`, 'engines/main.ts', dir, engines, `http://${admin}/`));
  const hostsFile = join(dir, 'hosts');
  await copyFile('/etc/hosts', hostsFile);
  const resolvFile = join(dir, 'resolv.conf');
  if (real) await writeFile(resolvFile, `nameserver ${real.nameserver}\n`);
  const pickers: PickersConfig = {
    kubeconfig,
    dir: join(dir, 'pods'),
    logs,
    images,
    nodeName: 'any',
    apiserver: { host: HOST_ADDRESS, port },
    hostsFile,
    ...(real && { resolvFile }),
    // Pickers and engines call their API server and each other, and nobody else.
    trustFile: caFile,
    registry: 'none',
    programs: {
      'gateway-api-inference-extension/epp': { binary: kit.programs.epp, tag: kit.pickerVersion },
      ...envoyGatewayPrograms(kit),
      // It may not be there: it is installed for its own scenario alone.
      'vllm/vllm-openai': await vllmInstallation(),
    },
    firstPod: firstPicker,
    namespaces: real ? [ENVOY_GATEWAY_NAMESPACE, AI_GATEWAY_NAMESPACE] : [],
  };
  await processes.start(await nodeProgram(`${name}-pickers`, 'pickers/main.ts', dir, pickers));
}

/** What the images of Envoy Gateway's pods hold, by their repositories. */
const envoyGatewayPrograms = ({ programs, envoyGateway }: InferenceKit): KubeletConfig['programs'] => ({
  'envoyproxy/gateway': { binary: envoyGateway.programs['envoy-gateway'], tag: VERSIONS.envoyGateway },
  'envoyproxy/ai-gateway-controller': {
    binary: envoyGateway.programs['ai-gateway-controller'],
    tag: VERSIONS.aiGateway,
  },
  'envoyproxy/envoy': { binary: programs.envoy, path: '/usr/local/bin/envoy', isDynamic: true },
});

/** What a gateway is started in, and its certificate. */
interface Surroundings {
  readonly name: InferenceClusterName;
  readonly dir: string;
  readonly kit: InferenceKit;
  readonly kube: Kube;
  readonly kubeconfig: string;
  readonly certificate: KeyPair;
  readonly processes: Supervisor;
}

/** The real gateway, where the cluster has it, with the names, addresses and load balancers that it counts on. */
async function startEnvoyGateway({ name, processes, ...around }: Surroundings): Promise<void> {
  const { real }: InferenceClusterSpec = INFERENCE_CLUSTERS[name];
  if (real === undefined) return;
  const { kubeconfig, dir, kit } = around;
  const network: NetworkConfig = { kubeconfig, nameserver: real.nameserver };
  await processes.start(await nodeProgram(`${name}-network`, 'envoy-gateway/network.ts', dir, network));
  await processes.start({
    name: `${name}-load-balancer`,
    command: process.execPath,
    args: [join(import.meta.dirname, '../loadbalancer.ts'), kubeconfig, real.balancers],
  });
  await installEnvoyGateway({ ...around, kit: kit.envoyGateway });
}

/** The authority of the Gateway's certificate, which nobody trusts without being told; in the cluster's folder. */
const GATEWAY_CA_FILE = 'gateway-ca.crt';

/** Envoy, and the stand-in for the controller that tells it what to do. */
async function startGateway({ name, dir, kit, kube, kubeconfig, certificate, processes }: Surroundings): Promise<void> {
  const { gateway, envoyAdminPort } = INFERENCE_CLUSTERS[name];
  const folder = join(dir, 'envoy');
  await mkdir(folder, { recursive: true });
  const file = (base: string) => join(folder, base);
  // Envoy wants to find its files; what is in them comes with the controller.
  for (const base of [LISTENERS_FILE, CLUSTERS_FILE]) await writeFile(file(base), JSON.stringify({ resources: [] }));
  const bootstrapFile = file('bootstrap.json');
  await writeFile(bootstrapFile, JSON.stringify(bootstrap({ cluster: name, file }, envoyAdminPort), null, 2));
  await processes.start({
    name: `${name}-envoy`,
    command: kit.programs.envoy,
    args: [`--config-path`, bootstrapFile, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'],
    ready: () => answers(`http://127.0.0.1:${envoyAdminPort}/ready`),
  });
  for (const object of gatewayManifests(name, certificate)) await kube.apply(object);
  const config: GatewayConfig = { kubeconfig, cluster: name, address: gateway, dir: folder, envoyAdminPort };
  await processes.start(await nodeProgram(`${name}-gateway`, 'gateway/main.ts', dir, config));
}

/** A program of this folder, in a process of its own, with its configuration in a file. */
async function nodeProgram(
  name: string,
  file: string,
  dir: string,
  config: object,
  url?: string,
): Promise<ProcessSpec> {
  const configFile = join(dir, `${name}.json`);
  await writeFile(configFile, JSON.stringify(config, null, 2));
  return {
    name,
    command: process.execPath,
    args: [join(import.meta.dirname, file), configFile],
    ...(url !== undefined && { ready: () => answers(url) }),
  };
}

export type InferenceClusters = Readonly<Record<InferenceClusterName, InferenceCluster>>;

/** All of them at once; each in a folder of its own. */
export async function startInferenceClusters(
  options: InferenceClusterOptions,
  processes: Supervisor,
): Promise<InferenceClusters> {
  const started = INFERENCE_CLUSTER_NAMES.map(async (name) => {
    const own = { ...options, dir: join(options.dir, name) };
    return [name, await startInferenceCluster(name, own, processes)] as const;
  });
  return Object.fromEntries(await Promise.all(started)) as InferenceClusters;
}

/** On the control plane, what a platform team does with clusters: it gives each one's kubeconfig, and declares it. */
export async function declareInferenceClusters(controlPlane: Kube, clusters: InferenceClusters): Promise<void> {
  for (const name of INFERENCE_CLUSTER_NAMES) {
    await controlPlane.apply(kubeconfigSecret(name, clusters[name].controlPlaneKubeconfig));
    await controlPlane.apply(inferenceCluster(name));
  }
}
