import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from '../apis.ts';
import { admit } from './admit.ts';

const APIS = readApis(join(import.meta.dirname, '../../apis'));

const outcome = (kind: string, spec: object) => {
  const object = { apiVersion: 'modelplane.ai/v1alpha1', kind, metadata: { name: 'a', namespace: 'team' }, spec };
  const admitted = admit(object, APIS, new Map());
  return admitted.ok ? 'taken' : admitted.errors.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

const PAGE = 'docs/from-modelplane.md says what becomes of it';

describe("a manifest of modelplane's", () => {
  test.each([
    {
      name: 'a cluster that it would provision',
      kind: 'InferenceCluster',
      spec: { cluster: { source: 'GKE' }, nodePools: [] },
      want: [`spec.cluster: is a field of modelplane's InferenceCluster, which is another kind; ${PAGE}`],
    },
    {
      name: 'a deployment of engines',
      kind: 'ModelDeployment',
      spec: { replicas: 1, template: { spec: { engines: [] } } },
      want: [`spec.template.spec.engines: is a field of modelplane's ModelDeployment, which is another kind; ${PAGE}`],
    },
    {
      name: 'a kind that there is not',
      kind: 'ModelReplica',
      spec: {},
      want: [`kind: ModelReplica is a kind of modelplane's, which is not here; ${PAGE}`],
    },
    {
      name: 'an endpoint, which is ours as well',
      kind: 'ModelEndpoint',
      spec: { url: 'http://10.0.0.7' },
      want: 'taken',
    },
    {
      name: 'a service, which is ours as well',
      kind: 'ModelService',
      spec: { endpoints: [{ selector: { matchLabels: { a: 'b' } } }] },
      want: 'taken',
    },
    {
      name: 'a front door, which is ours as well',
      kind: 'InferenceGateway',
      spec: { backend: 'Traefik', traefik: { version: '38.0.0' } },
      want: 'taken',
    },
  ])('$name', ({ kind, spec, want }) => {
    expect(kind === 'InferenceGateway' ? outcomeOfDefault(spec) : outcome(kind, spec)).toEqual(want);
  });
});

/** There is one, and it has one name. */
function outcomeOfDefault(spec: object) {
  const object = {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'InferenceGateway',
    metadata: { name: 'default' },
    spec,
  };
  const admitted = admit(object, APIS, new Map());
  return admitted.ok ? 'taken' : admitted.errors;
}
