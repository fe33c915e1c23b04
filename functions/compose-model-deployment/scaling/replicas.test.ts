import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObservedObject, ObservedSite } from '../observed.ts';
import { poolName, type Site } from '../site.ts';
import { replicasOf } from './replicas.ts';
import type { Scaling } from './scaling.ts';

const SITE: Site = { deployment: { namespace: 'ml-team', name: 'qwen' }, placement: 'us', cluster: 'gpu' };
const SCALING: Scaling = { min: 2, max: 8, measure: 'queue', target: 2, windowSeconds: 300 };
const ENGINES = 'qwen-us-engines';
const SECOND = 'qwen-us-replicas';

interface Told {
  readonly asked: number | undefined;
  readonly seen?: { readonly replicas: number; readonly owners?: readonly string[] } | undefined;
  readonly synced?: boolean;
}

const object = (name: string, kind: string, { asked, seen, synced = true }: Told): ObservedObject => ({
  key: name,
  kind,
  name: poolName(SITE),
  ready: true,
  synced,
  error: undefined,
  resource: {
    apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
    kind: 'Object',
    metadata: { name },
    spec: { forProvider: { manifest: { spec: { ...(asked !== undefined && { replicas: asked }) } } } },
  },
  seen: seen && {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...(seen.owners && {
        managedFields: [
          { manager: 'kube-controller-manager', fieldsV1: { 'f:status': {} } },
          ...seen.owners.map((manager) => ({ manager, fieldsV1: { 'f:spec': { 'f:replicas': {} } } })),
        ],
      }),
    } as object,
    spec: { replicas: seen.replicas },
  },
});

const siteOf = (engines?: Told, second?: Told, scaled = false): ObservedSite => ({
  site: SITE,
  objects: engines ? [object(ENGINES, 'Deployment', engines)] : [],
  scaling: [
    ...(second ? [object(SECOND, 'Deployment', second)] : []),
    ...(scaled ? [object('scaled', 'ScaledObject', { asked: undefined })] : []),
  ],
  endpoint: undefined,
});

const [OURS, THEIRS] = [`provider-kubernetes/${ENGINES}`, `provider-kubernetes/${SECOND}`];

describe('who says how many engines there are', () => {
  const at = (replicas: number, ...owners: string[]) => ({ replicas, owners });
  test.each([
    {
      name: 'a new placement never says it, and has nothing to scale yet',
      site: siteOf(),
      want: [undefined, undefined, false],
    },
    {
      name: 'a second writer claims what the first one has',
      site: siteOf({ asked: 3, seen: at(3, OURS) }),
      want: [3, 3, false],
    },
    {
      name: 'it goes by what is seen, not by what was asked for',
      site: siteOf({ asked: undefined, seen: at(3, OURS) }),
      want: [3, 3, false],
    },
    {
      name: 'fewer than the least are made the least on the way',
      site: siteOf({ asked: 1, seen: at(1, OURS) }),
      want: [2, 2, false],
    },
    {
      name: 'the first one lets go when both claim it',
      site: siteOf({ asked: 3, seen: at(3, OURS, THEIRS) }, { asked: 3 }),
      want: [undefined, 3, false],
    },
    {
      name: 'the second one goes when the first has let go, and KEDA comes',
      site: siteOf({ asked: undefined, seen: at(3, THEIRS) }, { asked: 3 }),
      want: [undefined, undefined, true],
    },
    {
      name: 'a number that nobody claims is nobody’s of ours',
      site: siteOf({ asked: undefined, seen: at(5) }),
      want: [undefined, undefined, true],
    },
    {
      name: 'what was not seen is asked for as before',
      site: siteOf({ asked: 3 }),
      want: [3, undefined, false],
    },
    {
      name: 'a status that was lost begins nothing anew',
      site: siteOf({ asked: undefined }),
      want: [undefined, undefined, true],
    },
    {
      name: 'where the provider hides who claims it, the second writer is waited for',
      site: siteOf({ asked: 3, seen: { replicas: 3 } }, { asked: 3, synced: false }),
      want: [3, 3, false],
    },
    {
      name: 'and when it has written, the first one lets go',
      site: siteOf({ asked: 3, seen: { replicas: 3 } }, { asked: 3 }),
      want: [undefined, 3, false],
    },
  ])('$name', ({ site, want }) => {
    const { replicas, second, scales } = replicasOf(site, 2, SCALING);
    expect([replicas, second, scales]).toEqual(want);
  });

  test.each([
    { name: 'without scaling it is as wanted', site: siteOf({ asked: 3, seen: at(3, OURS) }), want: 5 },
    {
      name: 'KEDA goes before anything is said again',
      site: siteOf({ asked: undefined, seen: at(6) }, undefined, true),
      want: undefined,
    },
    { name: 'when it has gone the number is ours', site: siteOf({ asked: undefined, seen: at(6) }), want: 5 },
  ])('$name', ({ site, want }) =>
    expect(replicasOf(site, 5, undefined)).toEqual({ replicas: want, second: undefined, scales: false }),
  );
});

/** A Deployment as an API server keeps it: who claims `replicas`, and what becomes of it. */
interface Kept {
  readonly replicas: number;
  readonly owners: readonly string[];
}

/** A forced server-side apply. What nobody claims any more has its default again. */
function applied({ replicas, owners }: Kept, manager: string, asked: number | undefined): Kept {
  const others = owners.filter((owner) => owner !== manager);
  if (asked === undefined)
    return owners.length === 1 && others.length === 0 ? { replicas: 1, owners: [] } : { replicas, owners: others };
  return { replicas: asked, owners: [...(asked === replicas ? others : []), manager] };
}

/** An autoscaler's write to the scale subresource, which claims only what somebody claimed. */
const scaled = ({ replicas, owners }: Kept, asked: number): Kept =>
  asked === replicas
    ? { replicas, owners }
    : { replicas: asked, owners: owners.length === 0 ? [] : ['kube-controller-manager'] };

/** A placement and all who write to its engines, each of whom comes as late as may be. */
interface World {
  readonly server: Kept;
  /** Whether the Deployment is there. */
  readonly exists: boolean;
  readonly engines: Told | undefined;
  readonly second: Told | undefined;
  /** A ScaledObject is desired. */
  readonly isAsked: boolean;
  /** KEDA scales. */
  readonly isScaled: boolean;
  /** The spec has scaling. */
  readonly isOn: boolean;
}

const BEGINNING: World = {
  server: { replicas: 1, owners: [] },
  exists: false,
  engines: undefined,
  second: undefined,
  isAsked: false,
  isScaled: false,
  isOn: false,
};

const WANTED = 3;

const EVENTS = {
  reconcile: (world: World): World => {
    const { engines, second, isOn, isAsked, isScaled } = world;
    const to = replicasOf(siteOf(engines, second, isAsked || isScaled), WANTED, isOn ? SCALING : undefined);
    const told = { ...second, synced: second?.synced ?? false, asked: to.second };
    return {
      ...world,
      engines: { ...engines, asked: to.replicas },
      second: to.second === undefined ? undefined : told,
      isAsked: isOn && to.scales,
    };
  },
  /** provider-kubernetes gets to the Object of the engines, and says what it sees. */
  engines: (world: World): World => {
    if (world.engines === undefined) return world;
    const server = applied(world.server, OURS, world.engines.asked);
    return { ...world, server, exists: true, engines: { ...world.engines, seen: server } };
  },
  second: (world: World): World => {
    if (world.second === undefined || !world.exists) return world;
    return {
      ...world,
      server: applied(world.server, THEIRS, world.second.asked),
      second: { ...world.second, synced: true },
    };
  },
  keda: (world: World): World => ({ ...world, isScaled: world.isAsked }),
  autoscaler: (world: World, replicas: number): World =>
    world.isScaled && world.exists ? { ...world, server: scaled(world.server, replicas) } : world,
  switch: (world: World): World => ({ ...world, isOn: !world.isOn }),
} as const;

type Event = keyof typeof EVENTS;

/** What one of ours writes changes nothing while KEDA scales, and takes no engine away while scaling is wanted. */
function nothingIsLost(what: Event, before: World, after: World): void {
  if (!before.exists || (what !== 'engines' && what !== 'second')) return;
  const [was, is] = [before.server.replicas, after.server.replicas];
  if (before.isScaled) expect(is).toBe(was);
  if (before.isOn) expect(is).toBeGreaterThanOrEqual(Math.min(was, WANTED));
}

test('however late anybody is, no engine is lost while the number changes hands, and nobody fights for it', () => {
  const event = fc.oneof(
    {
      arbitrary: fc.constantFrom<Event>('reconcile', 'engines', 'second', 'keda', 'autoscaler'),
      weight: 24,
    },
    { arbitrary: fc.constant<Event>('switch'), weight: 1 },
  );
  const events = fc.array(fc.tuple(event, fc.integer({ min: 2, max: 8 })), { maxLength: 100, size: 'max' });
  fc.assert(
    fc.property(events, (happening) => {
      let world = BEGINNING;
      for (const [what, number] of happening) {
        const next = EVENTS[what](world, number);
        nothingIsLost(what, world, next);
        world = next;
      }
    }),
    { numRuns: 2000 },
  );
});
