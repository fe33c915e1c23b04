import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { type AnyObject, type Kube, kubeOf, watch } from '../kube.ts';
import { reconcile } from './release.ts';

const RELEASES = { apiVersion: 'helm.m.crossplane.io/v1beta1', kind: 'Release' } as const;

/** As often as provider-helm looks at a release that nothing was said about. */
const POLL_MS = 60_000;

/** How soon what failed is tried again. */
const RETRY_MS = 2000;

/**
 * Stands in for provider-helm: it knows one chart, and makes by itself what that chart would make of a Release's values.
 * What it doesn't understand it refuses in the Release's status.
 */
async function main(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromCluster();
  const kube = kubeOf(config);
  const chart = { crds: await chartFile('crds.yaml'), rules: await chartFile('rules.yaml') };
  const queue = workQueue((name) => reconcile(kube, chart, name));
  await untilServed(kube);
  await watch<AnyObject>(kube, `/apis/${RELEASES.apiVersion}/releases`, ({ metadata }) =>
    queue(`${metadata?.namespace}/${metadata?.name}`),
  );
  setInterval(async () => {
    for (const { metadata } of await kube.list(RELEASES.apiVersion, RELEASES.kind))
      queue(`${metadata?.namespace}/${metadata?.name}`);
  }, POLL_MS);
}

/** What the chart carries as files. */
const chartFile = (name: string): Promise<string> => readFile(`/chart/${name}`, 'utf8');

/** The kind is there once its activation policy is; a provider that starts safely waits for it. */
async function untilServed(kube: Kube): Promise<void> {
  while (
    !(await kube.list(RELEASES.apiVersion, RELEASES.kind).then(
      () => true,
      () => false,
    ))
  ) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** One at a time for each name; a name that comes while it is worked on is worked on again. */
function workQueue(work: (name: string) => Promise<void>): (name: string) => void {
  const busy = new Map<string, { again: boolean }>();
  const run = async (name: string) => {
    const state = { again: false };
    busy.set(name, state);
    try {
      await work(name);
    } catch (error) {
      console.error(name, error);
      setTimeout(() => enqueue(name), RETRY_MS);
    }
    busy.delete(name);
    if (state.again) enqueue(name);
  };
  const enqueue = (name: string) => {
    const state = busy.get(name);
    if (state) state.again = true;
    else void run(name);
  };
  return enqueue;
}

void main();
