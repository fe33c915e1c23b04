import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, startCluster } from './apiserver.ts';
import { controlServer, serveHeartbeat } from './control.ts';
import { startCrossplane } from './crossplane.ts';
import { forwarder } from './forward.ts';
import { applyDemo, openFrontDoor } from './front-door.ts';
import { declareInferenceClusters, startInferenceClusters } from './inference/cluster.ts';
import { untilConnected } from './inference/connected.ts';
import { install, pushPackages, untilHealthy } from './install.ts';
import { removeTraces, socketPath } from './instance.ts';
import type { Kit } from './kit.ts';
import { type Kube, kubeFrom } from './kube.ts';
import type { KubeletConfig } from './kubelet/config.ts';
import { ADMIN, MOCKS, type MockName, mockHosts } from './mocks/catalogue.ts';
import { HOST_ADDRESS, setUpNetwork } from './netns.ts';
import { authority, type KeyPair } from './pki.ts';
import { answers, type ProcessSpec, type Supervisor, supervisor } from './processes.ts';
import { REGISTRY, registry } from './registry.ts';
import type { Message, StepName } from './steps.ts';

/** What the control plane is told at its start: one JSON file. */
export interface DaemonOptions {
  readonly kit: Kit;
  readonly dir: string;
  readonly logs: string;
  /** Images unpacked, which are kept for the next time. */
  readonly images: string;
  readonly sockets: string;
  /** Whether there is to be a model to call. */
  readonly demo: boolean;
}

const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'clusterrole-aggregation-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'deployment-controller',
  'replicaset-controller',
  'endpointslice-controller',
  'disruption-controller',
];

/** The first process inside the namespaces: starts everything else, and ends it. */
async function main(): Promise<void> {
  const options: DaemonOptions = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const processes = supervisor(options.logs, (name, why) => console.error(`${name} ${why}`));
  const down = endWith(processes);
  try {
    await start(options, processes, down);
  } catch (error) {
    console.error(error);
    tell({ type: 'failed', text: (error as Error).message });
    down();
  }
}

/** Ends everything in order when asked to, and when who started it went away before it was ready. */
function endWith(processes: Supervisor): () => void {
  let ending = false;
  const down = () => {
    if (ending) return;
    ending = true;
    processes
      .stopAll()
      .then(removeTraces)
      .finally(() => process.exit());
  };
  process.on('SIGTERM', down).on('SIGINT', down).on('disconnect', down);
  process.on('message', (message) => {
    // Ready and heard: from now on it runs by itself.
    if (message === 'stay') process.off('disconnect', down);
  });
  return down;
}

async function start(options: DaemonOptions, processes: Supervisor, down: () => void): Promise<void> {
  const { kit, dir, sockets } = options;
  const hostsFile = join(dir, 'hosts');
  await writeFile(hostsFile, `${['127.0.0.1 localhost', '::1 localhost', ...mockHosts()].join('\n')}\n`);
  await setUpNetwork(
    hostsFile,
    Object.values(MOCKS).map(({ address }) => address),
  );
  await serveHeartbeat(socketPath(sockets, 'heartbeat'));
  await controlServer(socketPath(sockets, 'control'), { processes, down });
  await processes.start(registry(kit.programs.registry));
  // It takes a while and needs nothing else.
  const pushed = pushPackages(kit);
  pushed.catch(() => {});
  const cluster = await step('kubernetes', () => startCluster(clusterOptions(options), processes));
  const kube = kubeFrom(cluster.kubeconfig);
  await openToOutside(kube, cluster, sockets);
  // Nothing else needs them until they are declared.
  const inference = startInferenceClusters(inferenceOptions(options), processes);
  inference.catch(() => {});
  const { crossplane: moduleDir } = kit.modules;
  await step('crossplane', () =>
    startCrossplane({ kube, cluster, dir, binary: kit.programs['crossplane-core'], moduleDir }, processes),
  );
  await step('node', () => startNode(options, cluster, hostsFile, processes));
  await step('install', async () => {
    progress('pushing packages');
    await pushed;
    await install(kube, cluster.kubeconfig, kit, progress);
  });
  await step('healthy', () => untilHealthy(kube, progress));
  await step('inference', async () => declareInferenceClusters(kube, await inference));
  await step('frontDoor', async () => {
    await openFrontDoor(kube, progress);
    if (options.demo) await applyDemo(kube, progress);
  });
  await step('connected', () => untilConnected(kube, progress));
  tell({ type: 'ready', kubeconfig: cluster.kubeconfig });
}

const inferenceOptions = ({ kit, dir, logs, images }: DaemonOptions) => ({
  dir: join(dir, 'inference'),
  logs,
  images,
  binaries: clusterBinaries(kit),
  kit: kit.inference,
  gatewayApi: kit.modules.gatewayApi,
});

const clusterBinaries = ({ programs }: Kit) => ({
  etcd: programs.etcd,
  apiserver: programs['kube-apiserver'],
  controllers: programs['kube-controller-manager'],
});

const clusterOptions = ({ kit, dir }: DaemonOptions) => ({
  name: 'control-plane',
  dir,
  binaries: clusterBinaries(kit),
  etcdPort: 2379,
  port: 6443,
  controllers: CONTROLLERS,
});

/** Sockets that lead to the API server and to the front door, once there is one. */
async function openToOutside(kube: Kube, { port }: Cluster, sockets: string): Promise<void> {
  forwarder(() => ({ host: HOST_ADDRESS, port })).listen(socketPath(sockets, 'api'));
  let address: string | undefined;
  const doors = { web: 80, websecure: 443 } as const;
  for (const [name, doorPort] of Object.entries(doors) as ['web' | 'websecure', number][]) {
    forwarder(() => (address ? { host: address, port: doorPort } : undefined)).listen(socketPath(sockets, name));
  }
  const look = async () => {
    address = await frontDoor(kube).catch(() => undefined);
  };
  setInterval(look, FRONT_DOOR_POLL_MS).unref();
}

const FRONT_DOOR_POLL_MS = 1000;

async function frontDoor(kube: Kube): Promise<string | undefined> {
  const services = await kube.list('v1', 'Service');
  const balanced = services.find(({ spec }) => spec.type === 'LoadBalancer');
  return balanced?.status?.loadBalancer?.ingress?.[0]?.ip;
}

async function startNode(
  { kit, dir, logs, images }: DaemonOptions,
  { kubeconfig, port }: Cluster,
  hostsFile: string,
  processes: Supervisor,
): Promise<void> {
  const { trustFile, certificatesFile } = await writeMockCertificates(dir);
  const config: KubeletConfig = {
    kubeconfig,
    dir: join(dir, 'pods'),
    logs,
    images,
    nodeName: 'this-machine',
    apiserver: { host: HOST_ADDRESS, port },
    hostsFile,
    trustFile,
    registry: REGISTRY,
    programs: {
      'crossplane-contrib/provider-kubernetes': {
        binary: kit.programs['provider-kubernetes'],
        tag: kit.versions.providerKubernetes,
      },
      traefik: { binary: kit.programs.traefik, tag: kit.versions.traefik },
    },
    firstPod: 1,
  };
  const configFile = join(dir, 'kubelet.json');
  await writeFile(configFile, JSON.stringify(config, null, 2));
  await processes.start(nodeProgram('mocks', 'mocks/main.ts', certificatesFile, `http://${ADMIN.address}/`));
  await processes.start(nodeProgram('kubelet', 'kubelet/main.ts', configFile));
  await processes.start(nodeProgram('load-balancer', 'loadbalancer.ts', kubeconfig));
}

/** A program of this folder, in a process of its own. */
const nodeProgram = (name: string, file: string, argument: string, url?: string): ProcessSpec => ({
  name,
  command: process.execPath,
  args: [join(import.meta.dirname, file), argument],
  ...(url && { ready: () => answers(url) }),
});

/** Certificates of the mocks that speak TLS, and the authorities that clients here trust without being told. */
async function writeMockCertificates(dir: string): Promise<{ trustFile: string; certificatesFile: string }> {
  const authorities = { public: await authority('Public mock CA'), private: await authority('Private mock CA') };
  const certificates: Partial<Record<MockName, KeyPair>> = {};
  for (const name of Object.keys(MOCKS) as MockName[]) {
    const mock = MOCKS[name];
    if (!('tls' in mock)) continue;
    const [commonName] = mock.tls.certificateFor;
    certificates[name] = await authorities[mock.tls.authority].issue({ commonName, names: mock.tls.certificateFor });
  }
  const folder = join(dir, 'mocks');
  await mkdir(folder, { recursive: true });
  const trustFile = join(folder, 'public-ca.crt');
  await writeFile(trustFile, authorities.public.cert);
  await writeFile(join(folder, 'private-ca.crt'), authorities.private.cert);
  const certificatesFile = join(folder, 'certificates.json');
  await writeFile(certificatesFile, JSON.stringify(certificates), { mode: 0o600 });
  return { trustFile, certificatesFile };
}

/** Whoever started this may be gone, which is for `disconnect` to see to. */
const tell = (message: Message): void =>
  void (process.connected && process.send?.(message, undefined, undefined, () => {}));

const progress = (text: string): void => tell({ type: 'progress', text });

async function step<T>(name: StepName, run: () => Promise<T>): Promise<T> {
  tell({ type: 'started', step: name });
  const result = await run();
  tell({ type: 'done', step: name });
  return result;
}

await main();
