import { describe, expect, test } from 'vitest';
import type { Json } from '../../../preview/objects.ts';
import type { State } from '../../../preview/world.ts';
import {
  cluster,
  conditions,
  controlPlane,
  deployment,
  edit,
  FRONT_DOOR,
  manifestOf,
  report,
  settle,
} from '../testing.ts';
import { failing, fills, message, ofKind, only, SHARED, status, world } from './testing.ts';

describe('the size of a volume', () => {
  const sized = (size: string) => ({ ...SHARED, size, accessModes: ['ReadWriteMany'], keep: false });
  const asked = (state: State) =>
    (manifestOf(only(state, 'PersistentVolumeClaim')).spec as { resources?: unknown }).resources;

  test('grows', () => {
    const state = settle(world({}));
    edit(state, 'ModelDeployment', 'qwen', { cache: sized('150Gi') });
    settle(state);
    expect(asked(state)).toEqual({ requests: { storage: '150Gi' } });
    expect(conditions(state)).toMatchObject({ SpecAccepted: 'True Accepted', CacheReady: 'True Filled' });
  });

  test('does not shrink, and what serves goes on', () => {
    const state = settle(world({}));
    edit(state, 'ModelDeployment', 'qwen', { cache: sized('102400Mi') });
    settle(state);
    expect(conditions(state)).toMatchObject({ SpecAccepted: 'True Accepted' });
    edit(state, 'ModelDeployment', 'qwen', { cache: sized('50Gi') });
    settle(state);
    expect(conditions(state)).toMatchObject({
      SpecAccepted: 'False InvalidCache',
      CacheReady: 'True Filled',
      Ready: 'True Available',
    });
    expect(message(state, 'SpecAccepted')).toContain(
      'placement default: cache.size is 50Gi, and the volume has 102400Mi already, which cannot shrink; set 102400Mi, or another storageClassName for a new volume',
    );
  });

  test('stays what it is where somebody else has grown it', () => {
    const state = settle(world({}));
    const object = only(state, 'PersistentVolumeClaim');
    const there = manifestOf(object);
    const grown = { ...there, spec: { ...(there.spec as Json), resources: { requests: { storage: '1Ti' } } } };
    report(state, object, { atProvider: { manifest: grown } as unknown as Json });
    settle(state);
    expect(asked(state)).toEqual({ requests: { storage: '1Ti' } });
    expect(conditions(state)).toMatchObject({ SpecAccepted: 'True Accepted' });
  });

  test('that was wanted and never given can be taken back', () => {
    const state = settle(world({}));
    const object = only(state, 'PersistentVolumeClaim');
    failing(state, object, 'cannot dry run SSA: only dynamically provisioned pvc can be resized');
    edit(state, 'ModelDeployment', 'qwen', { cache: sized('150Gi') });
    settle(state);
    expect(conditions(state)).toMatchObject({ CacheReady: 'False NotTaken' });
    edit(state, 'ModelDeployment', 'qwen', { cache: sized('100Gi') });
    settle(state);
    expect(conditions(state)).toMatchObject({ SpecAccepted: 'True Accepted' });
  });

  test('that the cluster does not give is said in its own words, and what serves goes on', () => {
    const state = settle(world({}));
    const words =
      'persistentvolumeclaims "x" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    failing(state, only(state, 'PersistentVolumeClaim'), `cannot get desired state: cannot dry run SSA: ${words}`);
    settle(state);
    expect(conditions(state)).toMatchObject({
      CacheReady: 'False NotTaken',
      PlacementsReady: 'True Ready',
      Ready: 'True Available',
    });
    expect(message(state, 'CacheReady')).toBe(
      `default: Cluster us does not take the volume as it is wanted: ${words}. What is there stays.`,
    );
  });
});

test('a class that is not there is named', () => {
  const state = world({});
  settle(state, (now) => {
    for (const object of ofKind(now, 'StorageClass'))
      report(now, object, {
        conditions: [
          {
            type: 'Synced',
            status: 'False',
            message: 'observe failed: cannot observe object: external resource does not exist',
          },
        ],
      });
    fills(now);
  });
  expect(conditions(state)).toMatchObject({ CacheReady: 'False StorageClassNotFound', Ready: 'False Creating' });
  expect(message(state, 'CacheReady')).toContain('default: Cluster us has no StorageClass shared (');
});

test('a cluster without a default class is said to have none', () => {
  const state = world({}, { size: '100Gi' });
  settle(state, (now) => {
    fills(now);
    for (const object of ofKind(now, 'PersistentVolumeClaim'))
      report(now, object, {
        atProvider: { manifest: { ...manifestOf(object), status: { phase: 'Pending' } } } as unknown as Json,
      });
  });
  expect(message(state, 'CacheReady')).toContain(
    'Cluster us has no default StorageClass; name one in cache.storageClassName.',
  );
});

const ONCE = { ...SHARED, accessModes: ['ReadWriteOnce'] };
const engine = (fields: Json) => ({ template: { spec: { containers: [{ name: 'engine', ...fields }] } } });

test.each([
  {
    name: 'a volume of one node for two replicas',
    spec: { cache: ONCE, replicas: 2, rollout: { maxSurge: 0, maxUnavailable: 1 } },
    want: 'cache.accessModes is ReadWriteOnce, a volume that one node mounts, and 2 replicas may be on several; set accessModes [ReadWriteMany] with a storageClassName that has it, or replicas 1',
  },
  {
    name: 'a volume of one node for engines that follow their load',
    spec: { cache: ONCE, scaling: { min: 1, max: 4, queue: 2 }, rollout: { maxSurge: 0, maxUnavailable: 1 } },
    want: 'and scaling.max 4 engines may be on several; set accessModes [ReadWriteMany] with a storageClassName that has it, or remove scaling',
  },
  {
    name: 'a volume of one node for engines that become more by themselves',
    spec: { cache: ONCE, scaling: { min: 1, max: 3, queue: 2 }, rollout: { maxSurge: 0, maxUnavailable: 1 } },
    want: 'a volume that one node mounts, and scaling.max 3 engines may be on several; set accessModes [ReadWriteMany] with a storageClassName that has it, or remove scaling',
  },
  {
    name: 'a volume of one node for a rollout that starts the next engine first',
    spec: { cache: ONCE },
    want: 'rollout.maxSurge 1 starts the next engine perhaps on another; set maxSurge 0 and maxUnavailable 1, or set accessModes [ReadWriteMany]',
  },
  {
    name: 'weights that are kept elsewhere',
    spec: { cache: SHARED, ...engine({ env: [{ name: 'HF_HUB_CACHE', value: '/x' }] }) },
    want: 'container engine: env sets HF_HUB_CACHE, so nothing would be kept in cache',
  },
  {
    name: 'weights that are downloaded elsewhere',
    spec: { cache: SHARED, ...engine({ args: ['--download-dir=/x'] }) },
    want: 'container engine: args has --download-dir=/x, so nothing would be kept in cache',
  },
  {
    name: 'a home that a variable fills in',
    spec: { cache: SHARED, ...engine({ env: [{ name: 'HF_HOME', value: '$(X)/y' }] }) },
    want: 'container engine: env HF_HOME is where cache is mounted, and is no plain path; give one, or remove it',
  },
  {
    name: 'a volume that is called as its own',
    spec: { cache: SHARED, template: { spec: { volumes: [{ name: 'modelplane-cache', emptyDir: {} }] } } },
    want: 'volume modelplane-cache of the template has the name of the volume for cache; call it otherwise',
  },
])('$name is refused', ({ spec, want }) => {
  const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment(spec as unknown as Json)));
  expect(conditions(state)).toMatchObject({ SpecAccepted: 'False InvalidCache' });
  expect(message(state, 'SpecAccepted')).toContain(want);
});

test('one replica that goes before the next may have a volume of one node', () => {
  const rollout = { maxSurge: 0, maxUnavailable: 1 };
  const state = settle(world({ rollout }, ONCE));
  expect(conditions(state)).toMatchObject({ SpecAccepted: 'True Accepted', Ready: 'True Available' });
});

test('engines of which nobody can tell what they load fill it themselves', () => {
  const template = { spec: { containers: [{ name: 'engine', image: 'example.com/engine:1', command: ['serve'] }] } };
  const state = settle(world({ model: undefined as never, engine: { type: 'nim', port: 8000 }, template }));
  expect(ofKind(state, 'Job')).toEqual([]);
  expect(conditions(state)).toMatchObject({ CacheReady: 'True FilledByEngines', Ready: 'True Available' });
  expect(status(state)).toMatchObject({ filling: 'ByEngines' });
});

test('a deployment without one says nothing of it', () => {
  const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment({})));
  expect(conditions(state)).not.toHaveProperty('CacheReady');
});
