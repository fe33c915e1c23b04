import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../tools/problem.ts';
import { begin } from '../begin.ts';
import type { Trace } from '../controller.ts';
import { loadManifests } from '../load.ts';
import { describe } from '../objects.ts';
import { play } from '../play.ts';
import { formatProblem } from '../problem.ts';
import type { World } from '../world.ts';

/** One reconcile, to be rendered by Crossplane and by us. */
export interface Case extends Trace {
  /** "examples/canary, round 2: ModelService ml-team/qwen" */
  readonly name: string;
}

/** Every folder of manifests in the given folders. */
export const foldersIn = (parents: readonly string[]): string[] =>
  parents.flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name))
      .sort(),
  );

/** Every reconcile of playing the folders forward that is given something new: the same again would prove nothing. */
export function casesOf(world: World, folders: readonly string[]): Case[] {
  const cases = new Map<string, Case>();
  for (const folder of folders) {
    for (const one of reconcilesOf(world, folder)) {
      const inputs = JSON.stringify([one.xr, one.observed, one.fetched]);
      if (!cases.has(inputs)) cases.set(inputs, one);
    }
  }
  return [...cases.values()];
}

function reconcilesOf(world: World, folder: string): Case[] {
  const { manifests, problems } = loadManifests([folder]);
  const begun = begin(world, manifests);
  const wrong = begun.ok ? problems : [...problems, ...begun.problems];
  if (!begun.ok || wrong.length > 0) throw new Problem(wrong.map(formatProblem).join('\n'));
  const reconciles: Case[] = [];
  let round = 0;
  play(begun.state, {
    progress: (current) => {
      round = current;
    },
    trace: (one) => reconciles.push({ ...one, name: `${folder}, round ${round}: ${describe(one.xr)}` }),
  });
  return reconciles;
}
