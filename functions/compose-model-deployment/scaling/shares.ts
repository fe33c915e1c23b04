import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { MAX_WEIGHT } from '#shared/weights.ts';
import type { Intent } from '../accepted.ts';
import { enginesCounted } from '../endpoints.ts';
import { healthOf } from '../health.ts';
import type { ObservedSite } from '../observed.ts';

/** Engines come and go one by one: a share is made anew when there are more than a fifth more or fewer than it is for. */
const TOLERANCE = 5;

/** How many engines a share is for. A placement has the share of one engine, whatever becomes of its engines. */
export function countedEngines(available: number, before: number | undefined): number {
  if (available < 1) return before ?? 1;
  const isNear = before !== undefined && Math.abs(available - before) * TOLERANCE <= before;
  return isNear ? before : available;
}

/** Weights of engines as weights of placements: in their ratio, where that is possible with whole numbers that a route takes. */
export function weightsByEngines(placements: readonly { weight: number; engines: number }[]): number[] {
  const products = placements.map(({ weight, engines }) => weight * engines);
  const unit = Math.max(1, ...products.map((product) => product / MAX_WEIGHT));
  return products.map((product) => Math.max(1, Math.round(product / unit)));
}

/** With weightBy Replicas each placement has its weight for each engine that can serve. */
export function withShares(
  { spec }: ModelDeployment,
  intent: Intent,
  sites: ReadonlyMap<string, ObservedSite>,
): Intent {
  if (spec.weightBy !== 'Replicas' || !intent.isAccepted) return intent;
  const counted = intent.assigned.map(([placement]) => ({
    weight: placement.weight,
    engines: enginesOf([...sites.values()].filter(({ site }) => site.placement === placement.name)),
  }));
  const weights = weightsByEngines(counted);
  const assigned = intent.assigned.map(([placement, assignment], index) => {
    const weight = weights[index] ?? placement.weight;
    return [{ ...placement, weight, engines: counted[index]?.engines }, assignment] as const;
  });
  return { ...intent, assigned };
}

/** While a placement moves it has two sites, and one share. */
function enginesOf(sites: readonly ObservedSite[]): number {
  const health = sites.map(healthOf).filter(({ usable }) => usable);
  const before = sites.map(enginesCounted).filter((count) => count !== undefined);
  return countedEngines(
    Math.max(0, ...health.map(({ available }) => available)),
    before.length === 0 ? undefined : Math.max(...before),
  );
}
