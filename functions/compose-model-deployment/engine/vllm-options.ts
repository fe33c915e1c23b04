import type { CommandLine } from './command-line.ts';
import { isVllmSince } from './images.ts';

/** An option that vLLM had: the release 0.x that ends at it, and what to do instead of removing it. */
interface Gone {
  readonly since: number;
  readonly instead?: string;
}

const ofGuidedDecoding: Gone = { since: 12, instead: 'write --structured-outputs-config' };
const ofDrafts: Gone = { since: 9, instead: 'write --speculative-config' };

/**
 * vLLM ends at an option that it does not know. These stand in manifests that are about; which release has none of them any
 * more is read from the releases themselves (vllm/engine/arg_utils.py, vllm/entrypoints: 0.8.5 to 0.27.1).
 */
const GONE: Readonly<Record<string, Gone>> = {
  'engine-use-ray': { since: 9 },
  'worker-use-ray': { since: 9, instead: 'write --distributed-executor-backend=ray' },
  'speculative-model': ofDrafts,
  'num-speculative-tokens': ofDrafts,
  device: { since: 10 },
  'enable-reasoning': { since: 10, instead: 'keep --reasoning-parser alone' },
  'long-lora-scaling-factors': { since: 10 },
  'tokenizer-pool-size': { since: 10 },
  'use-v2-block-manager': { since: 10 },
  'enable-prompt-adapter': { since: 11 },
  'multi-step-stream-outputs': { since: 11 },
  'num-scheduler-steps': { since: 11 },
  'override-neuron-config': { since: 11, instead: 'write --additional-config' },
  'disable-async-output-proc': { since: 12 },
  'enable-lora-bias': { since: 12 },
  'guided-decoding-backend': ofGuidedDecoding,
  'lora-extra-vocab-size': { since: 12 },
  'max-seq-len-to-capture': { since: 12, instead: 'write --max-cudagraph-capture-size' },
  'num-lookahead-slots': { since: 12 },
  'override-pooler-config': { since: 12, instead: 'write --pooler-config' },
  'preemption-mode': { since: 12 },
  'rope-scaling': { since: 12, instead: 'write --hf-overrides' },
  'rope-theta': { since: 12, instead: 'write --hf-overrides' },
  'scheduler-delay-factor': { since: 12 },
  'cuda-graph-sizes': { since: 13, instead: 'write --cudagraph-capture-sizes' },
  'disable-mm-preprocessor-cache': { since: 13, instead: 'write --mm-processor-cache-gb=0' },
  task: { since: 13, instead: 'write --runner, or --runner=pooling for embeddings' },
  'disable-log-requests': { since: 17, instead: 'write --no-enable-log-requests' },
  'swap-space': { since: 18 },
  'disable-frontend-multiprocessing': { since: 19 },
  'max-long-partial-prefills': { since: 27 },
  'max-num-partial-prefills': { since: 27 },
};

/** What a release of vLLM would end at: a sentence without a full stop. */
export function goneProblem({ options }: CommandLine, image: string): string | undefined {
  const [found] = options.flatMap(({ name }) => {
    const gone = Object.hasOwn(GONE, name) ? GONE[name] : undefined;
    return gone !== undefined && isVllmSince(image, gone.since) ? [{ name, ...gone }] : [];
  });
  return (
    found &&
    `args has --${found.name}, which vLLM has no more since 0.${found.since}, so that image ${image} would end at it; ${found.instead ?? 'remove it'}`
  );
}
