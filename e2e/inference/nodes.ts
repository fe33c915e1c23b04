import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kube } from '../kube.ts';
import { HOST_ADDRESS } from '../netns.ts';
import type { ProcessSpec } from '../processes.ts';
import type { InferenceKit } from './kit.ts';

export const GPUS_PER_NODE = 8;

/** What every inference cluster has from its start. */
export const NODES: readonly string[] = Array.from({ length: 8 }, (_, index) => `gpu-${index + 1}`);

/** Nodes with GPUs. Pickers run on them too, as on any node that has room. */
export async function addNodes(kube: Kube, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const room = { cpu: '192', memory: '2Ti', pods: '250', 'nvidia.com/gpu': String(GPUS_PER_NODE) };
    await kube.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
      status: { capacity: room, allocatable: room },
    });
  }
}

/** kwok's own stages for nodes, and ours for pods. */
const STAGES = ['node/fast/node-initialize.yaml', 'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml'];

/** In place of kubelets: nodes that are ready, and engines' pods that run somewhere. */
export async function kwok(
  name: string,
  { programs, modules }: InferenceKit,
  { kubeconfig, dir, podRange }: { kubeconfig: string; dir: string; podRange: string },
): Promise<ProcessSpec> {
  const files = [
    ...STAGES.map((file) => join(modules.kwok, 'kustomize/stage', file)),
    join(import.meta.dirname, 'stages.yaml'),
  ];
  const stages = join(dir, 'stages.yaml');
  await mkdir(dir, { recursive: true });
  await writeFile(stages, (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n---\n'));
  return {
    name: `${name}-kwok`,
    command: programs.kwok,
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--manage-all-nodes=true',
      `--cidr=${podRange}`,
      `--node-ip=${HOST_ADDRESS}`,
      '--node-lease-duration-seconds=40',
      `--config=${stages}`,
    ],
  };
}

export const scheduler = (name: string, { programs }: InferenceKit, kubeconfig: string): ProcessSpec => ({
  name: `${name}-scheduler`,
  command: programs['kube-scheduler'],
  args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0'],
});
