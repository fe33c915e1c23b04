import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { type Folder, objectsOf } from '../../install/manifests.ts';
import { type Group, groupsOf } from '../../install/monitoring/metrics.ts';
import { buildTool } from '../../tools/build.ts';
import type { ToolName } from '../../tools/catalogue.ts';
import { Problem } from '../../tools/problem.ts';
import { CROSSPLANE_METRICS } from '../crossplane.ts';
import type { AnyObject, Kube } from '../kube.ts';

const run = promisify(execFile);

/** A program that is not here and cannot be built without a network: then the scenario is skipped, and says why. */
export async function toolOrWhyNot(name: ToolName): Promise<{ path: string } | { whyNot: string }> {
  try {
    return { path: await buildTool(name) };
  } catch (error) {
    if (error instanceof Problem) return { whyNot: `${error.message} Build it before: node tools/build.ts ${name}` };
    throw error;
  }
}

/** The rules of a side as a file of Prometheus' own. */
export async function writeRules(folder: string, side: Parameters<typeof groupsOf>[0]): Promise<string> {
  const file = join(folder, `${side.replace(' ', '-')}.yaml`);
  const groups: readonly Group[] = groupsOf(side);
  await writeFile(file, stringify({ groups }));
  return file;
}

export const promtool = async (path: string, ...args: readonly string[]): Promise<string> =>
  (await run(path, args)).stdout;

interface PodMonitor {
  readonly spec: {
    readonly selector: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: string[];
      }[];
    };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly relabelings: readonly {
        readonly sourceLabels?: readonly string[];
        readonly targetLabel: string;
        readonly replacement?: string;
      }[];
    }[];
  };
}

interface Target {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What the Prometheus operator would have Prometheus ask by the PodMonitors of a folder, of the pods that run and stay. */
export async function targetsOf(folder: Folder, kube: Kube, namespace?: string): Promise<Target[]> {
  const monitors = [...objectsOf<PodMonitor>(folder, 'PodMonitor').values()];
  const targets = monitors.map(async ({ spec: { selector, podMetricsEndpoints } }) => {
    const pods = await kube.list('v1', 'Pod', { labels: selectorOf(selector), ...(namespace && { namespace }) });
    return pods
      .filter(({ metadata, status }) => status?.podIP && status.phase === 'Running' && !metadata?.deletionTimestamp)
      .flatMap((pod) => podMetricsEndpoints.flatMap((endpoint) => targetOf(pod, endpoint)));
  });
  return (await Promise.all(targets)).flat();
}

function selectorOf({ matchLabels = {}, matchExpressions = [] }: PodMonitor['spec']['selector']): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) =>
    operator === 'Exists' ? key : `${key} in (${values.join()})`,
  );
  return [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join();
}

function targetOf(pod: AnyObject, { port, relabelings }: PodMonitor['spec']['podMetricsEndpoints'][number]): Target[] {
  const ports = pod.spec.containers.flatMap(
    ({ ports = [] }: { ports?: { name?: string; containerPort: number }[] }) => ports,
  );
  const found = ports.find(({ name }: { name?: string }) => name === port);
  if (!found) return [];
  const known = Object.entries(pod.metadata?.labels ?? {}).map(([key, value]) => [
    `__meta_kubernetes_pod_label_${key.replaceAll(/\W/g, '_')}`,
    value,
  ]);
  const meta = Object.fromEntries(known);
  const labels = relabelings.map(({ sourceLabels = [], targetLabel, replacement }) => [
    targetLabel,
    replacement ?? sourceLabels.map((label) => meta[label] ?? '').join(';'),
  ]);
  return [
    {
      targets: [`${pod.status.podIP}:${found.containerPort}`],
      labels: { ...Object.fromEntries(labels), pod: pod.metadata?.name ?? '' },
    },
  ];
}

/** Crossplane is no pod here. */
export const CROSSPLANE: Target = {
  targets: [new URL(CROSSPLANE_METRICS).host],
  labels: { job: 'modelplane-crossplane' },
};

/** A Prometheus of its own, and what it answers. */
export interface Prometheus extends AsyncDisposable {
  query(expr: string): Promise<readonly object[]>;
  api<T>(path: string): Promise<T>;
}

const ADDRESS = '127.0.0.1:19090';

export async function startPrometheus(
  binary: string,
  folder: string,
  targets: readonly Target[],
  rules: readonly string[],
): Promise<Prometheus> {
  const config = join(folder, 'prometheus.yaml');
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(
    config,
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: rules,
      scrape_configs: [{ job_name: 'modelplane', honor_labels: false, static_configs: targets }],
    }),
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${ADDRESS}`,
  ];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://${ADDRESS}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  const query = async (expr: string) =>
    (await api<{ result: readonly object[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  await untilReady();
  return {
    api,
    query,
    [Symbol.asyncDispose]: async () => {
      child.kill();
    },
  };
}

const START_ATTEMPTS = 100;

async function untilReady(): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const response = await fetch(`http://${ADDRESS}/-/ready`).catch(() => undefined);
    if (response?.ok) return;
    await delay(200);
  }
  throw new Error('Prometheus does not start');
}
