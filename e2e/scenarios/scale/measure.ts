import { type Activity, activity, activitySince } from './activity.ts';
import { type Usages, usages } from './usage.ts';

/** What was done and used in some time. */
export interface Measured {
  readonly seconds: number;
  readonly activity: Activity;
  readonly usages: { readonly before: Usages; readonly after: Usages };
}

export async function measure(act: () => Promise<void>): Promise<Measured> {
  const before = { activity: await activity(), usages: await usages(), at: Date.now() };
  await act();
  const seconds = (Date.now() - before.at) / 1000;
  return {
    seconds,
    activity: activitySince(before.activity, await activity()),
    usages: { before: before.usages, after: await usages() },
  };
}
