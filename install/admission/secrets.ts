import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type AdmissionCase, USERS } from './users.ts';

/** Of no cluster, so that nothing is composed of it. */
const deployment = (spec: object, namespace = 'admission-a'): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelDeployment',
  metadata: { namespace, name: 'brings' },
  spec: {
    model: 'Qwen/Qwen3-8B',
    clusterSelector: { matchLabels: { region: 'nowhere' } },
    ...spec,
  },
});

const token = (name: string) => ({ huggingFaceToken: { secretRef: { name } } });

const MANY = Array.from({ length: 8 }, (_, index) => `s${index}`);

const refusal = (names: string): string =>
  `${USERS.tenant} may not bring ${names} to engines without the right to get each of these Secrets in admission-a, ` +
  `because whoever writes a ModelDeployment can read what its engines have. Name those that ${USERS.tenant} may read, ` +
  'or have the platform team give that right.';

/** Whoever may edit everything of a namespace may read its Secrets; who has the tenant role alone may not. */
export const SECRETS: readonly AdmissionCase[] = [
  { name: 'who may read Secrets brings them', as: 'editor', object: deployment({ secrets: MANY, ...token('hf') }) },
  { name: 'who may not brings none', as: 'tenant', object: deployment({ secrets: ['hf'] }), refused: refusal('hf') },
  {
    name: 'nor several',
    as: 'tenant',
    object: deployment({ secrets: ['hf', 'store'] }),
    refused: refusal('hf, store'),
  },
  { name: 'nor by the short form', as: 'tenant', object: deployment(token('hf')), refused: refusal('hf') },
  {
    name: 'the last of many is asked for too',
    as: 'tenant',
    before: deployment({ secrets: MANY }),
    object: deployment({ secrets: MANY, ...token('hf') }),
    refused: refusal('hf'),
  },
  {
    name: 'what is brought already may stay, whoever edits the rest',
    as: 'tenant',
    before: deployment({ secrets: ['hf'] }),
    object: deployment({ secrets: ['hf'], replicas: 2 }),
  },
  {
    name: 'and may be taken out',
    as: 'tenant',
    before: deployment({ secrets: ['hf', 'store'] }),
    object: deployment({ secrets: ['store'] }),
  },
  { name: 'Crossplane writes what is there', as: 'crossplane', object: deployment({ secrets: ['hf'] }) },
];
