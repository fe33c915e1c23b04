import { expect, test } from 'vitest';
import type { Desired } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { modelDeployment } from '../functions/compose-model-deployment/compose.ts';
import { modelService } from '../functions/compose-model-service/compose.ts';
import type { ClusterObject } from '../preview/objects.ts';
import type { Event } from './events.ts';
import { FUNCTIONS, spoiled, withMutant } from './functions.ts';
import { manifestOf } from './provider.ts';
import { configsIn } from './remote.ts';
import { beginning, playStory } from './run.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './stories.ts';
import type { Functions } from './world.ts';

const BEGIN = beginning(FUNCTIONS);

test('everything serves in the world in which every story begins', () => {
  expect(BEGIN.violations).toEqual([]);
});

test.each([1, 3, 6, 8])('story %i breaks nothing', (seed) => {
  expect(playStory(BEGIN, FUNCTIONS, storyOf(seed)).violation).toBeUndefined();
});

/** Keeps what an endpoint's spec was, whatever is known of its engines now. */
const withholdTruth = spoiled(modelDeployment, (composed, { observed }) => {
  if (composed.refused === undefined) return composed;
  const former = Object.entries(composed.desired).map(([key, desired]): [string, Desired] => {
    const before = observed[key];
    return [
      key,
      before?.kind === 'ModelEndpoint' ? { ...desired, resource: withSpecOf(desired.resource, before) } : desired,
    ];
  });
  return { ...composed, desired: Object.fromEntries(former) };
});

const withSpecOf = (resource: object, { spec }: KubernetesObject): object => {
  const { crossplane: _crossplane, ...own } = spec as { crossplane?: unknown };
  return { ...resource, spec: own };
};

/** Deletes a picker's configuration as soon as the spec has another. */
const deleteConfig = spoiled(modelDeployment, (composed, { observed }) => {
  const mounted = Object.values(composed.desired).flatMap(({ resource }) =>
    configsIn(manifestOf(resource as ClusterObject)),
  );
  const kept = Object.entries(composed.desired).filter(([key]) => {
    const before = observed[key] as ClusterObject | undefined;
    const manifest = before?.kind === 'Object' ? manifestOf(before) : undefined;
    return manifest?.kind !== 'ConfigMap' || mounted.includes(manifest.metadata.name);
  });
  return { ...composed, desired: Object.fromEntries(kept) };
});

/** Says Ready as soon as it has composed a route. */
const readyTooEarly = spoiled(modelService, (composed) => ({ ...composed, ready: 'httproute' in composed.desired }));

const MUTANTS: readonly { name: string; mutant: Partial<Functions>; breaks: string }[] = [
  {
    name: 'a deployment that keeps the truth from its endpoints while its spec is refused',
    mutant: { ModelDeployment: withholdTruth },
    breaks: 'an endpoint says at once that its engines are gone',
  },
  {
    name: 'a deployment that deletes the configuration of a picker that still runs',
    mutant: { ModelDeployment: deleteConfig },
    breaks: 'nothing is deleted while an observed object names it',
  },
  {
    name: 'a service that says Ready before its route is taken',
    mutant: { ModelService: readyTooEarly },
    breaks: 'Ready only when a request is answered',
  },
];

/** Enough for each of them, and a few seconds. */
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

const broken = (mutant: Partial<Functions>, story: readonly Event[]): string | undefined =>
  playStory(BEGIN, withMutant(mutant), story).violation?.invariant;

test.each(MUTANTS)('$name is found', ({ mutant, breaks }) => {
  expect(SEEDS.some((seed) => broken(mutant, storyOf(seed)) === breaks)).toBe(true);
});

test('a story is shortened to what it takes, and breaks the same', () => {
  const mutant = { ModelService: readyTooEarly };
  const stories = SEEDS.values().map(storyOf);
  const long = stories.find((story) => broken(mutant, story) !== undefined) ?? [];
  const short = shrink(long, (story) => broken(mutant, story) === broken(mutant, long));
  expect(broken(mutant, short)).toBe(broken(mutant, long));
  expect(short.length).toBeLessThan(long.length);
  expect(short.length).toBeLessThanOrEqual(6);
});
