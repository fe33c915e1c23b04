import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from '../../preview/apis.ts';
import { begin } from '../../preview/begin.ts';
import { FUNCTIONS } from '../../preview/functions.ts';
import { loadManifests } from '../../preview/load.ts';
import { type ClusterObject, RESOURCE_NAME } from '../../preview/objects.ts';
import { play } from '../../preview/play.ts';
import { ROOT } from '../instance.ts';
import { admin } from './world.ts';

const EXAMPLES = readdirSync(join(ROOT, 'examples'));

/** Everything that our functions compose for an example, played forward until nothing changes. */
function composed(example: string): ClusterObject[] {
  const { manifests } = loadManifests([join(ROOT, 'examples', example)]);
  const begun = begin({ apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS }, manifests);
  if (!begun.ok) throw new Error(`examples/${example} is refused`);
  const { state } = play(begun.state);
  return [...state.cluster.values()].filter(({ metadata }) => metadata.annotations?.[RESOURCE_NAME] !== undefined);
}

/** As Crossplane would send it: without what a server adds. */
function asApplied({ status: _status, metadata, ...object }: ClusterObject): object {
  const { name, namespace, labels, annotations } = metadata;
  return { ...object, metadata: { name, ...(namespace && { namespace }), labels, annotations } };
}

describe('the API server takes every object that is composed', () => {
  test.each(EXAMPLES)('for examples/%s', async (example) => {
    const objects = composed(example);
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
