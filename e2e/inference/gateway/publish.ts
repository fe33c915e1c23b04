import { createHash } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CLUSTERS_FILE,
  type EnvoyCluster,
  type EnvoyConfig,
  endpointsFile,
  LISTENERS_FILE,
  routesFile,
} from './envoy.ts';

/** Where Envoy says which version of each kind of resource it has loaded. */
const LISTENERS_VERSION = 'listener_manager.lds.version_text';
const CLUSTERS_VERSION = 'cluster_manager.cds.version_text';
const routesVersion = (listener: string): string => `http.gateway.rds.${listener}.version_text`;

const LOAD_TIMEOUT_MS = 10_000;
const LOAD_POLL_MS = 20;

export interface Publisher {
  /** Brings Envoy to a configuration, and returns once it has loaded it; throws where it would not. */
  publish(config: EnvoyConfig): Promise<void>;
}

/** Writes files that Envoy watches. Each takes the place of the one before it whole, which is what Envoy looks for. */
export function publisher(dir: string, adminPort: number): Publisher {
  const written = new Map<string, string>();
  let clusters: readonly EnvoyCluster[] = [];

  const write = async (file: string, resources: readonly object[]): Promise<string> => {
    const version = createHash('sha256').update(JSON.stringify(resources)).digest('hex').slice(0, 16);
    if (written.get(file) === version) return version;
    const next = join(dir, `${file}.next`);
    await writeFile(next, JSON.stringify({ version_info: version, resources }, null, 1));
    await rename(next, join(dir, file));
    written.set(file, version);
    return version;
  };

  const load = async (file: string, stat: string, resources: readonly object[]): Promise<void> =>
    untilLoaded(adminPort, stat, await write(file, resources));

  return {
    publish: async ({ endpoints, clusters: wanted, routes, listeners }) => {
      for (const [name, assignment] of endpoints) await write(endpointsFile(name), [assignment]);
      // Routes lead to the new pools before the old ones go.
      const leaving = clusters.filter(({ name }) => wanted.every((cluster) => cluster.name !== name));
      await load(CLUSTERS_FILE, CLUSTERS_VERSION, [...wanted, ...leaving]);
      // A listener waits for its routes, and nobody else reads them.
      for (const [name, configuration] of routes) await write(routesFile(name), [configuration]);
      await load(LISTENERS_FILE, LISTENERS_VERSION, listeners);
      for (const [name, configuration] of routes) await load(routesFile(name), routesVersion(name), [configuration]);
      await load(CLUSTERS_FILE, CLUSTERS_VERSION, wanted);
      clusters = wanted;
      for (const { name } of leaving.filter(({ name }) => !endpoints.has(name))) {
        written.delete(endpointsFile(name));
        await rm(join(dir, endpointsFile(name)), { force: true });
      }
    },
  };
}

async function untilLoaded(adminPort: number, stat: string, version: string): Promise<void> {
  const deadline = Date.now() + LOAD_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const stats = await statsOf(adminPort).catch(() => '');
    const isWarm = !/warming_clusters: [1-9]/.test(stats);
    if (isWarm && stats.includes(`${stat}: "${version}"`)) return;
    await delay(LOAD_POLL_MS);
  }
  throw new Error(`Envoy has not loaded version ${version} of ${stat}`);
}

async function statsOf(adminPort: number): Promise<string> {
  const filter = encodeURIComponent('version_text|warming_clusters');
  const response = await fetch(`http://127.0.0.1:${adminPort}/stats?filter=${filter}`);
  return response.text();
}
