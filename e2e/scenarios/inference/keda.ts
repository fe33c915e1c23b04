import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InferenceClusterName } from '../../inference/catalogue.ts';
import type { NetworkConfig } from '../../inference/envoy-gateway/network.ts';
import { applyFolder } from '../../install.ts';
import { KEDA_VARIABLE, type KedaKit } from '../../keda-kit.ts';
import type { Ref } from '../../kube.ts';
import { authority, writePair } from '../../pki.ts';
import { namesOf, registerMetrics, startAutoscaler } from '../autoscaler.ts';
import { type Running, startProcess } from '../process.ts';
import { inside } from './testing.ts';

const { [KEDA_VARIABLE]: given } = process.env;

const KIT: KedaKit | undefined = given === undefined ? undefined : JSON.parse(given);

/** Why KEDA is not here; undefined where it is. */
export const whyNoKeda = KIT === undefined ? 'npm run e2e -- scale-out builds it' : undefined;

const NAMESPACE = 'keda';
const SERVICE = { namespace: NAMESPACE, name: 'keda-metrics-apiserver' };

const [GRPC_PORT, METRICS_PORT] = [9666, 18_443];

/** Where each cluster's listens: no two can have a port of this machine, or of an address of it. */
const PLACES = {
  us: { address: '10.90.6.2', nameserver: '10.90.6.3', httpPort: 18_201 },
  eu: { address: '10.90.6.4', nameserver: '10.90.6.5', httpPort: 18_202 },
} as const;

type ScaledCluster = keyof typeof PLACES;

interface Keda {
  readonly operator: Running;
  readonly adapter: Running;
}

const folderOf = (cluster: InferenceClusterName): string =>
  join(dirname(process.env.E2E_KUBECONFIG ?? ''), 'inference', cluster);

/**
 * KEDA in an inference cluster, for as long as the scenario: its kinds, its operator and its metrics server, with the
 * controller of HorizontalPodAutoscalers, and names and addresses of Services, which the operator asks pickers by.
 */
export async function installKeda(cluster: ScaledCluster): Promise<Keda> {
  if (KIT === undefined) throw new Error(whyNoKeda);
  const kube = inside(cluster);
  const dir = join(folderOf(cluster), 'keda');
  const kubeconfig = join(folderOf(cluster), 'admin.kubeconfig');
  const place = PLACES[cluster];
  await mkdir(dir, { recursive: true });
  await applyFolder(kube, join(KIT.module, 'config/crd/bases'));
  const ca = await certificates(dir, place.address);
  const resolvFile = join(dir, 'resolv.conf');
  await writeFile(resolvFile, `nameserver ${place.nameserver}\n`);
  await startNetwork(cluster, dir, { kubeconfig, nameserver: place.nameserver });
  const env = {
    KUBECONFIG: kubeconfig,
    POD_NAMESPACE: NAMESPACE,
    // A pod would read it from its own file.
    KEDA_CLUSTER_OBJECT_NAMESPACE: NAMESPACE,
    WATCH_NAMESPACE: '',
  };
  const grpc = `${place.address}:${GRPC_PORT}`;
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const operator = await startProcess({
    name: `${cluster}-keda-operator`,
    // Its own view of whom to ask for names: that of a pod.
    command: 'unshare',
    args: [
      ...['--mount', 'sh', '-c', 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', 'sh', resolvFile],
      KIT.operator,
      `--cert-dir=${dir}`,
      '--enable-cert-rotation=false',
      '--metrics-bind-address=0',
      '--health-probe-bind-address=0',
      `--metrics-service-bind-address=${grpc}`,
      '--zap-log-level=info',
    ],
    env,
  });
  const adapter = await startProcess({
    name: `${cluster}-keda-adapter`,
    command: KIT.adapter,
    args: [
      `--cert-dir=${dir}`,
      `--tls-cert-file=${join(dir, 'tls.crt')}`,
      `--tls-private-key-file=${join(dir, 'tls.key')}`,
      `--bind-address=${place.address}`,
      `--secure-port=${METRICS_PORT}`,
      `--port=${place.httpPort}`,
      `--metrics-service-address=${grpc}`,
      `--lister-kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
    ],
    env,
  });
  await registerMetrics(kube, { ...SERVICE, address: place.address, port: METRICS_PORT, ca });
  await startAutoscaler(cluster, kubeconfig);
  return { operator, adapter };
}

export const SCALED_OBJECTS: Ref = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'scaledobjects.keda.sh',
};

/** Of both programs, who prove to each other that they are of one installation. */
async function certificates(dir: string, address: string): Promise<string> {
  const { cert, issue } = await authority('KEDA');
  await writeFile(join(dir, 'ca.crt'), cert);
  const pair = await issue({ commonName: 'keda', names: namesOf(SERVICE), addresses: [address] });
  await writePair(dir, 'tls', pair);
  return cert;
}

async function startNetwork(cluster: ScaledCluster, dir: string, config: NetworkConfig): Promise<void> {
  const file = join(dir, 'network.json');
  await writeFile(file, JSON.stringify(config));
  const program = join(import.meta.dirname, '../../inference/envoy-gateway/network.ts');
  await startProcess({ name: `${cluster}-network`, command: process.execPath, args: [program, file] });
}
