import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { FOLDERS, type Folder, type Manifest, manifestsIn, objectsOf } from './manifests.ts';

const identity = ({ object }: Manifest): string => [object.kind, namespaceOf(object), nameOf(object)].join('/');

/** Namespaces that are there before anything of ours: the page of the install makes Crossplane's first, a chart Envoy's. */
const THERE: readonly string[] = ['', 'crossplane-system', 'envoy-gateway-system'];

/** Folders for where another one was applied already. */
const AFTER: Partial<Record<Folder, Folder>> = {
  monitoring: '.',
  'monitoring/inference-cluster': 'inference-cluster',
};

describe.each(FOLDERS)('install/%s', (folder) => {
  const manifests = manifestsIn(folder);

  test('has nothing twice, and all of it says what it belongs to', () => {
    const parts = manifests.map(({ object }) => object.metadata?.labels?.['app.kubernetes.io/part-of']);
    expect(parts).toEqual(manifests.map(() => 'modelplane'));
    expect(new Set(manifests.map(identity)).size).toBe(manifests.length);
  });

  test('makes a namespace before it puts anything there, file after file', () => {
    const before = AFTER[folder];
    const made = new Set([...THERE, ...(before ? objectsOf(before, 'Namespace').keys() : [])]);
    const early = manifests.filter(({ object }) => {
      if (object.kind === 'Namespace') made.add(nameOf(object));
      return !made.has(namespaceOf(object));
    });
    expect(early.map(identity)).toEqual([]);
  });

  // A field of which a server makes something else than was applied is in conflict with whoever applies the same again.
  test('says of what policies match all that a server would add', () => {
    interface Rules {
      readonly resourceRules: readonly object[];
      readonly excludeResourceRules?: readonly object[];
    }
    for (const policy of objectsOf(folder, 'ValidatingAdmissionPolicy').values()) {
      const { matchConstraints: match } = policy.spec as { matchConstraints: Rules };
      expect(match).toMatchObject({ matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} });
      for (const rule of [...match.resourceRules, ...(match.excludeResourceRules ?? [])])
        expect(rule).toMatchObject({ scope: '*' });
    }
  });

  test('applies the same with -f and with -k', () => {
    const { resources } = parse(readFileSync(join(import.meta.dirname, folder, 'Kustomization'), 'utf8'));
    expect(resources).toEqual([...new Set(manifests.map(({ file }) => file))]);
  });

  test.each(manifests.filter(isBuiltIn).map((manifest) => ({ name: identity(manifest), ...manifest })))(
    '$name is valid by the schema of its kind',
    async ({ object }) => expect(await schemaProblem(object)).toBeUndefined(),
  );
});

/** Kinds of Crossplane's, Envoy Gateway's and Prometheus' own have no model here. */
function isBuiltIn({ object }: Manifest): boolean {
  return !/(crossplane\.io|gateway\.envoyproxy\.io|monitoring\.coreos\.com)\//.test(object.apiVersion);
}

interface RuntimeConfig {
  readonly spec: { readonly deploymentTemplate: { readonly spec: { readonly template: object } } };
}

test.each(manifestsIn('.').filter(({ object }) => object.kind === 'DeploymentRuntimeConfig'))(
  'the Deployment that Crossplane makes by $object.metadata.name is a valid one',
  async ({ object }) => {
    const { spec } = (object as unknown as RuntimeConfig).spec.deploymentTemplate;
    const labels = { app: 'x' };
    const selector = { matchLabels: labels };
    const template = { metadata: { labels }, ...spec.template };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { ...spec, selector, template } };
    expect(await schemaProblem(deployment)).toBeUndefined();
  },
);
