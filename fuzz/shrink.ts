import type { Event } from './events.ts';

/** Whether a story still shows what it is to show. */
export type Fails = (story: readonly Event[]) => boolean;

/**
 * The shortest story that is found to fail still: pieces are left out, halves first and single events last (delta
 * debugging, Zeller 2002), and then each event is made simpler.
 */
export function shrink(story: readonly Event[], fails: Fails): readonly Event[] {
  const shorter = withoutPieces(story, fails);
  const simpler = shorter.reduce<readonly Event[]>((now, _event, at) => simplified(now, at, fails), shorter);
  return withoutPieces(simpler, fails);
}

function withoutPieces(story: readonly Event[], fails: Fails): readonly Event[] {
  let now = story;
  for (let size = Math.ceil(now.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < now.length; ) {
      const without = [...now.slice(0, from), ...now.slice(from + size)];
      if (fails(without)) now = without;
      else from += size;
    }
  }
  return now;
}

function simplified(story: readonly Event[], at: number, fails: Fails): readonly Event[] {
  let now = story;
  for (const simpler of simplerThan(story[at])) {
    const changed = [...now.slice(0, at), simpler, ...now.slice(at + 1)];
    if (fails(changed)) now = changed;
  }
  return now;
}

/** The same event with less that is unusual. */
function simplerThan(event: Event | undefined): Event[] {
  if (event?.do !== 'reconcile') return [];
  const { lag, cut, ...plain } = event;
  const lags = Object.entries(lag ?? {});
  return [
    ...lags.map(([kind, behind]) => ({ ...plain, ...(cut !== undefined && { cut }), lag: { [kind]: behind } })),
    ...(cut === undefined ? [] : [{ ...plain, ...(lag && { lag }) }]),
    ...(lag === undefined ? [] : [{ ...plain, ...(cut !== undefined && { cut }) }]),
    { ...plain, order: 0 },
  ];
}
