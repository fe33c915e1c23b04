import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from './apis.ts';
import { begin } from './begin.ts';
import { getObject, putObject, referenceTo } from './cluster.ts';
import { FUNCTIONS } from './functions.ts';
import { loadManifests } from './load.ts';
import type { Manifest } from './manifests.ts';
import { type ClusterObject, specOf, statusOf } from './objects.ts';
import { play } from './play.ts';

const ROOT = join(import.meta.dirname, '..');
const WORLD = { apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS };

/** What each Object says of an inference cluster, by its name. */
type Remote = Readonly<Record<string, string>>;

const remoteOf = (objects: Iterable<ClusterObject>): Remote =>
  Object.fromEntries(
    [...objects]
      .filter(({ kind }) => kind === 'Object')
      .map((object) => [object.metadata.name, JSON.stringify(specOf(object).forProvider)]),
  );

interface Played {
  readonly deployments: readonly ClusterObject[];
  readonly remote: Remote;
  /** Whatever was said on the way that is not said at the end. */
  readonly otherwise: readonly string[];
}

/** With the statuses that docs/backup.md brings back: of a ModelDeployment, where its placements are. */
function played(manifests: readonly Manifest[], backup: readonly ClusterObject[] = []): Played {
  const begun = begin(WORLD, manifests);
  if (!begun.ok) throw new Error(begun.problems.map(({ message }) => message).join('; '));
  const { cluster } = begun.state;
  for (const { apiVersion, kind, metadata, status } of backup) {
    const restored = getObject(cluster, referenceTo({ apiVersion, kind, metadata }));
    if (!restored) throw new Error(`${metadata.name} is in the backup alone`);
    const { placements, trafficClasses } = statusOf({ status } as never);
    putObject(cluster, { ...restored, status: { placements, trafficClasses } });
  }
  const seen: [name: string, said: string][] = [];
  play(begun.state, { trace: ({ observed }) => void seen.push(...Object.entries(remoteOf(observed))) });
  const remote = remoteOf(cluster.values());
  const deployments = [...cluster.values()].filter(({ kind }) => kind === 'ModelDeployment');
  const otherwise = seen.filter(([name, said]) => remote[name] !== said).map(([name]) => name);
  return { deployments, remote, otherwise: [...new Set(otherwise)] };
}

const manifestsOf = (folder: string): readonly Manifest[] => loadManifests([join(ROOT, 'examples', folder)]).manifests;

describe('restored from a backup, a control plane says of inference clusters what it said before, and nothing else on the way', () => {
  test.each([
    'smallest-claim',
    'canary',
    'traffic-classes',
    'two-teams',
    'failover-to-groq',
    'scaling',
    'files-and-secrets',
    'quickstart',
  ])('of examples/%s', (folder) => {
    const manifests = manifestsOf(folder);
    const before = played(manifests);
    expect(Object.keys(before.remote).length).toBeGreaterThan(5);
    const after = played(manifests, before.deployments);
    expect(after.remote).toEqual(before.remote);
    expect(after.otherwise).toEqual([]);
  });

  test('where a placement stays although it would be put elsewhere if it were new', () => {
    const files = ['canary/platform.yaml', 'smallest-claim/deployment.yaml'];
    const { manifests } = loadManifests(files.map((file) => join(ROOT, 'examples', file)));
    const clustersOf = (objects: readonly ClusterObject[]) =>
      objects.map((one) => (statusOf(one).placements as { cluster: string }[])[0]?.cluster);
    const fresh = played(manifests);
    const others = fresh.deployments.map((one) => {
      const [placement] = statusOf(one).placements as { cluster: string }[];
      const cluster = placement?.cluster === 'us-east' ? 'eu-west' : 'us-east';
      return { ...one, status: { ...statusOf(one), placements: [{ ...placement, cluster }] } };
    });
    const after = played(manifests, others);
    expect(clustersOf(after.deployments)).toEqual(clustersOf(others));
    expect(clustersOf(after.deployments)).not.toEqual(clustersOf(fresh.deployments));
  });
});
