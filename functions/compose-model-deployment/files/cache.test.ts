import { describe, expect, test } from 'vitest';
import type { ClusterObject, Json } from '../../../preview/objects.ts';
import type { State } from '../../../preview/world.ts';
import {
  all,
  cluster,
  conditions,
  controlPlane,
  deployment,
  edit,
  enginesOf,
  FRONT_DOOR,
  heal,
  manifestOf,
  one,
  report,
  scale,
  served,
  settle,
} from '../testing.ts';

const SHARED = { size: '100Gi', storageClassName: 'shared' };

const world = (spec: Json, cache: Json = SHARED) =>
  controlPlane(FRONT_DOOR, cluster('us'), deployment({ cache, ...spec }));

const ofKind = (state: State, kind: string): ClusterObject[] =>
  all(state, 'Object').filter((object) => manifestOf(object).kind === kind);

const only = (state: State, kind: string): ClusterObject => {
  const [first, ...others] = ofKind(state, kind);
  if (first === undefined || others.length > 0) throw new Error(`there are ${ofKind(state, kind).length} of ${kind}`);
  return first;
};

const nameOf = (object: ClusterObject): string => manifestOf(object).metadata.name;

interface Engine {
  readonly template: {
    readonly metadata: { readonly annotations?: Json };
    readonly spec: {
      readonly securityContext?: Json;
      readonly volumes: readonly { name: string; persistentVolumeClaim?: { claimName: string } }[];
      readonly containers: readonly {
        readonly args?: string[];
        readonly command?: string[];
        readonly image: string;
        readonly env?: readonly { name: string; value?: string }[];
        readonly volumeMounts: readonly { name: string; mountPath: string }[];
        readonly resources: Json;
      }[];
    };
  };
}
const podOf = (object: ClusterObject) => (manifestOf(object).spec as unknown as Engine).template;

/** Where the engine has the claim mounted, and what it is told of it. */
function mountOf(object: ClusterObject) {
  const { containers, volumes, securityContext } = podOf(object).spec;
  const [engine] = containers;
  const { name, persistentVolumeClaim } = volumes.find((volume) => volume.persistentVolumeClaim) ?? {};
  return {
    claim: persistentVolumeClaim?.claimName,
    at: engine?.volumeMounts.find((mount) => mount.name === name)?.mountPath,
    home: engine?.env?.find((variable) => variable.name === 'HF_HOME')?.value,
    group: securityContext?.fsGroup,
  };
}

const message = (state: State, type: string) =>
  (one(state, 'ModelDeployment', 'qwen').status as { conditions: Json[] }).conditions.find(
    (condition) => condition.type === type,
  )?.message;

const status = (state: State) =>
  (one(state, 'ModelDeployment', 'qwen').status as { placements: { cache?: Json }[] }).placements[0]?.cache;

/** A job that runs still. */
function fills(state: State, job: Json = { active: 1 }): void {
  for (const object of ofKind(state, 'Job'))
    report(state, object, {
      atProvider: { manifest: { ...manifestOf(object), status: job } },
      conditions: [
        { type: 'Synced', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
    });
}

const failing = (state: State, object: ClusterObject, error: string): void =>
  report(state, object, {
    conditions: [
      { type: 'Synced', status: 'False', message: `observe failed: ${error}` },
      { type: 'Ready', status: 'True' },
    ],
  });

describe('a volume', () => {
  test('is filled before engines start, by their own image, as their own user and with their own variables', () => {
    const env = [{ name: 'HTTPS_PROXY', value: 'http://proxy.example' }];
    const template = { spec: { nodeSelector: { gpu: 'h100' }, containers: [{ name: 'engine', env }] } };
    const state = settle(world({ template }), fills);
    const job = only(state, 'Job');
    const { spec, metadata } = podOf(job) as unknown as { spec: Json & Engine['template']['spec']; metadata: Json };
    const [container] = spec.containers;
    expect(spec).toMatchObject({
      restartPolicy: 'Never',
      nodeSelector: { gpu: 'h100' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
    });
    expect(container?.command?.slice(0, 2)).toEqual(['python3', '-c']);
    expect(container?.command?.slice(3)).toEqual(['Qwen/Qwen3-8B']);
    expect(container?.image).toMatch(/vllm-openai/);
    expect(container?.env).toEqual(expect.arrayContaining(env));
    expect(container?.resources).not.toHaveProperty(['limits', 'nvidia.com/gpu']);
    expect(metadata.labels).not.toHaveProperty('modelplane.ai/pool');
    expect(mountOf(job)).toMatchObject({
      claim: nameOf(only(state, 'PersistentVolumeClaim')),
      at: '/cache/huggingface',
    });
    expect(() => enginesOf(state, 'default')).toThrow('there are 0 engines');
    expect(conditions(state)).toMatchObject({ CacheReady: 'False Filling', Ready: 'False Creating' });
    expect(message(state, 'PlacementsReady')).toContain('Its volume is being filled; kubectl describe pods');

    heal(state, job);
    settle(state);
    expect(mountOf(enginesOf(state, 'default'))).toEqual({
      claim: nameOf(only(state, 'PersistentVolumeClaim')),
      at: '/cache/huggingface',
      home: '/cache/huggingface',
      group: undefined,
    });
    expect(conditions(state)).toMatchObject({ CacheReady: 'True Filled', Ready: 'True Available' });
    expect(status(state)).toEqual({
      claimName: nameOf(only(state, 'PersistentVolumeClaim')),
      size: '100Gi',
      storageClassName: 'shared',
      phase: 'Bound',
      filling: 'Filled',
    });
  });

  test.each([
    { name: 'root, as the image says', securityContext: undefined, group: undefined },
    { name: 'a user', securityContext: { runAsUser: 2000 }, group: 2000 },
    { name: 'not root, and nobody says who', securityContext: { runAsNonRoot: true }, group: 1000 },
    { name: 'a user with a group for files', securityContext: { runAsUser: 2000, fsGroup: 3000 }, group: 3000 },
  ])('can be written by an engine that is $name', ({ securityContext, group }) => {
    const template = { spec: securityContext ? { securityContext } : {} };
    const state = settle(world({ template }));
    expect([mountOf(enginesOf(state, 'default')), mountOf(only(state, 'Job'))]).toMatchObject([{ group }, { group }]);
  });

  test('is mounted where the template says that weights are', () => {
    const env = [{ name: 'HF_HOME', value: '/models' }];
    const state = settle(world({ template: { spec: { containers: [{ name: 'engine', env }] } } }));
    expect(mountOf(enginesOf(state, 'default'))).toMatchObject({ at: '/models', home: '/models' });
  });

  test('waits for the token that it is filled with', () => {
    const state = world({ huggingFaceToken: { secretRef: { name: 'hf', key: 'token' } } });
    settle(state, (now) => {
      const secrets = ofKind(now, 'Secret').filter(({ spec }) => (spec as Json).references !== undefined);
      if (secrets.length === 0) expect(ofKind(now, 'Job')).toEqual([]);
    });
    expect(JSON.stringify(podOf(only(state, 'Job')))).toContain('HF_TOKEN');
  });

  test('stays with keep, whoever goes', () => {
    expect(only(settle(world({}, { ...SHARED, keep: true })), 'PersistentVolumeClaim').spec).toMatchObject({
      managementPolicies: ['Observe', 'Create', 'Update'],
    });
    expect(only(settle(world({})), 'PersistentVolumeClaim').spec).not.toHaveProperty('managementPolicies');
  });

  test('goes when engines have it no more', () => {
    const state = settle(world({}));
    const name = nameOf(only(state, 'PersistentVolumeClaim'));
    edit(state, 'ModelDeployment', 'qwen', { cache: undefined as never });
    settle(state, (now) => {
      if (JSON.stringify(enginesOf(now, 'default')).includes(name))
        expect(ofKind(now, 'PersistentVolumeClaim').map(nameOf)).toEqual([name]);
    });
    expect([
      ...ofKind(state, 'PersistentVolumeClaim'),
      ...ofKind(state, 'Job'),
      ...ofKind(state, 'StorageClass'),
    ]).toEqual([]);
  });
});

describe('a rollout', () => {
  test('to another model fills the same volume first, while the engines before serve', () => {
    const state = settle(world({}));
    const claim = nameOf(only(state, 'PersistentVolumeClaim'));
    const before = nameOf(only(state, 'Job'));
    edit(state, 'ModelDeployment', 'qwen', { model: 'Qwen/Qwen3-32B', replicas: 2 });
    settle(state, (now) => fills({ ...now } as State));
    expect(nameOf(only(state, 'Job'))).not.toBe(before);
    expect(podOf(enginesOf(state, 'default')).spec.containers[0]?.args?.[0]).toBe('Qwen/Qwen3-8B');
    expect(scale(state, 'default')).toBe(2);
    expect(served(state, 'qwen')).toEqual({ 'default@us': 1 });
    expect(conditions(state)).toMatchObject({ CacheReady: 'False Filling', Ready: 'True Available' });
    heal(state, only(state, 'Job'));
    settle(state);
    expect(podOf(enginesOf(state, 'default')).spec.containers[0]?.args?.[0]).toBe('Qwen/Qwen3-32B');
    expect(nameOf(only(state, 'PersistentVolumeClaim'))).toBe(claim);
  });

  test('to another image fills nothing again', () => {
    const state = settle(world({}));
    const before = only(state, 'Job');
    const containers = [{ name: 'engine', image: 'docker.io/vllm/vllm-openai:v0.30.0' }];
    edit(state, 'ModelDeployment', 'qwen', { template: { spec: { containers } } });
    settle(state);
    expect(only(state, 'Job').spec).toEqual(before.spec);
    expect(podOf(enginesOf(state, 'default')).spec.containers[0]?.image).toBe('docker.io/vllm/vllm-openai:v0.30.0');
  });

  test('to another class fills a new volume, and then the old one goes', () => {
    const state = settle(world({}));
    const before = nameOf(only(state, 'PersistentVolumeClaim'));
    edit(state, 'ModelDeployment', 'qwen', {
      cache: { ...SHARED, storageClassName: 'fast', accessModes: ['ReadWriteMany'], keep: false },
    });
    settle(state, (now) => fills(now));
    expect(mountOf(enginesOf(state, 'default')).claim).toBe(before);
    expect(ofKind(state, 'PersistentVolumeClaim')).toHaveLength(2);
    for (const job of ofKind(state, 'Job')) heal(state, job);
    settle(state);
    expect(nameOf(only(state, 'PersistentVolumeClaim'))).not.toBe(before);
    expect(mountOf(enginesOf(state, 'default')).claim).toBe(nameOf(only(state, 'PersistentVolumeClaim')));
  });
});

describe('a job that fails', () => {
  test('is said, and once it gives up another begins', () => {
    const state = world({});
    settle(state, (now) => fills(now, { failed: 2 }));
    expect(conditions(state)).toMatchObject({ CacheReady: 'False Failing' });
    expect(message(state, 'CacheReady')).toMatch(
      /could not be filled in 2 of its attempts.*kubectl logs --namespace=mp-ml-team --selector=modelplane.ai\/fills=/,
    );
    const given = { failed: 7, conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] };
    fills(state, given);
    let gone = false;
    settle(state, (now) => {
      gone ||= ofKind(now, 'Job').length === 0;
    });
    expect(gone).toBe(true);
    heal(state, only(state, 'Job'));
    settle(state);
    expect(conditions(state)).toMatchObject({ CacheReady: 'True Filled', Ready: 'True Available' });
  });
});

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
