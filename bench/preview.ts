import { join } from 'node:path';
import { readApis } from '../preview/apis.ts';
import { begin } from '../preview/begin.ts';
import { FUNCTIONS } from '../preview/functions.ts';
import { parseManifests } from '../preview/manifests.ts';
import { play } from '../preview/play.ts';
import type { World } from '../preview/world.ts';

const WORLD: World = { apis: readApis(join(import.meta.dirname, '..', 'apis')), functions: FUNCTIONS };

const PLATFORM = `
apiVersion: modelplane.ai/v1alpha1
kind: InferenceGateway
metadata: {name: default}
spec: {backend: Traefik}
---
apiVersion: modelplane.ai/v1alpha1
kind: InferenceCluster
metadata: {name: gpu}
spec:
  kubeconfigSecretRef: {namespace: modelplane-system, name: gpu-kubeconfig}
  gateway: {namespace: inference, name: inference-gateway}
`;

const deployment = (index: number): string => `---
apiVersion: modelplane.ai/v1alpha1
kind: ModelDeployment
metadata: {name: m${index}, namespace: team-${index % 20}}
spec: {model: Qwen/Qwen3-8B}
`;

/** From manifests until nothing changes any more, in milliseconds of this process: others do not count. */
function played(deployments: number): number {
  const text = PLATFORM + Array.from({ length: deployments }, (_, index) => deployment(index)).join('');
  const start = process.cpuUsage();
  const begun = begin(WORLD, parseManifests(text, 'bench').manifests);
  if (!begun.ok) throw new Error('the manifests of the bench are refused');
  const { restless } = play(begun.state);
  if (restless.length > 0) throw new Error('the manifests of the bench do not settle');
  return process.cpuUsage(start).user / 1000;
}

/** A deployment among many should cost what it costs among few: with lookups that walk through all there is it did not. */
function main(): void {
  played(10); // Modules are loaded, and expressions compiled.
  const rows = [25, 100, 200].map((deployments) => ({ deployments, each: played(deployments) / deployments }));
  const [first] = rows;
  console.log('A preview, by the number of deployments, for each of them:');
  console.table(
    Object.fromEntries(
      rows.map(({ deployments, each }) => [
        deployments,
        { ms: each.toFixed(1), ratio: (each / (first?.each ?? Number.NaN)).toFixed(2) },
      ]),
    ),
  );
}

main();
