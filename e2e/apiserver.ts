import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { HOST_ADDRESS } from './netns.ts';
import { type Authority, authority, type Subject, writePair } from './pki.ts';
import { answers, type ProcessSpec, type Supervisor } from './processes.ts';

/** A Kubernetes without nodes: a database, an API server and the controllers that the scenarios need. */
export interface ClusterOptions {
  readonly name: string;
  readonly dir: string;
  readonly binaries: { readonly etcd: string; readonly apiserver: string; readonly controllers: string };
  /** etcd takes this port and the next one. */
  readonly etcdPort: number;
  readonly port: number;
  readonly controllers: readonly string[];
  /** Addresses of Services, of which no two clusters have the same where something answers there. */
  readonly serviceRange?: string;
}

export interface Cluster {
  /** A kubeconfig of the cluster's administrator. */
  readonly kubeconfig: string;
  readonly caFile: string;
  readonly port: number;
  /** Writes a kubeconfig for a user who proves by certificate who it is. */
  kubeconfigFor(name: string, subject: Subject): Promise<string>;
}

/** The URL by which everything in the namespace reaches a cluster's API server. */
const urlOf = (port: number): string => `https://${HOST_ADDRESS}:${port}`;

export async function startCluster(options: ClusterOptions, processes: Supervisor): Promise<Cluster> {
  const ca = await authority(`${options.name} CA`);
  const files = await writeCredentials(options.dir, ca);
  await processes.start(etcd(options));
  const cluster = clusterOf(options, ca, files.ca);
  const kubeconfig = await cluster.kubeconfigFor('admin', { commonName: 'admin', organizations: ['system:masters'] });
  await processes.start(apiserver(options, files));
  await processes.start(controllerManager(options, kubeconfig, files));
  return { ...cluster, kubeconfig };
}

interface Files {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly serviceAccountKey: string;
  /** Who the API server is to those that it passes requests on to, and who vouches for that. */
  readonly frontProxy: { readonly ca: string; readonly cert: string; readonly key: string };
}

async function writeCredentials(dir: string, ca: Authority): Promise<Files> {
  const pki = join(dir, 'pki');
  const { cert: caFile } = await writePair(pki, 'ca', ca);
  const serving = await ca.issue({
    commonName: 'kube-apiserver',
    names: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    addresses: ['127.0.0.1', HOST_ADDRESS],
  });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const serviceAccountKey = join(pki, 'service-accounts.key');
  await writeFile(serviceAccountKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const frontProxy = await authority('front proxy CA');
  return {
    ca: caFile,
    ...(await writePair(pki, 'apiserver', serving)),
    serviceAccountKey,
    frontProxy: {
      ca: (await writePair(pki, 'front-proxy-ca', frontProxy)).cert,
      ...(await writePair(pki, 'front-proxy', await frontProxy.issue({ commonName: FRONT_PROXY }))),
    },
  };
}

const FRONT_PROXY = 'front-proxy-client';

function clusterOf({ dir, port }: ClusterOptions, ca: Authority, caFile: string): Omit<Cluster, 'kubeconfig'> {
  return {
    caFile,
    port,
    kubeconfigFor: async (name, subject) => {
      const { cert, key } = await ca.issue(subject);
      const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
      return writeKubeconfig(join(dir, `${name}.kubeconfig`), urlOf(port), ca.cert, user);
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig is YAML, and JSON is YAML. */
export async function writeKubeconfig(file: string, server: string, ca: string, user: object): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'e2e', user }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
    'current-context': 'e2e',
  };
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

const etcd = ({ name, dir, binaries, etcdPort }: ClusterOptions): ProcessSpec => {
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${etcdPort + 1}`];
  return {
    name: `${name}-etcd`,
    command: binaries.etcd,
    args: [
      `--data-dir=${join(dir, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // What it holds is thrown away with it.
      '--unsafe-no-fsync',
    ],
    ready: () => answers(`${client}/health`),
  };
};

const apiserver = (
  { name, binaries, etcdPort, port, serviceRange = '10.0.0.0/16' }: ClusterOptions,
  files: Files,
): ProcessSpec => ({
  name: `${name}-apiserver`,
  command: binaries.apiserver,
  args: [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=0.0.0.0',
    `--secure-port=${port}`,
    `--tls-cert-file=${files.cert}`,
    `--tls-private-key-file=${files.key}`,
    `--client-ca-file=${files.ca}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--authorization-mode=RBAC',
    `--service-cluster-ip-range=${serviceRange}`,
    '--allow-privileged',
    `--requestheader-client-ca-file=${files.frontProxy.ca}`,
    `--requestheader-allowed-names=${FRONT_PROXY}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${files.frontProxy.cert}`,
    `--proxy-client-key-file=${files.frontProxy.key}`,
    // Webhooks and extension API servers are called at their endpoints, because nothing here forwards cluster addresses.
    '--enable-aggregator-routing',
    `--advertise-address=${HOST_ADDRESS}`,
    '--endpoint-reconciler-type=none',
  ],
  ready: () => isReady(port, files.ca),
});

const controllerManager = (
  { name, binaries, controllers }: ClusterOptions,
  kubeconfig: string,
  files: Files,
): ProcessSpec => ({
  name: `${name}-controllers`,
  command: binaries.controllers,
  args: [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--root-ca-file=${files.ca}`,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--controllers=${controllers.join(',')}`,
  ],
});

/** Asks as nobody in particular, which every API server allows for this path. */
async function isReady(port: number, caFile: string): Promise<boolean> {
  const ca = await readFile(caFile);
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', reject);
  });
}
