import { type Accelerators, AMD, NVIDIA } from './accelerators.ts';

/** An exact version, so that two replicas of one deployment are never two engines. */
const VERSION = 'v0.27.1';

/** vLLM's own image, by whose cards it is for. */
const VLLM_IMAGES: Readonly<Record<string, string>> = {
  [NVIDIA]: `docker.io/vllm/vllm-openai:${VERSION}`,
  [AMD]: `docker.io/vllm/vllm-openai-rocm:${VERSION}`,
};

/** The image that a model stands for on these cards, slices of one's among them; undefined where there is none. */
export function vllmImage({ counts }: Accelerators): string | undefined {
  const [resource = NVIDIA] = Object.keys(counts);
  return VLLM_IMAGES[resource.startsWith('nvidia.com/') ? NVIDIA : resource];
}

/** The repository of vLLM's releases, wherever it is mirrored, with a tag that is a version: vLLM's own are 0.x. */
const RELEASE = /(?:^|\/)vllm-openai(?:-[a-z0-9]+)?:v?0\.(\d+)(?:[.@+-]|$)/;

/** Whether an image is known to be vLLM 0.x or newer. A digest or another tag says nothing of it. */
export function isVllmSince(image: string, minor: number): boolean {
  const [, found] = RELEASE.exec(image) ?? [];
  return found !== undefined && Number(found) >= minor;
}

/** Whether an image is a vLLM that runs on the processor alone, by its name or its tag. */
export const isForProcessors = (image: string): boolean => /(vllm|llm-d)[^/@]*[-_:.]cpu\b/.test(image);
