import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { placementsOf, templateProblem } from '../placements.ts';
import type { Container, PodSpec } from './template.ts';

export type Engine = ModelDeployment['spec']['engine'];

/** What is said of a deployment's one placement with such pods, as a sentence without a full stop. */
export const problemOf = (
  spec: PodSpec,
  engine: Engine,
  metadata = {},
  published: { paths?: string[] } = {},
  status = {},
) =>
  templateProblem(
    placementsOf({
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelDeployment',
      metadata: { name: 'q', namespace: 'ml' },
      spec: {
        replicas: 1,
        engine,
        rollout: { maxSurge: 1, maxUnavailable: 0 },
        service: 'Enabled',
        template: { metadata, spec },
        ...published,
      },
      status,
    }),
  )?.replace('placement default: ', '');

export const VLLM: Engine = { type: 'vllm', port: 8000 };
export const container = (fields: Partial<Container>): PodSpec => ({
  containers: [{ name: 'engine', image: 'ours', ...fields }],
});
