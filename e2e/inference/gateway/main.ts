import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject, V1EndpointSlice, V1Secret, V1Service } from '@kubernetes/client-node';
import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { type AnyObject, type Kube, kubeFrom, refOf, watch } from '../../kube.ts';
import { ApiError } from '../../rest.ts';
import { CONTROLLER, GATEWAY } from '../manifests.ts';
import { signal } from '../signal.ts';
import { envoyConfig } from './envoy.ts';
import { served } from './listeners.ts';
import { type Publisher, publisher } from './publish.ts';
import { keyOf, pathsOf, poolsOf, type World } from './routes.ts';
import { changedStatus, type StatusOptions, statuses } from './status.ts';

/** What the controller is started with: one JSON file. */
export interface GatewayConfig {
  readonly kubeconfig: string;
  /** Name of the inference cluster. */
  readonly cluster: string;
  /** Where the Gateway listens. */
  readonly address: string;
  /** Where Envoy looks for its files. */
  readonly dir: string;
  readonly envoyAdminPort: number;
}

/** How long changes are gathered before Envoy is told of them. */
const GATHER_MS = 20;

/** How soon what failed is tried again. */
const RETRY_MS = 500;

/**
 * Stands in for the controller of a workload gateway: Envoy is configured from the Gateway, the HTTPRoutes and the
 * InferencePools of the cluster, and their statuses say so once Envoy has loaded it.
 */
async function main(): Promise<void> {
  const config: GatewayConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(config.kubeconfig);
  const { publish } = publisher(config.dir, config.envoyAdminPort);
  const changes = signal();
  const kept = await watchAll(kube, changes.notify);
  // A cluster without any of them has a configuration too.
  changes.notify();
  while (true) {
    await changes.next();
    await delay(GATHER_MS);
    await reconcile(kube, config, publish, worldOf(kept)).catch(async (error) => {
      console.error(String(error));
      await delay(RETRY_MS);
      changes.notify();
    });
  }
}

/** Objects by their kinds' plural names. */
type Kept = Readonly<
  Record<'gateways' | 'secrets' | 'routes' | 'pools' | 'services' | 'slices', Map<string, KubernetesObject>>
>;

const PATHS: Readonly<Record<keyof Kept, string>> = {
  gateways: '/apis/gateway.networking.k8s.io/v1/gateways',
  secrets: `/api/v1/namespaces/${GATEWAY.namespace}/secrets`,
  routes: '/apis/gateway.networking.k8s.io/v1/httproutes',
  pools: '/apis/inference.networking.k8s.io/v1/inferencepools',
  services: '/api/v1/services',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
};

async function watchAll(kube: Kube, changed: () => void): Promise<Kept> {
  const kept: Kept = {
    gateways: new Map(),
    secrets: new Map(),
    routes: new Map(),
    pools: new Map(),
    services: new Map(),
    slices: new Map(),
  };
  const keep = (objects: Map<string, KubernetesObject>) => (object: KubernetesObject, gone: boolean) => {
    if (gone) objects.delete(keyOf(object));
    else objects.set(keyOf(object), object);
    changed();
  };
  for (const [name, path] of Object.entries(PATHS) as [keyof Kept, string][]) await watch(kube, path, keep(kept[name]));
  return kept;
}

const worldOf = ({ gateways, secrets, routes, pools, services, slices }: Kept): World => ({
  gateway: gateways.get(keyOf({ metadata: GATEWAY })) as IGateway | undefined,
  secrets: [...secrets.values()] as V1Secret[],
  routes: [...routes.values()].filter(stays) as IHTTPRoute[],
  pools: [...pools.values()].filter(stays) as AnyObject[],
  services: [...services.values()] as V1Service[],
  slices: [...slices.values()] as V1EndpointSlice[],
});

const stays = ({ metadata }: KubernetesObject): boolean => metadata?.deletionTimestamp === undefined;

async function reconcile(
  kube: Kube,
  { cluster, address, dir }: GatewayConfig,
  publish: Publisher['publish'],
  world: World,
): Promise<void> {
  const options = { cluster, address, file: (name: string) => join(dir, name) };
  const listeners = served(world.gateway, world.secrets);
  await publish(envoyConfig(listeners, pathsOf(world), poolsOf(world), options));
  await writeStatuses(kube, world, { controller: CONTROLLER, address });
}

async function writeStatuses(kube: Kube, world: World, options: StatusOptions): Promise<void> {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  for (const wanted of statuses(world, options)) {
    const status = changedStatus(wanted, now);
    if (status === undefined) continue;
    await kube.merge(refOf(wanted.object), { status }, 'status').catch((error) => {
      // It went while this was under way.
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    });
  }
}

await main();
