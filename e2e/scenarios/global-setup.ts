import { Problem } from '../../tools/problem.ts';

/** Scenarios speak to addresses that exist in the control plane's namespaces only: run.ts brings them there. */
export function setup(): void {
  if (!process.env.E2E_KUBECONFIG) throw new Problem('run scenarios with npm run e2e, which starts what they need.');
}

export async function teardown(): Promise<void> {
  // Not before it is known that there is a control plane.
  const { removeNamespaces } = await import('./inference/namespaces.ts');
  await removeNamespaces();
}
