import { Problem } from '../../tools/problem.ts';

/** Scenarios speak to addresses that exist in the control plane's namespaces only: run.ts brings them there. */
export function setup(): void {
  if (!process.env.E2E_KUBECONFIG) throw new Problem('run scenarios with npm run e2e, which starts what they need.');
}
