import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { begin, INSTALLED_NAMESPACES } from './begin.ts';
import { getObject } from './cluster.ts';
import { loadManifests } from './load.ts';
import { parseManifests } from './manifests.ts';
import { formatProblem } from './problem.ts';
import { begunWith, testApi, testWorld } from './testing.ts';

const WORLD = testWorld([testApi('Shop', { required: ['size'], properties: { size: { type: 'integer' } } })], {});
const shop = (name: string, spec = '{size: 1}') =>
  `{apiVersion: shop.example.org/v1, kind: Shop, metadata: {name: ${name}}, spec: ${spec}}`;

const problemsOf = (yaml: string): string[] => {
  const begun = begin(WORLD, parseManifests(yaml, 'x.yaml').manifests);
  return begun.ok ? [] : begun.problems.map(formatProblem);
};

describe('manifests that a cluster does not take are one sentence each', () => {
  test.each([
    {
      name: 'with file, line, object and field',
      yaml: `${shop('a')}\n---\n${shop('b', '\n  {size: x}')}`,
      want: ['x.yaml:4: Shop b: spec.size: must be a whole number, not "x"'],
    },
    {
      name: 'for an object that is there twice, with where the other one is',
      yaml: `${shop('a')}\n---\n${shop('a')}`,
      want: ['x.yaml:3: Shop default/a: is there twice; the other one is at x.yaml:1'],
    },
    {
      name: 'for every manifest that is wrong',
      yaml: [shop('A'), shop('b', '{}')].join('\n---\n'),
      want: [
        expect.stringContaining('x.yaml:1: Shop A: metadata.name: must be'),
        'x.yaml:3: Shop b: spec.size: is required',
      ],
    },
    {
      name: 'for something that is no object of Kubernetes',
      yaml: 'a: 1',
      want: [
        'x.yaml:1: object (no name): apiVersion: is required',
        'x.yaml:1: object (no name): kind: is required',
        'x.yaml:1: object (no name): metadata.name: is required',
      ],
    },
  ])('$name', ({ yaml, want }) => expect(problemsOf(yaml)).toEqual(want));

  test('the same name in another namespace, or of another kind, is another object', () => {
    const other = shop('a').replace('name: a', 'name: a, namespace: other');
    expect(
      problemsOf([shop('a'), other, '{apiVersion: v1, kind: Secret, metadata: {name: a}}'].join('\n---\n')),
    ).toEqual([]);
  });
});

describe('the cluster to begin with', () => {
  const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name });

  test('has the namespaces that manifests are in, with the label that Kubernetes gives them', () => {
    const given = '{apiVersion: v1, kind: Namespace, metadata: {name: mine, labels: {a: b}}}';
    const { cluster } = begunWith(WORLD, [shop('a'), given].join('\n---\n'));
    expect(getObject(cluster, namespace('default'))?.metadata.labels).toEqual({
      'kubernetes.io/metadata.name': 'default',
    });
    expect(getObject(cluster, namespace('mine'))?.metadata.labels).toEqual({
      a: 'b',
      'kubernetes.io/metadata.name': 'mine',
    });
    expect(getObject(cluster, namespace('other'))).toBeUndefined();
  });

  test('has the namespaces that install/ makes on a control plane', () => {
    const { cluster } = begunWith(WORLD, shop('a'));
    const { manifests } = loadManifests([join(import.meta.dirname, '..', 'install')]);
    const made = manifests.filter(
      ({ object, file }) => object.kind === 'Namespace' && !file.includes('inference-cluster'),
    );
    expect(made.map(({ object }) => object.metadata?.name).sort()).toEqual(INSTALLED_NAMESPACES.toSorted());
    for (const name of INSTALLED_NAMESPACES) expect(getObject(cluster, namespace(name))).toBeDefined();
  });

  test('has the Gateway API that our functions ask for', () => {
    const crd = getObject(begunWith(WORLD, shop('a')).cluster, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'tlsroutes.gateway.networking.k8s.io',
    });
    expect(crd?.metadata.annotations).toMatchObject({ 'gateway.networking.k8s.io/bundle-version': 'v1.5.1' });
    expect(crd?.spec).toMatchObject({ versions: [{ name: 'v1', served: true }] });
  });

  test('takes a manifest that comes out of a cluster, without what that cluster wrote into it', () => {
    const exported = shop('a').replace(
      'name: a',
      'name: a, uid: theirs, resourceVersion: "9", generation: 7, creationTimestamp: x',
    );
    const object = getObject(begunWith(WORLD, exported).cluster, {
      apiVersion: 'shop.example.org/v1',
      kind: 'Shop',
      namespace: 'default',
      name: 'a',
    });
    expect(object?.metadata).toEqual({
      name: 'a',
      namespace: 'default',
      uid: expect.not.stringContaining('theirs'),
      generation: 1,
    });
  });

  test('reads definitions first, because they say whether a kind has namespaces', () => {
    const crd =
      '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: planets.x.org}, spec: {group: x.org, scope: Cluster, names: {kind: Planet}, versions: [{name: v1, served: true}]}}';
    const planet = '{apiVersion: x.org/v1, kind: Planet, metadata: {name: mars, namespace: ns}}';
    expect(
      getObject(begunWith(WORLD, `${planet}\n---\n${crd}`).cluster, {
        apiVersion: 'x.org/v1',
        kind: 'Planet',
        name: 'mars',
      }),
    ).toBeDefined();
  });
});
