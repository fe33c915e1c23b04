import { describe, expect, test } from 'vitest';
import {
  all,
  at,
  cluster,
  deployment,
  enginesOf,
  FRONT_DOOR,
  put,
  settle,
  withAvailable,
} from '../functions/compose-model-deployment/testing.ts';
import { readerOf, settled } from '../why/testing.ts';
import type { Scope } from '../why/view.ts';
import { changesOf } from './changes.ts';
import { edit } from './edit.ts';
import { inNamespace, readLive, untold } from './live.ts';
import { parseManifests } from './manifests.ts';
import type { ClusterObject } from './objects.ts';
import { play } from './play.ts';
import { trafficOf } from './traffic.ts';
import type { State } from './world.ts';

const LABELLED = [at('us', { weight: 3 }), at('eu')];
const running = () => settled(FRONT_DOOR, cluster('us'), cluster('eu'), deployment({ placements: LABELLED }));

/** What applying some manifests changes on a control plane that is as a state is. */
async function applied(there: State, yaml: string, isForbidden?: (scope: Scope) => boolean) {
  const manifests = inNamespace(there.world, parseManifests(yaml, 'new.yaml').manifests, 'ml-team');
  const live = await readLive(readerOf(there, isForbidden), there.world, manifests);
  const before = play(live.state);
  const begun = edit(before.state, live.former, manifests);
  if (!begun.ok) throw new Error(JSON.stringify(begun.problems));
  const after = play(begun.state);
  return { live, before: before.state, after: after.state, restless: [...before.restless, ...after.restless] };
}

const sharesOf = (state: State) =>
  trafficOf(state).map(({ request, madeUp, shares }) => ({
    request,
    madeUp,
    shares: shares.map(({ name, percent }) => `${name} ${percent}%`),
  }));

describe('what is read of a cluster', () => {
  test('is as it is there: the same again changes nothing', async () => {
    const there = running();
    const { before, after, restless, live } = await applied(there, deployment({ placements: LABELLED }));
    expect({ restless, unseen: live.unseen }).toEqual({ restless: [], unseen: [] });
    expect(trafficOf(before).map(({ shares }) => shares.map(({ upstream }) => upstream))).toEqual(
      trafficOf(there).map(({ shares }) => shares.map(({ upstream }) => upstream)),
    );
    expect(changesOf(before, after)).toEqual({ created: [], changed: [], deleted: [] });
  });

  test('has real addresses, and says of none that it is made up', async () => {
    const { before } = await applied(running(), deployment({ placements: LABELLED }));
    expect(sharesOf(before)).toEqual([
      {
        request: 'http://192.0.2.80/ml-team/qwen/v1/chat/completions',
        madeUp: undefined,
        shares: ['us on us 75%', 'eu on eu 25%'],
      },
    ]);
  });

  test('has engines that are dead there', async () => {
    const there = running();
    withAvailable(there, enginesOf(there, 'us'), 0);
    const { before } = await applied(settle(there), deployment({ placements: LABELLED }));
    expect(sharesOf(before)[0]?.shares).toEqual(['eu on eu 100%']);
  });
});

describe('what is applied to it', () => {
  test('changes shares, and nothing that is not in the files', async () => {
    const there = settled(FRONT_DOOR, cluster('us'), cluster('eu'), deployment({ placements: LABELLED }), OTHER);
    const { before, after } = await applied(there, deployment({ placements: [at('us', { weight: 1 }), at('eu')] }));
    const named = (state: State) => Object.fromEntries(sharesOf(state).map(({ request, shares }) => [request, shares]));
    const other = { 'http://192.0.2.80/shop/llama/v1/chat/completions': expect.any(Array) };
    expect(named(before)).not.toMatchObject(other);
    expect(named(after)).toEqual({
      'http://192.0.2.80/ml-team/qwen/v1/chat/completions': ['us on us 50%', 'eu on eu 50%'],
    });
    expect(changesOf(before, after).deleted).toEqual([]);
  });

  test('is in the namespace that is asked for where it names none, and new there', async () => {
    const nameless = OTHER.replaceAll(', namespace: shop', '');
    const { after, before } = await applied(running(), nameless);
    expect(changesOf(before, after).created.map(({ object }) => object)).toContain('ModelService ml-team/llama');
  });

  test.each([
    {
      name: 'a field that was applied before goes',
      noted: { model: 'Qwen/Qwen3-8B', criticality: 'Critical' },
      goes: true,
    },
    { name: 'what somebody else has set stays', noted: { model: 'Qwen/Qwen3-8B' }, goes: false },
  ])('by the note of kubectl: $name', async ({ noted, goes }) => {
    const there = settled(FRONT_DOOR, cluster('us'), deployment({ criticality: 'Critical' }));
    const [xr] = all(there, 'ModelDeployment') as [ClusterObject];
    const last = {
      apiVersion: xr.apiVersion,
      kind: xr.kind,
      metadata: { name: 'qwen', namespace: 'ml-team' },
      spec: noted,
    };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(last) };
    put(there, { ...xr, metadata: { ...xr.metadata, annotations } });
    const { before, after } = await applied(there, deployment({}));
    const changed = changesOf(before, after).changed.flatMap(({ fields }) => fields);
    expect(changed.some((field) => field.startsWith('spec.criticality: Critical →'))).toBe(goes);
  });
});

describe('with the rights of a tenant', () => {
  /** What the roles of install/ let him see: his namespace, and the catalogue. */
  const isForbidden = ({ namespace, kind }: Scope): boolean =>
    namespace !== 'ml-team' && !['InferenceGateway', 'InferenceCluster'].includes(kind);

  test('his own edits are told, beside a front door that stays as it is', async () => {
    const there = running();
    const { before, after, live } = await applied(
      there,
      deployment({ placements: [at('us', { weight: 1 }), at('eu')] }),
      isForbidden,
    );
    expect(live.unseen.length).toBeGreaterThan(0);
    expect(untold(before, after)).toEqual([]);
    expect(sharesOf(after)).toEqual([
      {
        request: 'http://192.0.2.80/ml-team/qwen/v1/chat/completions',
        madeUp: undefined,
        shares: ['us on us 50%', 'eu on eu 50%'],
      },
    ]);
  });

  test('nobody tells what becomes of what he cannot see whole', async () => {
    const { before, after } = await applied(
      running(),
      FRONT_DOOR.replace('{ backend: Traefik }', '{ hostname: a.example.com }'),
      isForbidden,
    );
    expect(untold(before, after)).toEqual([
      {
        object: 'InferenceGateway default',
        message: 'nobody can tell what becomes of it: you may not read all that it depends on',
      },
    ]);
  });
});

const OTHER = `
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: { name: other, namespace: shop, labels: { model: llama } }
spec: { url: http://10.0.0.7:8000 }
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelService
metadata: { name: llama, namespace: shop }
spec: { endpoints: [{ selector: { matchLabels: { model: llama } } }] }`;
