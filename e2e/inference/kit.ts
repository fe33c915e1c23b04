import { buildTool, moduleDir } from '../../tools/build.ts';
import { type ToolName, versionOf } from '../../tools/catalogue.ts';
import type { Report } from '../../tools/progress.ts';
import { type EnvoyGatewayKit, envoyGatewayKit } from './envoy-gateway/kit.ts';

/** The programs of an inference cluster, beside those of any Kubernetes. */
const PROGRAMS = [
  'kube-scheduler',
  'kwok',
  'epp',
  'envoy',
  'llm-d-inference-sim',
] as const satisfies readonly ToolName[];

export interface InferenceKit {
  readonly programs: Readonly<Record<(typeof PROGRAMS)[number], string>>;
  /** Sources of the same versions as the programs: CRDs of the inference extension, and what kwok does with nodes. */
  readonly modules: { readonly inferenceExtension: string; readonly kwok: string };
  /** The picker's release, which its image's tag has to be. */
  readonly pickerVersion: string;
  readonly envoyGateway: EnvoyGatewayKit;
}

const INFERENCE_EXTENSION = 'sigs.k8s.io/gateway-api-inference-extension';

export async function inferenceKit(report: Report): Promise<InferenceKit> {
  const programs: Partial<InferenceKit['programs']> = {};
  for (const [i, name] of PROGRAMS.entries()) {
    const path = await buildTool(name, (message) => report(`${name}, ${i + 1} of ${PROGRAMS.length}: ${message}`));
    Object.assign(programs, { [name]: path });
  }
  return {
    programs: programs as InferenceKit['programs'],
    modules: {
      inferenceExtension: await moduleDir('endpoint-picker', INFERENCE_EXTENSION),
      kwok: await moduleDir('kwok', 'sigs.k8s.io/kwok'),
    },
    pickerVersion: versionOf('endpoint-picker', INFERENCE_EXTENSION),
    envoyGateway: await envoyGatewayKit(report),
  };
}
