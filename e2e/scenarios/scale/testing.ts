import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { conditionsOf, isReady, whyNot } from '../../front-door.ts';
import type { AnyObject, Kube } from '../../kube.ts';
import { eventually } from '../testing.ts';
import { admin } from '../world.ts';
import { callsOfFunctions } from './activity.ts';
import { showActivity, showUsage } from './figures.ts';
import { type Measured, measure } from './measure.ts';
import { type Counts, since, sum, total } from './metrics.ts';

/** How many of something there are to be; the environment may ask for fewer, for a trial: E2E_SCALE_NAMESPACES=2. */
export function size(name: string, full: number): number {
  const asked = process.env[`E2E_SCALE_${name}`];
  if (asked === undefined) return full;
  if (!/^[1-9]\d*$/.test(asked))
    throw new Error(`E2E_SCALE_${name} is a number from 1 on, not ${JSON.stringify(asked)}`);
  return Number(asked);
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** As many at a time as an API server takes from one client without complaint. */
const AT_ONCE = 8;

export async function forEach<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(range(AT_ONCE).map(worker));
}

const started = Date.now();

/** Progress, with the minutes and seconds since the start. */
export function say(text: string): void {
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} ${text}`);
}

const LOOK_MS = 5_000;

/** A busy machine takes its time, but something gets ready in this one. */
const STALL_MS = 10 * 60_000;

/** Waits until as many objects of a kind as there are to be say Ready, for as long as they get more. */
export async function untilAllReady(kind: string, labels: string, count: number): Promise<void> {
  let most = -1;
  let lastProgress = Date.now();
  while (most < count) {
    const objects = await admin.list('modelplane.ai/v1alpha1', kind, { labels });
    const ready = objects.filter(isReady).length;
    if (ready !== most) say(`${ready} of ${count} ${kind}s are ready`);
    if (ready > most) lastProgress = Date.now();
    most = Math.max(most, ready);
    if (Date.now() - lastProgress > STALL_MS) throw new Error(`${count - ready} ${kind}s are not: ${why(objects)}`);
    if (most < count) await delay(LOOK_MS);
  }
}

const SHOWN = 3;

const why = (objects: readonly AnyObject[]): string =>
  objects
    .filter((object) => !isReady(object))
    .slice(0, SHOWN)
    .map((object) => `${object.metadata?.namespace}/${object.metadata?.name}: ${whyNot(object)}`)
    .join('\n');

const XR_KINDS = ['InferenceGateway', 'InferenceCluster', 'ModelDeployment', 'ModelService', 'ModelEndpoint'] as const;

const allXRs = async (): Promise<AnyObject[]> =>
  (await Promise.all(XR_KINDS.map((kind) => admin.list('modelplane.ai/v1alpha1', kind)))).flat();

/** XRs to which Crossplane says that it does not listen. */
const unresponsive = (xrs: readonly AnyObject[]): AnyObject[] =>
  xrs.filter((xr) => conditionsOf(xr).every(({ type, status }) => type !== 'Responsive' || status !== 'True'));

const CALM_MS = 30_000;
const UNREST_MS = 15 * 60_000;

/** Waits until no function has been called for a while. */
async function untilQuiet(): Promise<void> {
  const deadline = Date.now() + UNREST_MS;
  let before = total(await callsOfFunctions());
  for (let calm = false; !calm; ) {
    await delay(CALM_MS);
    const after = total(await callsOfFunctions());
    const calls = since(before, after);
    calm = sum(calls) === 0;
    if (!calm) say(`functions are still called: ${JSON.stringify(calls)}`);
    if (!calm && Date.now() > deadline) throw new Error('functions are called without end');
    before = after;
  }
}

/** The settled TTL of functions/shared/function.ts, of which Crossplane takes up to a tenth at random. */
const SHORTEST_TTL_MS = 1800 * 0.9 * 1000;

/** How many calls answers' TTLs permit until now: of those XRs that were ready so long ago that theirs can have run out. */
const permittedCalls = (xrs: readonly AnyObject[]): number =>
  xrs.filter((xr) => Date.now() - readySince(xr) >= SHORTEST_TTL_MS).length;

const readySince = (xr: AnyObject): number =>
  Date.parse(xr.status?.conditions?.find(({ type }: { type: string }) => type === 'Ready')?.lastTransitionTime);

/** What may be said of any scenario: Crossplane listened to every XR all the time. */
export async function expectClosedCircuits({ activity }: Measured): Promise<void> {
  // The counters are there, so no count of openings means that there was none.
  expect(sum(activity.circuitEvents)).toBeGreaterThan(0);
  expect(activity.circuitOpens).toEqual({});
  expect(unresponsive(await allXRs())).toEqual([]);
}

/** What happens by itself in some minutes in which nobody does anything, which is no more than answers' TTLs permit. */
export async function expectQuiet(making: Measured): Promise<void> {
  await untilQuiet();
  const minutes = size('QUIET_MINUTES', 5);
  say(`quiet; counting for ${minutes} min`);
  const quiet = await measure(() => delay(minutes * 60_000));
  const xrs = await allXRs();
  const permitted = permittedCalls(xrs);
  say(`${sum(quiet.activity.calls)} calls of functions for ${xrs.length} XRs, ${permitted} permitted`);
  showActivity(`in ${minutes} quiet minutes`, quiet);
  showUsage(making, quiet);
  expect(sum(quiet.activity.calls)).toBeLessThanOrEqual(permitted);
}

const GONE_MS = 30 * 60_000;

/** Waits until there is no more of any kind than at the time of a census. */
export async function untilNoMoreThan(before: Counts, kube: Kube): Promise<void> {
  let left: Counts = {};
  await eventually(
    async () => {
      left = moreThan(before, await census(kube));
      if (Object.keys(left).length > 0) await delay(LOOK_MS);
      return Object.keys(left).length === 0;
    },
    () => `nothing should be left, but there is ${JSON.stringify(left)}`,
    GONE_MS,
  );
}

/** Kinds whose last object is gone may be gone themselves. */
const moreThan = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(Object.entries(since(before, after)).filter(([, more]) => more > 0));

/** Objects of every kind, by kind; those that come and go by themselves aside. */
export async function census(kube: Kube): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const { path, name } of await kindsOf(kube)) {
    const { items, metadata } = await kube.call<{ items: unknown[]; metadata: { remainingItemCount?: number } }>({
      method: 'GET',
      path: `${path}?limit=1`,
    });
    counts[name] = items.length + (metadata.remainingItemCount ?? 0);
  }
  return counts;
}

const PASSING = /^(events|leases|componentstatuses)\b/;

async function kindsOf({ call }: Kube): Promise<{ path: string; name: string }[]> {
  const { groups } = await call<{ groups: { preferredVersion: { groupVersion: string } }[] }>({
    method: 'GET',
    path: '/apis',
  });
  const roots = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(
    roots.map(async (root) => {
      const { resources } = await call<{ resources: { name: string; verbs: string[] }[] }>({
        method: 'GET',
        path: root,
      });
      return resources
        .filter(({ name, verbs }) => verbs.includes('list') && !PASSING.test(name))
        .map(({ name }) => ({ path: `${root}/${name}`, name: `${name} ${root}` }));
    }),
  );
  return lists.flat();
}
