import { buildTool, moduleDir } from '../../../tools/build.ts';
import type { ToolName } from '../../../tools/catalogue.ts';
import type { Report } from '../../../tools/progress.ts';

const PROGRAMS = ['envoy-gateway', 'ai-gateway-controller', 'helm'] as const satisfies readonly ToolName[];

export interface EnvoyGatewayKit {
  readonly programs: Readonly<Record<(typeof PROGRAMS)[number], string>>;
  /** Sources of the same versions: charts and CRDs. */
  readonly modules: { readonly gateway: string; readonly aiGateway: string };
}

export async function envoyGatewayKit(report: Report): Promise<EnvoyGatewayKit> {
  const programs: Partial<EnvoyGatewayKit['programs']> = {};
  for (const [i, name] of PROGRAMS.entries()) {
    const path = await buildTool(name, (message) => report(`${name}, ${i + 1} of ${PROGRAMS.length}: ${message}`));
    Object.assign(programs, { [name]: path });
  }
  return {
    programs: programs as EnvoyGatewayKit['programs'],
    modules: {
      gateway: await moduleDir('envoy-gateway', 'github.com/envoyproxy/gateway'),
      aiGateway: await moduleDir('envoy-gateway', 'github.com/envoyproxy/ai-gateway'),
    },
  };
}
