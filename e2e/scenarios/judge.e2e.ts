import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { manifestOf } from '../../apis/case.ts';
import { CASES } from '../../apis/cases.ts';
import { USERS } from '../../install/admission/users.ts';
import { readApis } from '../../preview/apis.ts';
import { begin } from '../../preview/begin.ts';
import { FUNCTIONS } from '../../preview/functions.ts';
import { loadManifests } from '../../preview/load.ts';
import { type ClusterObject, RESOURCE_NAME } from '../../preview/objects.ts';
import { play } from '../../preview/play.ts';
import { ROOT } from '../instance.ts';
import { type AnyObject, type Ref, refOf } from '../kube.ts';
import { ApiError } from '../rest.ts';
import { inside, userInside } from './inference/testing.ts';
import { waitUntilGone } from './testing.ts';
import { admin } from './world.ts';

const EXAMPLES = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What is composed otherwise once the front door asks who calls. */
const WITH_KEYS = ['front-door-callers', 'smallest-claim'];

/** Everything that our functions compose for examples, played forward until nothing changes. Of two front doors the first counts. */
function composed(...examples: readonly string[]): ClusterObject[] {
  const loaded = examples.map((example) => loadManifests([join(ROOT, 'examples', example)]).manifests);
  const [first = [], ...others] = loaded;
  const manifests = [...first, ...others.flat().filter(({ object }) => object.kind !== 'InferenceGateway')];
  const begun = begin({ apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS }, manifests);
  if (!begun.ok) throw new Error(`${examples.join(', ')} is refused`);
  const { state } = play(begun.state);
  return [...state.cluster.values()].filter(({ metadata }) => metadata.annotations?.[RESOURCE_NAME] !== undefined);
}

/** As Crossplane would send it: without what a server adds. */
function asApplied({ status: _status, metadata, ...object }: ClusterObject): object {
  const { name, namespace, labels, annotations } = metadata;
  return { ...object, metadata: { name, ...(namespace && { namespace }), labels, annotations } };
}

const cases = [...EXAMPLES.map((example) => [example]), WITH_KEYS].map((examples) => ({
  examples,
  name: examples.join(' with examples/'),
}));

describe('the API server takes every object that is composed', () => {
  test.each(cases)('for examples/$name', async ({ examples }) => {
    const objects = composed(...examples);
    for (const namespace of new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? [])))
      await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const object of objects) {
      // MetalLB's kinds come with its chart, which is not installed here.
      if (object.apiVersion.startsWith('metallb.io/')) continue;
      await expect(
        admin.apply(asApplied(object), { dryRun: true }),
        `${object.kind} ${object.metadata.name}`,
      ).resolves.toBeDefined();
    }
  });
});

/** Kinds that cluster `us` has not: of controllers that run in none here, and of a picker of another family than its own. */
const OF_OTHERS = ['keda.sh', 'networking.gke.io', 'networking.istio.io', 'llm-d.ai'];

/** What others are in, or have their rights by, is made: the last of these first. */
const MADE = ['RoleBinding', 'Role', 'Namespace'];

const placed = (objects: readonly ClusterObject[]): AnyObject[] =>
  objects
    .filter(({ kind }) => kind === 'Object')
    .map(({ spec }) => spec as { forProvider?: { manifest?: AnyObject }; managementPolicies?: readonly string[] })
    .filter(({ managementPolicies = ['*'] }) => managementPolicies.some((one) => one === '*' || one === 'Create'))
    .flatMap(({ forProvider }) => forProvider?.manifest ?? [])
    .sort((a, b) => MADE.indexOf(b.kind ?? '') - MADE.indexOf(a.kind ?? ''))
    .filter(({ apiVersion = '' }) => !OF_OTHERS.includes(apiVersion.split('/')[0] ?? ''));

describe('the API server of an inference cluster takes every object that is placed there, by whoever places it', () => {
  const provider = userInside('us', USERS.remote);
  const made = new Map<string, Ref>();

  afterAll(async () => {
    for (const ref of made.values()) await inside('us').remove(ref);
  });

  test.each(cases)('for examples/$name', async ({ examples }) => {
    for (const object of placed(composed(...examples))) {
      const dryRun = !MADE.includes(object.kind ?? '');
      // Rights are known a moment after they were bound.
      await vi.waitFor(
        () =>
          expect(provider.apply(object, { dryRun }), `${object.kind} ${object.metadata?.name}`).resolves.toBeDefined(),
        10_000,
      );
      if (object.kind === 'Namespace') made.set(object.metadata?.name ?? '', refOf(object));
    }
  });
});

describe('by the definitions', () => {
  const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'e2e-judge' } };

  beforeAll(() => admin.apply(NAMESPACE));
  afterAll(() => admin.remove(refOf(NAMESPACE)));

  /** What the API server says of an object; undefined where it would take it. */
  async function refusal(object: object): Promise<string | undefined> {
    try {
      await admin.apply(object, { dryRun: true });
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error.message;
      throw error;
    }
  }

  /** An applied list with keys is spoken of by them: `placements[name="us"]`. */
  const withoutIndexes = (text: string): string => text.replaceAll(/\[(\d+|\w+="[^"]*")\]/g, '[]');

  /** A second field in the same message. */
  const ANOTHER = /, (spec|metadata)\S*: /;

  describe.each(CASES)('of a $kind', (kind) => {
    const manifest = (spec: object, as?: string) => manifestOf(kind, NAMESPACE.metadata.name, spec, as);

    test.each(kind.accepted)('the API server takes $name', async ({ spec }) => {
      expect(await refusal(manifest(spec))).toBeUndefined();
    });

    test.each(kind.refused)('the API server refuses $name, names the field, and takes what it says', async (one) => {
      const { spec, as, at, says = '', instead, before } = one;
      if (before) await admin.apply(manifest(before));
      try {
        const said = await refusal(manifest(spec, as));
        expect(said && withoutIndexes(said)).toContain(withoutIndexes(at));
        expect(said).toContain(says);
        expect(said, 'one thing is wrong with it').not.toMatch(ANOTHER);
        expect(await refusal(manifest(instead))).toBeUndefined();
      } finally {
        if (before) {
          await admin.remove(refOf(manifest(before)));
          await waitUntilGone(refOf(manifest(before)));
        }
      }
    });
  });
});

describe('kubectl explain says something of every field', () => {
  interface Schema {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
  }

  /** Crossplane's own fields, and objects of anyone's, are not ours to describe. */
  const NOT_OURS = ['apiVersion', 'kind', 'metadata', 'crossplane', 'conditions'];

  const undescribed = (schema: Schema, path: string): string[] =>
    Object.entries(schema.properties ?? {})
      .filter(([name]) => !NOT_OURS.includes(name))
      .flatMap(([name, field]) => [
        ...(field.description ? [] : [`${path}.${name}`]),
        ...undescribed(field, `${path}.${name}`),
        ...undescribed(field.items ?? {}, `${path}.${name}[]`),
      ]);

  test.each(['inferencegateways', 'inferenceclusters', 'modeldeployments', 'modelendpoints', 'modelservices'])(
    'of %s',
    async (plural) => {
      const crd = await admin.get({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        name: `${plural}.modelplane.ai`,
      });
      expect(undescribed(crd.spec.versions[0].schema.openAPIV3Schema, plural)).toEqual([]);
    },
  );
});
