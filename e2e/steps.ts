/** What the control plane does to start, in order: shown to who waits for it. */
export const STEPS = {
  kubernetes: 'etcd, API server and controllers',
  crossplane: 'Crossplane',
  node: 'Node, load balancer and mock providers',
  install: 'Packages pushed and installed',
  healthy: 'Configuration healthy',
  inference: 'Inference clusters',
  frontDoor: 'Front door open',
  connected: 'Inference clusters connected',
} as const;

export type StepName = keyof typeof STEPS;

/** What the control plane says to who started it, until it is ready. */
export type Message =
  | { readonly type: 'started' | 'done'; readonly step: StepName }
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'ready'; readonly kubeconfig: string };
