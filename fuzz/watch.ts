import type { Turn } from './asking.ts';
import { brokenRoutes, isJudged, NEEDED_BY_ROUTES } from './attached.ts';
import type { Watcher } from './crossplane.ts';
import { ANSWERS } from './invariants.ts';
import { SETTLED } from './outcomes.ts';
import { deploymentProblem, endpointProblem, serviceProblem } from './served.ts';
import { keyOfObject } from './store.ts';
import { readByNow, writtenByNow } from './traefik.ts';
import { type Functions, isOurs, isTrue, violated, type World } from './world.ts';

/** Bytes are compared once in so many turns: it takes as long as everything else together. */
const SAMPLE = 16;

/** Holds every turn and every write to the invariants. */
export function watcherOf(functions: Functions): Watcher {
  let before: ReturnType<typeof brokenRoutes> = new Map();
  let version = -1;
  let count = 0;
  return {
    turn(world, turn) {
      const dear = count++ % SAMPLE === 0;
      for (const { name, breaks } of dear ? ANSWERS : ANSWERS.slice(2))
        for (const what of breaks(turn, functions)) violated(world, name, `${keyOfObject(turn.xr)}: ${what}`);
      if (isJudged(turn)) before = brokenRoutes(world);
      version = world.store.version;
    },
    wrote(world, turn, what) {
      if (world.store.version === version) return;
      version = world.store.version;
      if (NEEDED_BY_ROUTES.test(what) && isJudged(turn)) before = judged(world, before, turn, what);
      if (what.endsWith('in its status')) judgeReady(world, turn);
    },
  };
}

/** Nothing that we write may break a route that serves. */
function judged(world: World, before: ReturnType<typeof brokenRoutes>, { xr }: Turn, what: string) {
  const after = brokenRoutes(world);
  // Where a deployment wants nothing any more, its own route has nobody to go to.
  if (wantsNothing(xr)) return after;
  for (const [route, problem] of after)
    if (problem !== undefined && before.has(route) && before.get(route) === undefined && !isUnheardOf(xr, problem))
      violated(
        world,
        'no write breaks a route that serves',
        `${keyOfObject(xr)}: ${what}, and then ${route}: ${problem}`,
      );
  return after;
}

/** What somebody has taken from an endpoint by hand its service hears of from the endpoint, when that has had its turn. */
const isUnheardOf = ({ kind }: Turn['xr'], problem: string): boolean =>
  kind === 'ModelService' && /is no authority$|^Service \S+ (is not there|has no EndpointSlice)$/.test(problem);

function wantsNothing({ kind, spec }: Turn['xr']): boolean {
  const { replicas, placements = [{}] } = spec as { replicas?: number; placements?: { replicas?: number }[] };
  return kind === 'ModelDeployment' && placements.every((placement) => (placement.replicas ?? replicas) === 0);
}

/** Who begins to say Ready with everything up to date is answered at that moment, by all that anybody could know. */
function judgeReady(world: World, { xr, fresh }: Turn): void {
  const now = world.store.objects.get(keyOfObject(xr));
  if (!fresh || now === undefined || !isOurs(now.kind) || isTrue(xr, 'Ready') || !isTrue(now, 'Ready')) return;
  const problems = READY[now.kind]?.(world, now) ?? [];
  for (const problem of problems)
    violated(world, 'Ready only when a request is answered', `${keyOfObject(xr)}: ${problem}`);
}

const READY: Readonly<Record<string, (world: World, xr: Turn['xr']) => string[]>> = {
  ModelEndpoint: (world, xr) => endpointProblem(writtenByNow(world), xr),
  ModelService: (world, xr) => serviceProblem(world, readByNow(world), xr).filter(isKnown),
  ModelDeployment: (world, xr) => deploymentProblem(world, readByNow(world), xr).filter(isKnown).filter(isOwn),
};

/** What is far away is heard of from others, who have their turn when they have it. */
const isKnown = (problem: string): boolean =>
  !/503: no pod|nobody is at|no Traefik|Gateway \S+ is not there|no share is answered/.test(problem);

/** Of its service's route, what that names, and who lets it in, a deployment hears from the service. */
const isOwn = (problem: string): boolean =>
  !/no route has|Middleware \S+ is not there|does not let it in/.test(problem);

/** Holds a world in which nothing changes any more to the invariants. */
export function judgeSettled(world: World): void {
  for (const { name, breaks } of SETTLED) for (const what of breaks(world)) violated(world, name, what);
}
