import { type Course, reconcile, type Watcher } from './crossplane.ts';
import { controllers } from './provider.ts';
import { keyOfObject } from './store.ts';
import { readByTraefik } from './traefik.ts';
import { composites, type Functions, violated, type World } from './world.ts';

/** More than anything takes: a deployment needs about ten. */
const MAX_ROUNDS = 40;

/** Everybody gets his turn, again and again, until nothing changes: in each round every controller and every composite once. */
export function settle(world: World, functions: Functions, watcher: Watcher, order = 0): boolean {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = world.store.version;
    const sites = [...world.sites.values()];
    controllers(world);
    readByTraefik(world);
    for (const { key, course } of turns(world, order, round)) reconcile(world, functions, key, course, watcher);
    const isQuiet = before === world.store.version && sites.every((site) => [...world.sites.values()].includes(site));
    if (isQuiet) return true;
  }
  violated(world, 'quiet when nothing changes', restless(world, functions, watcher));
  return false;
}

function turns(world: World, order: number, round: number): { key: string; course: Course }[] {
  const keys = composites(world).map(keyOfObject);
  const from = keys.length === 0 ? 0 : (order + round) % keys.length;
  return [...keys.slice(from), ...keys.slice(0, from)].map((key) => ({ key, course: { order: order + round } }));
}

/** Which objects go on changing. */
function restless(world: World, functions: Functions, watcher: Watcher): string {
  const before = new Map(world.store.objects);
  controllers(world);
  readByTraefik(world);
  for (const { key } of turns(world, 0, 0)) reconcile(world, functions, key, {}, watcher);
  const changed = [...world.store.objects].filter(([key, object]) => before.get(key) !== object).map(([key]) => key);
  return `still changing after ${MAX_ROUNDS} rounds: ${changed.join(', ')}`;
}
