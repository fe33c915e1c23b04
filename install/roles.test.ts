import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import {
  apiServiceObject,
  budgetObject,
  gatewayClassObject,
  ownerObject,
} from '../functions/compose-inference-cluster/access.ts';
import { AI_GATEWAY, neededAPIs } from '../functions/compose-inference-cluster/served.ts';
import { readApis } from '../preview/apis.ts';
import { playExamples } from './composed.ts';
import { objectsOf } from './manifests.ts';
import { type Grants, grantsOf, groupOf, merged, type Rule, resourceOf } from './rules.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = [...READ, 'create', 'update', 'patch', 'delete'];

const rulesOf = (folder: '.' | 'inference-cluster', role: string): readonly Rule[] =>
  objectsOf<{ rules: readonly Rule[] }>(folder, 'ClusterRole').get(role)?.rules ?? [];

/** What Crossplane has anyway: its chart's role (clusterrole.yaml, v2.4.0), and what its RBAC manager gives it. */
const ITS_OWN: readonly string[] = [
  'services',
  'configmaps',
  'secrets',
  'deployments.apps',
  'customresourcedefinitions.apiextensions.k8s.io',
];
const ITS_OWN_GROUPS: readonly string[] = ['modelplane.ai', 'kubernetes.m.crossplane.io', 'helm.m.crossplane.io'];

const isItsOwn = (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean =>
  ITS_OWN.includes(resourceOf(object)) || ITS_OWN_GROUPS.includes(groupOf(object));

const { composed, required } = playExamples();

test("Crossplane's role is what the functions compose and require, and no more", () => {
  const needed = merged([
    ...composed.filter((object) => !isItsOwn(object)).map((object) => ({ [resourceOf(object)]: WRITE })),
    ...required.filter((object) => !isItsOwn(object)).map((object) => ({ [resourceOf(object)]: READ })),
  ]);
  expect(grantsOf(rulesOf('.', 'modelplane-crossplane'))).toEqual(needed);
});

test('what Crossplane is said to have anyway is all in use', () => {
  const used = [...composed, ...required];
  expect(ITS_OWN.filter((resource) => !used.some((object) => resourceOf(object) === resource))).toEqual([]);
  expect(ITS_OWN_GROUPS.filter((group) => !used.some((object) => groupOf(object) === group))).toEqual([]);
});

const tenantGrants = grantsOf(rulesOf('.', 'modelplane-tenant'));

test('an ML team may write our namespaced kinds and ConfigMaps, which access lists are, and nothing else', () => {
  const writable = Object.entries(tenantGrants).filter(([, verbs]) => verbs.some((verb) => !READ.includes(verb)));
  const kinds = readApis(join(import.meta.dirname, '../apis')).all();
  const own = kinds.filter(({ namespaced }) => namespaced).map(resourceOf);
  expect(writable.map(([resource]) => resource).filter((resource) => !resource.includes('/'))).toEqual(
    [...own, 'configmaps'].sort(),
  );
});

test('an ML team may read what its objects became, in its own namespace', () => {
  const elsewhere: readonly (string | undefined)[] = [undefined, PLATFORM_NAMESPACE, 'modelplane-metallb'];
  const becomes = composed.filter(({ metadata }) => !elsewhere.includes(metadata?.namespace)).map(resourceOf);
  const unread = becomes.filter((resource) => !READ.every((verb) => tenantGrants[resource]?.includes(verb)));
  expect([...new Set(unread)]).toEqual([]);
});

interface Remote extends KubernetesObject {
  readonly spec: {
    readonly managementPolicies?: readonly string[];
    readonly watch?: boolean;
    readonly forProvider: { readonly manifest: KubernetesObject & { readonly rules?: readonly Rule[] } };
  };
}

// Nothing that is played says which class a Gateway has, so what is looked at beside it is looked at here.
const looked = (['llm-d', 'gie'] as const).flatMap((pickerFamily) => {
  const xr = { metadata: { name: 'us' }, spec: { pickerFamily } } as never;
  return [
    gatewayClassObject(xr, 'class'),
    budgetObject(xr, 'envoy', 'proxies'),
    ownerObject(xr, 'uid'),
    ...[...neededAPIs(xr), AI_GATEWAY].map((api) => apiServiceObject(xr, api)),
  ];
});
const remotes = [...composed.filter(({ kind }) => kind === 'Object'), ...looked] as Remote[];

/**
 * provider-kubernetes applies on the server and never updates. It has every apply tried before, without being kept, even
 * that of what it only looks at (its object/syncer.go, GetDesiredState): so it needs patch for all.
 */
function managing({ spec }: Remote): Grants {
  const { manifest } = spec.forProvider;
  const policies = spec.managementPolicies ?? ['*'];
  const may = (policy: string) => policies.includes('*') || policies.includes(policy);
  // What is not watched is asked for by its name alone.
  if (spec.watch === false) return { [`${resourceOf(manifest)}/${manifest.metadata?.name}`]: ['get', 'patch'] };
  return {
    [resourceOf(manifest)]: [
      ...READ,
      'patch',
      ...(may('Create') ? ['create'] : []),
      ...(may('Delete') ? ['delete'] : []),
    ],
  };
}

const isSecret = ({ spec }: Remote): boolean => spec.forProvider.manifest.kind === 'Secret';

test("the role in an inference cluster is what the Objects manage and what the pickers' roles grant, and no more", () => {
  const needed = merged([
    ...remotes.filter((remote) => !isSecret(remote)).map(managing),
    ...remotes.map(({ spec }) => grantsOf(spec.forProvider.manifest.rules ?? [])),
    { 'clusterroles.rbac.authorization.k8s.io/modelplane-secrets': ['bind'] },
  ]);
  expect(grantsOf(rulesOf('inference-cluster', 'modelplane'))).toEqual(needed);
});

test("the role that is bound in tenants' namespaces is what the Objects of Secrets manage, without a list of others", () => {
  const needed = merged(remotes.filter(isSecret).map(managing));
  const { secrets = [], ...others } = grantsOf(rulesOf('inference-cluster', 'modelplane-secrets'));
  expect(others).toEqual({});
  expect(secrets).toEqual(needed.secrets?.filter((verb) => verb !== 'list' && verb !== 'watch'));
});

test('no role of the control plane in an inference cluster reads Secrets outside of tenants’ namespaces', () => {
  expect(Object.keys(grantsOf(rulesOf('inference-cluster', 'modelplane'))).filter((one) => one === 'secrets')).toEqual(
    [],
  );
  const bound = remotes.map(
    ({ spec }) => spec.forProvider.manifest as KubernetesObject & { roleRef?: { name: string } },
  );
  const namespaces = bound.filter(({ roleRef }) => roleRef?.name === 'modelplane-secrets').map(namespaceOf);
  expect(namespaces.length).toBeGreaterThan(0);
  expect(namespaces.filter((namespace) => !namespace.startsWith('mp-'))).toEqual([]);
});
