import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cluster } from './apiserver.ts';
import { renderTemplate } from './chart.ts';
import { type Kube, objectsOf } from './kube.ts';
import { HOST_ADDRESS } from './netns.ts';
import { answers, type Supervisor } from './processes.ts';
import { kubeconfigOfServiceAccount } from './service-account.ts';

const run = promisify(execFile);

const CROSSPLANE_NAMESPACE = 'crossplane-system';

export interface CrossplaneOptions {
  readonly kube: Kube;
  readonly cluster: Cluster;
  readonly dir: string;
  readonly binary: string;
  /** The source of the same version: its CRDs, webhooks and the roles of its chart. */
  readonly moduleDir: string;
}

/** The templates that say who Crossplane is and what it may do; the rest of the chart is what `start` does here. */
const TEMPLATES = [
  'serviceaccount',
  'clusterrole',
  'clusterrolebinding',
  'rbac-manager-serviceaccount',
  'rbac-manager-clusterrole',
  'rbac-manager-clusterrolebinding',
  'rbac-manager-allowed-provider-permissions',
  'rbac-manager-managed-clusterroles',
];

/** Ports on this machine; pods have addresses of their own. The RBAC manager takes 8080 without being asked. */
const PORTS = { health: 8081, metrics: 18_080, webhooks: 9443 };

/** Where core says what it does, from inside the control plane's namespaces. */
export const CROSSPLANE_METRICS = `http://127.0.0.1:${PORTS.metrics}/metrics`;

/** What the chart calls core's webhook Service. */
const WEBHOOKS = 'crossplane-webhooks';

/**
 * Crossplane as its chart installs it, as its own service accounts, and with the package runtime of production: it
 * makes the Deployments of functions and providers, which the stand-in for a kubelet runs. Only the activation of
 * every managed resource, which the chart has by default, is left to the activation policies of packages.
 */
export async function startCrossplane(options: CrossplaneOptions, processes: Supervisor): Promise<void> {
  const { kube, cluster, dir, binary } = options;
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: CROSSPLANE_NAMESPACE } });
  await applyChartRoles(options);
  const account = (name: string) =>
    kubeconfigOfServiceAccount(kube, cluster, { namespace: CROSSPLANE_NAMESPACE, name }, join(dir, 'crossplane'));
  const core = { KUBECONFIG: await account('crossplane'), POD_NAMESPACE: CROSSPLANE_NAMESPACE };
  const rbac = { KUBECONFIG: await account('rbac-manager') };
  await initialize(options, core);
  await publishWebhooks(kube);
  await processes.start({
    name: 'crossplane',
    command: binary,
    args: [
      'core',
      'start',
      `--health-probe-port=${PORTS.health}`,
      `--metrics-port=${PORTS.metrics}`,
      // As docs/clusters.md says: the Objects of one ModelDeployment change more often than the defaults allow.
      '--circuit-breaker-burst=4000',
      '--circuit-breaker-refill-rate=40',
    ],
    env: { ...core, ...(await runtimeFolders(options)) },
    ready: () => answers(`http://127.0.0.1:${PORTS.health}/readyz`),
  });
  await processes.start({
    name: 'crossplane-rbac-manager',
    command: binary,
    args: ['rbac', 'start', '--provider-clusterrole=crossplane:allowed-provider-permissions'],
    env: rbac,
  });
}

async function applyChartRoles({ kube, moduleDir }: CrossplaneOptions): Promise<void> {
  for (const template of TEMPLATES) {
    const file = join(moduleDir, 'cluster/charts/crossplane/templates', `${template}.yaml`);
    for (const object of objectsOf(renderTemplate(await readFile(file, 'utf8')))) await kube.apply(object);
  }
}

/** Fails until the API server serves the CRDs that it made itself, which in a cluster restarts the init container. */
const INIT_ATTEMPTS = 10;
const INIT_RETRY_MS = 300;

async function initialize({ binary, moduleDir }: CrossplaneOptions, core: Record<string, string>): Promise<void> {
  const env = {
    ...process.env,
    ...core,
    TLS_CA_SECRET_NAME: 'crossplane-root-ca',
    TLS_CLIENT_SECRET_NAME: 'crossplane-tls-client',
    TLS_SERVER_SECRET_NAME: 'crossplane-tls-server',
    WEBHOOK_SERVICE_NAME: WEBHOOKS,
    WEBHOOK_SERVICE_NAMESPACE: CROSSPLANE_NAMESPACE,
    WEBHOOK_SERVICE_PORT: String(PORTS.webhooks),
    WEBHOOK_CONFIGS_PATH: join(moduleDir, 'cluster/webhookconfigurations'),
    CRDS_PATH: join(moduleDir, 'cluster/crds'),
  };
  for (let attempt = 1; ; attempt++) {
    try {
      await run(binary, ['core', 'init'], { env });
      return;
    } catch (error) {
      if (attempt === INIT_ATTEMPTS) throw error;
      await delay(INIT_RETRY_MS);
    }
  }
}

/** The folders that core's pod mounts: two caches, which must exist, and its certificates. */
async function runtimeFolders({ kube, dir }: CrossplaneOptions): Promise<Record<string, string>> {
  const folder = (name: string) => join(dir, 'crossplane', name);
  for (const name of ['xpkg', 'xfn', 'tls-client', 'tls-server']) await mkdir(folder(name), { recursive: true });
  for (const name of ['tls-client', 'tls-server']) await writeSecret(kube, `crossplane-${name}`, folder(name));
  return {
    XPKG_CACHE_DIR: folder('xpkg'),
    XFN_CACHE_DIR: folder('xfn'),
    TLS_CLIENT_SECRET_NAME: 'crossplane-tls-client',
    TLS_CLIENT_CERTS_DIR: folder('tls-client'),
    TLS_SERVER_SECRET_NAME: 'crossplane-tls-server',
    TLS_SERVER_CERTS_DIR: folder('tls-server'),
  };
}

async function writeSecret(kube: Kube, name: string, dir: string): Promise<void> {
  const { data } = await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace: CROSSPLANE_NAMESPACE, name });
  for (const [key, value] of Object.entries(data as Record<string, string>)) {
    await writeFile(join(dir, key), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
}

/** The chart's Service of core's webhooks. Core is no pod here, so its address is written by hand. */
async function publishWebhooks(kube: Kube): Promise<void> {
  const metadata = { name: WEBHOOKS, namespace: CROSSPLANE_NAMESPACE };
  const port = PORTS.webhooks;
  await kube.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port, targetPort: port }] } });
  await kube.apply({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': WEBHOOKS } },
    addressType: 'IPv4',
    ports: [{ port, protocol: 'TCP', name: '' }],
    endpoints: [{ addresses: [HOST_ADDRESS], conditions: { ready: true } }],
  });
}
