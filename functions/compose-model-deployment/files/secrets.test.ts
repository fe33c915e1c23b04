import { describe, expect, test } from 'vitest';
import type { ClusterObject, Json } from '../../../preview/objects.ts';
import type { State } from '../../../preview/world.ts';
import {
  all,
  at,
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
  placements,
  put,
  reconcile,
  report,
  scale,
  served,
  settle,
} from '../testing.ts';

const TOKEN = { huggingFaceToken: { secretRef: { name: 'hf', key: 'token' } } };
const STORE = {
  secrets: ['store'],
  template: { spec: { containers: [{ name: 'engine', envFrom: [{ secretRef: { name: 'store' } }] }] } },
};

const world = (spec: Json) => controlPlane(FRONT_DOOR, cluster('us'), cluster('eu'), deployment(spec));

const isSecret = (object: ClusterObject): boolean => manifestOf(object).kind === 'Secret';
const isData = (object: ClusterObject): boolean =>
  isSecret(object) &&
  (object.spec as { managementPolicies?: string[] }).managementPolicies?.includes('Create') === false;

const copies = (state: State) => all(state, 'Object').filter((object) => isSecret(object) && !isData(object));
const data = (state: State) => all(state, 'Object').filter(isData);
const nameOf = (object: ClusterObject) => manifestOf(object).metadata.name;

interface Reference {
  readonly patchesFrom: { readonly namespace: string; readonly name: string; readonly fieldPath: string };
  readonly toFieldPath: string;
}
const referencesOf = (object: ClusterObject) => (object.spec as { references?: Reference[] }).references;

const message = (state: State, type: string) =>
  (one(state, 'ModelDeployment', 'qwen').status as { conditions: Json[] }).conditions.find(
    (condition) => condition.type === type,
  )?.message;

const only = <T>([first, ...others]: readonly T[]): T => {
  if (first === undefined || others.length > 0) throw new Error(`there are ${others.length + (first ? 1 : 0)}`);
  return first;
};

/** What provider-kubernetes says from now on. */
const failing = (state: State, object: ClusterObject, error: string, ready: 'True' | 'False') =>
  report(state, object, {
    conditions: [
      { type: 'Synced', status: 'False', message: `observe failed: ${error}` },
      { type: 'Ready', status: ready },
    ],
  });

const MISSING = 'cannot resolve resource references: cannot get referenced resource: secrets "hf" not found';

describe('a Secret that is brought', () => {
  test('is in no Object: what fills its copy refers to it when it has been written for the last time', () => {
    const state = world(TOKEN);
    const written = new Set<string>();
    settle(state, (now) => {
      const refers = data(now).filter((object) => referencesOf(object) !== undefined);
      expect(refers.filter(({ metadata }) => !written.has(metadata.uid ?? ''))).toEqual([]);
      for (const { metadata } of data(now)) written.add(metadata.uid ?? '');
      const secrets = [...copies(now), ...data(now)];
      expect(secrets.filter((object) => 'data' in manifestOf(object) || 'stringData' in manifestOf(object))).toEqual(
        [],
      );
      expect(copies(now).filter((object) => referencesOf(object) !== undefined)).toEqual([]);
    });
    expect(written.size).toBe(1);
  });

  test('is read in the deployment’s own namespace, with its type, which the API server holds to Opaque', () => {
    const state = settle(world({ ...STORE, ...TOKEN }));
    const from = (name: string, fieldPath: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: 'ml-team',
      name,
      fieldPath,
    });
    expect(data(state).map(referencesOf)).toEqual(
      expect.arrayContaining([
        [
          { patchesFrom: from('store', 'data'), toFieldPath: 'data' },
          { patchesFrom: from('store', 'type'), toFieldPath: 'type' },
        ],
        [
          { patchesFrom: from('hf', 'data[token]'), toFieldPath: 'data.HF_TOKEN' },
          { patchesFrom: from('hf', 'type'), toFieldPath: 'type' },
        ],
      ]),
    );
    expect(copies(state).map((object) => (manifestOf(object) as unknown as { type: string }).type)).toEqual([
      'Opaque',
      'Opaque',
    ]);
  });

  test('is in the engine by the name of its copy, which is a site’s own', () => {
    const spec = {
      ...STORE,
      ...TOKEN,
      placements: [at('us'), at('eu'), at('us2', { clusterSelector: { matchLabels: { region: 'us' } } })],
    };
    const state = settle(world(spec));
    const names = copies(state).map(nameOf);
    expect(new Set(names).size).toBe(6);
    for (const placement of ['us', 'eu', 'us2']) {
      const engines = JSON.stringify(manifestOf(enginesOf(state, placement)));
      const own = copies(state).filter(({ metadata }) => metadata.labels?.['modelplane.ai/placement'] === placement);
      expect(own.map((copy) => engines.includes(`"name":"${nameOf(copy)}"`))).toEqual([true, true]);
      expect(engines).not.toContain('"name":"store"');
    }
    expect(conditions(state)).toMatchObject({ SecretsReady: 'True Brought', Ready: 'True Available' });
  });

  test('is not shared by two deployments of one namespace', () => {
    const other = deployment({ ...TOKEN }).replace('name: qwen', 'name: other');
    const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment(TOKEN), other));
    expect(new Set(copies(state).map(nameOf)).size).toBe(2);
    const bindings = all(state, 'Object').filter((object) => nameOf(object) === 'modelplane-secrets');
    expect(bindings).toHaveLength(2);
    for (const { spec } of bindings)
      expect(spec).toMatchObject({ managementPolicies: ['Observe', 'Create', 'Update'] });
  });

  test('goes when engines name it no more, and no sooner', () => {
    const state = settle(world(TOKEN));
    const name = nameOf(only(copies(state)));
    edit(state, 'ModelDeployment', 'qwen', { huggingFaceToken: undefined as never });
    settle(state, (now) => {
      const isNamed = JSON.stringify(enginesOf(now, 'default')).includes(name);
      if (isNamed) expect(copies(now).map(nameOf)).toEqual([name]);
    });
    expect([...copies(state), ...data(state)]).toEqual([]);
    expect(conditions(state)).toMatchObject({ SecretsReady: 'True Brought', Ready: 'True Available' });
  });

  /** As a backup has it that was taken of a cluster. */
  const expose = (state: State): void => {
    const object = only(data(state));
    const exposed = { ...manifestOf(object), data: { HF_TOKEN: 'aGY=' } };
    put(state, { ...object, spec: { ...(object.spec as Json), forProvider: { manifest: exposed } } as Json });
  };

  test.each([
    { name: 'a claim is refused', spec: { endpointPicker: { config: { nonsense: true, plugins: [] } } } },
    { name: 'a placement leaves', spec: { placements: [{ name: 'other', clusterName: 'eu' }] } },
  ])('whose copy got values into its Object is not kept so while $name', ({ spec }) => {
    const state = settle(world({ ...TOKEN, placements: [{ name: 'us', clusterName: 'us' }] }));
    expose(state);
    edit(state, 'ModelDeployment', 'qwen', spec);
    reconcile(state, 'ModelDeployment');
    expect(JSON.stringify(data(state))).not.toContain('aGY=');
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1 });
  });

  test('whose copy got values into its Object, from a backup for one, is brought anew', () => {
    const state = settle(world(TOKEN));
    expose(state);
    let gone = false;
    settle(state, (now) => {
      gone ||= data(now).length === 0;
    });
    expect(gone).toBe(true);
    expect(JSON.stringify(data(state))).not.toContain('aGY=');
    expect(referencesOf(only(data(state)))).toBeDefined();
  });
});

describe('a Secret that is missing', () => {
  test('keeps engines from starting, and is named with the way out', () => {
    const state = world(TOKEN);
    settle(state, (now) => {
      for (const object of data(now)) if (referencesOf(object)) failing(now, object, MISSING, 'False');
    });
    expect(() => enginesOf(state, 'default')).toThrow('there are 0 engines');
    expect(conditions(state)).toMatchObject({ SecretsReady: 'False NotFound', Ready: 'False Creating' });
    expect(message(state, 'SecretsReady')).toBe(
      'Secret hf is not in namespace ml-team; create it there, or take it out of spec.huggingFaceToken. Engines that have it keep it as it was.',
    );
    expect(message(state, 'PlacementsReady')).toContain('Engines wait for Secret hf; SecretsReady says why.');
    heal(state, only(data(state)));
    settle(state);
    expect(conditions(state)).toMatchObject({ SecretsReady: 'True Brought', Ready: 'True Available' });
  });

  test('later on is no matter to what serves', () => {
    const state = settle(world(TOKEN));
    const before = manifestOf(enginesOf(state, 'default'));
    failing(state, only(data(state)), MISSING, 'True');
    settle(state);
    expect(conditions(state)).toMatchObject({
      SecretsReady: 'False NotFound',
      Ready: 'True Available',
      PlacementsReady: 'True Ready',
    });
    expect(placements(state)).toEqual({ 'default@eu': 'Ready' });
    expect(manifestOf(enginesOf(state, 'default'))).toEqual(before);
    expect(served(state, 'qwen')).toEqual({ 'default@eu': 1 });
  });

  test('holds an edit that wants it, while the engines before go on and can be scaled', () => {
    const state = settle(world({}));
    edit(state, 'ModelDeployment', 'qwen', { ...TOKEN, replicas: 3 });
    settle(state, (now) => {
      for (const object of data(now)) if (referencesOf(object)) failing(now, object, MISSING, 'False');
    });
    expect(JSON.stringify(enginesOf(state, 'default'))).not.toContain('HF_TOKEN');
    expect(scale(state, 'default')).toBe(3);
    expect(conditions(state)).toMatchObject({ SecretsReady: 'False NotFound', Ready: 'True Available' });
    heal(state, only(data(state)));
    settle(state);
    expect(JSON.stringify(enginesOf(state, 'default'))).toContain('HF_TOKEN');
  });
});

test.each([
  {
    name: 'that has not the key',
    error: 'cannot resolve resource references: cannot patch from referenced resource: data[token]: no such field',
    want: [
      'False KeyNotFound',
      'Secret hf has no key token, which is to be HF_TOKEN; add it, or correct spec.huggingFaceToken.secretRef.key.',
    ],
  },
  {
    name: 'of another type',
    error:
      'cannot get desired state: cannot dry run SSA: Secret "x" is invalid: type: Invalid value: "kubernetes.io/tls": field is immutable',
    want: [
      'False InvalidType',
      'Secret hf is not of type Opaque, and only that is brought; make one of type Opaque with the same data, and name it in spec.huggingFaceToken.',
    ],
  },
  {
    name: 'that the cluster does not take',
    error: 'cannot dry run SSA: admission webhook "secrets" denied the request: no\nmore lines',
    want: [
      'False NotTaken',
      'Secret hf cannot be brought to eu: observe failed: cannot dry run SSA: admission webhook "secrets" denied the request: no.',
    ],
  },
  {
    name: 'on a cluster that does not answer is what it was',
    error: 'cannot get object: dial tcp 10.0.0.1:6443: connect: connection refused',
    want: ['True Brought', 'Every Secret is in its clusters as it is here.'],
  },
])('a Secret $name', ({ error, want: [condition = '', words] }) => {
  const state = settle(world(TOKEN));
  failing(state, only(data(state)), error, 'True');
  settle(state);
  expect(conditions(state)).toMatchObject({ SecretsReady: condition, Ready: 'True Available' });
  expect(message(state, 'SecretsReady')).toContain(words);
});

test('nothing is read while provider-kubernetes would show it', () => {
  const state = world(TOKEN);
  settle(state, (now) => {
    for (const object of [...copies(now), ...data(now)]) {
      expect(referencesOf(object)).toBeUndefined();
      const conditionsNow = [
        { type: 'Synced', status: 'True' },
        { type: 'Ready', status: 'False' },
      ];
      report(now, object, { atProvider: { manifest: manifestOf(object) }, conditions: conditionsNow });
    }
  });
  expect(conditions(state)).toMatchObject({ SecretsReady: 'False NotHidden' });
  expect(message(state, 'SecretsReady')).toContain('sets its argument --sanitize-secrets');
});

test('a deployment that brings none says nothing of them', () =>
  expect(conditions(settle(world({})))).not.toHaveProperty('SecretsReady'));

test.each([
  {
    name: 'a token beside a variable of that name',
    spec: {
      ...TOKEN,
      template: { spec: { containers: [{ name: 'engine', env: [{ name: 'HF_TOKEN', value: 'x' }] }] } },
    },
    want: 'Cannot deploy: placement default: container engine: env sets HF_TOKEN beside spec.huggingFaceToken; keep one of them.',
  },
  {
    name: 'a Secret that images are to be fetched with',
    spec: { secrets: ['registry'], template: { spec: { imagePullSecrets: [{ name: 'registry' }] } } },
    want: 'Cannot deploy: placement default: imagePullSecrets has registry, which spec.secrets brings as a Secret of type Opaque,',
  },
])('$name is refused', ({ spec, want }) => {
  const state = settle(world(spec as unknown as Json));
  expect(conditions(state)).toMatchObject({ SpecAccepted: 'False InvalidTemplate' });
  expect(message(state, 'SpecAccepted')).toContain(want);
});
