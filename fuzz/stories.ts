import { randomEdits } from './edits.ts';
import type { Event } from './events.ts';
import { addressesOf, CLUSTERS } from './genesis.ts';
import { type Random, randomOf } from './random.ts';
import type { Lag } from './store.ts';
import { WATCHED } from './traefik.ts';
import { KINDS } from './world.ts';

/** After so many events at most everybody gets his turn, and the world is looked at as a whole. */
const CHAPTER = 8;

/** The story of a seed. */
export function storyOf(seed: number): Event[] {
  const random = randomOf(seed);
  const chapters = 3 + random.int(6);
  // A story with fewer kinds of trouble goes deeper into those that it has.
  const trouble = {
    edit: randomEdits(random),
    faults: Array.from({ length: 1 + random.int(3) }, () => random.pick(FAULTS)),
    isTorn: random.chance(0.5),
    isLate: random.chance(0.3),
  };
  return Array.from({ length: chapters }, () => [
    ...Array.from({ length: 1 + random.int(CHAPTER) }, () => eventOf(random, trouble)),
    { do: 'settle', order: random.int(16) } as const,
  ]).flat();
}

type Make = (random: Random) => Event;

/** What may happen in a story beside everybody's work. */
interface Trouble {
  readonly edit: () => Event;
  readonly faults: readonly Make[];
  /** Reconciles are cut off. */
  readonly isTorn: boolean;
  /** Caches lag behind. */
  readonly isLate: boolean;
}

function eventOf(random: Random, { edit, faults, isTorn, isLate }: Trouble): Event {
  const chance = random.int(100);
  if (chance < 26) return reconcileOf(random, isTorn, isLate);
  if (chance < 32) return { do: 'provide', at: Array.from({ length: 1 + random.int(8) }, () => random.int(64)) };
  if (chance < 36) return { do: 'work', site: random.pick(CLUSTERS) };
  if (chance < 42) return { do: 'traefik', kinds: random.chance(0.5) ? WATCHED : random.some(WATCHED) };
  if (chance < 44) return { do: 'helm' };
  if (chance < 75) return edit();
  return random.pick(faults)(random);
}

function reconcileOf(random: Random, isTorn: boolean, isLate: boolean): Event {
  return {
    do: 'reconcile',
    kind: random.pick(KINDS),
    at: random.int(16),
    order: random.int(1000),
    ...(isLate && random.chance(0.4) && { lag: lagOf(random) }),
    ...(isTorn && random.chance(0.4) && { cut: random.int(12) }),
  };
}

const LAGGING = [
  ...KINDS,
  'Object',
  'HTTPRoute',
  'Service',
  'EndpointSlice',
  'BackendTLSPolicy',
  'ConfigMap',
  'Gateway',
];

function lagOf(random: Random): Lag {
  const kinds = random.chance(0.5) ? [random.pick(LAGGING)] : random.some(LAGGING);
  return Object.fromEntries(kinds.map((kind) => [kind, 1 + random.int(30)]));
}

const REFUSABLE = ['Deployment', 'HTTPRoute', 'InferencePool', 'ConfigMap'];

/** What goes wrong without anybody wanting it, and comes right again. */
const FAULTS: readonly Make[] = [
  (random) => ({ do: 'site', site: random.pick(CLUSTERS), change: { api: random.chance(0.6) } }),
  (random) => {
    const site = random.pick(CLUSTERS);
    return { do: 'site', site, change: { addresses: addressesOf(site, random.int(2)) } };
  },
  (random) => ({ do: 'site', site: random.pick(CLUSTERS), change: { programmed: random.chance(0.6) } }),
  (random) => ({
    do: 'site',
    site: random.pick(CLUSTERS),
    change: { refuses: random.chance(0.6) ? [] : [random.pick(REFUSABLE)] },
  }),
  (random) => ({ do: 'pods', site: random.pick(CLUSTERS), at: random.int(8), up: random.chance(0.5) }),
  (random) => ({ do: 'pods', site: random.pick(CLUSTERS), at: random.int(8), up: random.chance(0.3) }),
  (random) => ({ do: 'middlewares', present: random.chance(0.6) }),
  (random) => ({ do: 'forget', kind: random.pick(FORGETFUL), at: random.int(48) }),
  (random) => ({ do: 'pick off', kind: random.pick(PICKED_OFF), at: random.int(48) }),
  (random) => (random.chance(0.2) ? { do: 'restore' } : { do: 'helm' }),
];

const FORGETFUL = [...KINDS, 'Object', 'HTTPRoute', 'Gateway', 'GatewayClass', 'Release'];

const PICKED_OFF = [
  'Object',
  'HTTPRoute',
  'Service',
  'EndpointSlice',
  'BackendTLSPolicy',
  'ConfigMap',
  'Middleware',
  'ModelEndpoint',
  'ModelService',
  'Gateway',
  'GatewayClass',
  'ClusterProviderConfig',
  'Release',
];
