import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { has, isVariable, lastValue, parseWords, runOf, vllmWords } from '../engine/command-line.ts';
import { engineIn } from '../engine/engine.ts';
import { vllmLine } from '../engine/model-line.ts';
import type { Container, PodTemplate } from '../engine/template.ts';

/** What an engine downloads from Hugging Face when it starts. */
export interface Download {
  readonly repository: string;
  readonly revision?: string | undefined;
  /** Of a repository of GGUF files the one that it loads. */
  readonly quantisation?: string | undefined;
}

/** A repository at Hugging Face, perhaps with a quantisation: no folder, and no address. */
const NAMED = /^(?<repository>[A-Za-z0-9][\w.-]*(?:\/[\w.-]+)?)(?::(?<quantisation>[\w.-]+))?$/;

/**
 * What will be downloaded, as far as the engine's words say it: vLLM's and SGLang's images have Hugging Face's own library
 * to do so before. Undefined where they name a folder, a store or a variable, and for every other engine.
 */
export function downloadOf({ type }: ModelDeployment['spec']['engine'], template: PodTemplate): Download | undefined {
  const container = engineIn(template);
  const [named, revision] = (container && namedBy(type, container)) ?? [];
  if (named === undefined || isVariable(named)) return undefined;
  const { repository, quantisation } = NAMED.exec(named)?.groups ?? {};
  return repository === undefined ? undefined : { repository, revision, quantisation };
}

type Named = readonly [model: string | undefined, revision: string | undefined];

function namedBy(type: ModelDeployment['spec']['engine']['type'], container: Container): Named | undefined {
  const run = runOf(container);
  if (type === 'sglang') {
    const line = parseWords(run.words);
    return [lastValue(line, 'model-path', 'model'), lastValue(line, 'revision')];
  }
  const isImages = container.command === undefined && /vllm-openai/.test(container.image ?? '');
  const words = vllmWords(run) ?? (isImages ? run.words : undefined);
  if (type !== 'vllm' || words === undefined) return undefined;
  const line = vllmLine(words);
  // It says where else the model is loaded from.
  if (has(line, 'config', 'load-format')) return undefined;
  return [lastValue(line, 'model') ?? line.positionals[0], lastValue(line, 'revision')];
}

/**
 * Downloads what the engine will load, to where it will look: HF_HOME. Of weights that are there twice the formats that
 * neither engine prefers are left out.
 */
const SCRIPT = `
import sys
from huggingface_hub import HfApi, snapshot_download

repository, revision, quantisation = (sys.argv[1:] + ["", ""])[:3]
revision = revision or None
files = HfApi().list_repo_files(repository, revision=revision)
ignored = ["original/*", "*.h5", "*.msgpack", "*.onnx", "*.ot", "*.tflite", "onnx/*", "openvino/*"]
if quantisation:
    allowed = ["*" + quantisation + "*", "*.json", "*.txt", "*.model", "*.jinja"]
else:
    allowed = None
    if any(name.endswith(".safetensors") for name in files):
        ignored += ["*.bin", "*.pt", "*.pth", "*.gguf"]
print(snapshot_download(repository, revision=revision, allow_patterns=allowed, ignore_patterns=ignored))
`.trimStart();

export const downloadCommand = ({ repository, revision = '', quantisation = '' }: Download): string[] => [
  'python3',
  '-c',
  SCRIPT,
  repository,
  ...(revision !== '' || quantisation !== '' ? [revision] : []),
  ...(quantisation === '' ? [] : [quantisation]),
];
