import { describe, expect, test } from 'vitest';
import type { Json } from '../../../preview/objects.ts';
import type { State } from '../../../preview/world.ts';
import { conditions, edit, enginesOf, heal, scale, served, settle } from '../testing.ts';
import type { Engine } from './testing.ts';
import { fills, message, mountOf, nameOf, ofKind, only, podOf, SHARED, status, world } from './testing.ts';

describe('a volume', () => {
  test('is filled before engines start, by their own image, as their own user and with their own variables', () => {
    const env = [{ name: 'HTTPS_PROXY', value: 'http://proxy.example' }];
    const pod = {
      nodeSelector: { gpu: 'h100' },
      hostAliases: [{ ip: '10.0.0.5', hostnames: ['mirror.example'] }],
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.53'] },
    };
    const template = { spec: { ...pod, containers: [{ name: 'engine', env }] } };
    const state = settle(world({ template }), fills);
    const job = only(state, 'Job');
    const { spec, metadata } = podOf(job) as unknown as { spec: Json & Engine['template']['spec']; metadata: Json };
    const [container] = spec.containers;
    expect(spec).toMatchObject({
      restartPolicy: 'Never',
      ...pod,
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

  test.each(['/models', '/models/'])('is mounted where the template says that weights are: %s', (value) => {
    const env = [{ name: 'HF_HOME', value }];
    const state = settle(world({ template: { spec: { containers: [{ name: 'engine', env }] } } }));
    expect(mountOf(enginesOf(state, 'default'))).toMatchObject({ at: '/models', home: value });
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

  test.each([
    { name: 'serves', look: () => {} },
    { name: 'has not served yet', look: fills },
  ])('stays by the same edit that removes its placement, which $name', ({ look }) => {
    const placements = ['default', 'other'].map((name) => ({ name, weight: 1, clusterName: 'us' }));
    const state = settle(world({ placements }), look);
    const told = new Map<string, unknown>();
    edit(state, 'ModelDeployment', 'qwen', {
      placements: placements.slice(1),
      cache: { ...SHARED, accessModes: ['ReadWriteMany'], keep: true },
    });
    settle(state, (now) => {
      look(now);
      for (const object of ofKind(now, 'PersistentVolumeClaim'))
        told.set(object.metadata.labels?.['modelplane.ai/placement'] ?? '', (object.spec as Json).managementPolicies);
    });
    expect(ofKind(state, 'PersistentVolumeClaim')).toHaveLength(1);
    expect(told.get('default')).toEqual(['Observe', 'Create', 'Update']);
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

describe('a job that is not through', () => {
  const image = (tag: string): Json => ({
    template: { spec: { containers: [{ name: 'engine', image: `docker.io/vllm/vllm-openai:${tag}` }] } },
  });
  const imageOf = (state: State) => podOf(only(state, 'Job')).spec.containers[0]?.image;

  test('goes for another when its template is mended', () => {
    const state = settle(world(image('v0.30.0-typo')), (now) => fills(now));
    edit(state, 'ModelDeployment', 'qwen', image('v0.30.0'));
    settle(state, (now) => fills(now));
    expect(imageOf(state)).toBe('docker.io/vllm/vllm-openai:v0.30.0');
    heal(state, only(state, 'Job'));
    settle(state);
    expect(conditions(state)).toMatchObject({ CacheReady: 'True Filled', Ready: 'True Available' });
  });

  test('stays the same one as long as nobody changes what it runs', () => {
    const state = settle(world(image('v0.30.0')), (now) => fills(now));
    const { uid } = only(state, 'Job').metadata;
    edit(state, 'ModelDeployment', 'qwen', { replicas: 3 });
    settle(state, (now) => fills(now));
    expect(only(state, 'Job').metadata.uid).toBe(uid);
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
