import { buildTool, moduleDir } from '../tools/build.ts';
import type { Report } from '../tools/progress.ts';

/** How scenarios hear of it; not there for other scenarios than KEDA's own. */
export const KEDA_VARIABLE = 'E2E_KEDA';

export interface KedaKit {
  readonly operator: string;
  readonly adapter: string;
  /** Sources of the same version: CRDs. */
  readonly module: string;
}

export async function kedaKit(report: Report): Promise<KedaKit> {
  return {
    operator: await buildTool('keda-operator', (message) => report(`its operator: ${message}`)),
    adapter: await buildTool('keda-adapter', (message) => report(`its metrics server: ${message}`)),
    module: await moduleDir('keda', 'github.com/kedacore/keda/v2'),
  };
}
