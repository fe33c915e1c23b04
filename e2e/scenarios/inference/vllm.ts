import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { isInstalled, vllmInstallation } from '../../../tools/vllm.ts';
import { PROCESS_LABEL } from '../../inference/catalogue.ts';
import { logsDir } from '../../instance.ts';
import type { AnyObject } from '../../kube.ts';
import { apply, test as base, waitUntilReady } from '../testing.ts';
import { leaveNamespace, makeNamespace } from './namespaces.ts';
import { enginePods } from './placements.ts';
import { deployment, deploymentRef } from './testing.ts';

const INSTALLATION = await vllmInstallation();

/** What a model of no size takes on the CPU. */
const MIN_FREE_BYTES = 5 * 2 ** 30;

/** Why vLLM cannot run here; undefined where it can. */
export async function whyNoVllm(): Promise<string | undefined> {
  const { E2E_NO_VLLM } = process.env;
  if (E2E_NO_VLLM) return E2E_NO_VLLM;
  if (!(await isInstalled(INSTALLATION))) return 'npm run e2e -- vllm installs it';
  return freemem() < MIN_FREE_BYTES ? 'it takes 5 GiB of memory, which are not free' : undefined;
}

export const NAME = 'tiny';

/** The model that came with the installation, by its path from the engine's working directory. */
export const MODEL = 'e2e/tiny';

/** Requests that it answers at a time; the others wait. */
export const AT_ONCE = 2;

/** What any user would write, but for what makes a model of random weights of a folder, on a CPU. */
const CLAIM = deployment(NAME, {
  model: MODEL,
  template: {
    metadata: { labels: { [PROCESS_LABEL]: '' } },
    spec: {
      containers: [
        {
          name: 'engine',
          image: `docker.io/vllm/vllm-openai:${INSTALLATION.tag}`,
          args: ['--load-format=dummy', '--enforce-eager', `--max-num-seqs=${AT_ONCE}`],
          env: [
            { name: 'HF_HUB_OFFLINE', value: '1' },
            { name: 'VLLM_CPU_KVCACHE_SPACE', value: '1' },
          ],
        },
      ],
    },
  },
  placements: [{ name: 'only', clusterSelector: { matchLabels: { region: 'us' } } }],
});

export interface Vllm {
  readonly namespace: string;
  /** Of the front door. */
  readonly path: string;
  readonly pod: AnyObject;
  /** Past the gateways: the engine's own server. */
  readonly url: string;
  log(): Promise<string>;
}

/** A minute, and many times that on a machine that others use too. */
const START_MS = 900_000;

/** One engine for all scenarios of a file. */
export const test = base.extend<{ $file: { readonly vllm: Vllm } }>({
  vllm: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which other fixtures are wanted.
    async ({}, use) => {
      const namespace = await makeNamespace();
      await apply([CLAIM], namespace);
      await waitUntilReady(deploymentRef(namespace, NAME), START_MS);
      const [pod] = await enginePods('us', namespace);
      if (!pod) throw new Error('it is ready, and there is no pod');
      const file = join(logsDir(), `pod-${pod.metadata?.namespace}-${pod.metadata?.name}-engine.log`);
      await use({
        namespace,
        path: `/${namespace}/${NAME}`,
        pod,
        url: `http://${pod.status?.podIP}:8000`,
        log: () => readFile(file, 'utf8'),
      });
      await leaveNamespace(namespace);
    },
    { scope: 'file' },
  ],
});

/** No more engines, of the claim as it was. */
export const withoutEngines = (namespace: string): Promise<unknown> =>
  apply([{ ...CLAIM, spec: { ...CLAIM.spec, placements: [{ ...CLAIM.spec.placements[0], replicas: 0 }] } }], namespace);
