import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { logsDir } from '../../instance.ts';

/** Pods of our functions, by the names of their logs. */
const FUNCTION_LOG = /^pod-crossplane-system-modelplane-compose-/;

interface Line {
  readonly xr?: { readonly kind: string; readonly namespace: string };
}

/**
 * How often functions were called about what is in a namespace, by kind. From their logs, which have a line for each
 * call: their metrics do not say about what it was, and the rest of the control plane is never quite quiet.
 */
async function callsAbout(namespace: string): Promise<Record<string, number>> {
  const files = (await readdir(logsDir())).filter((name) => FUNCTION_LOG.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(logsDir(), name), 'utf8')));
  const calls: Record<string, number> = {};
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    if (!line.includes(`"namespace":"${namespace}"`)) continue;
    const { kind = '' } = (JSON.parse(line) as Line).xr ?? {};
    calls[kind] = (calls[kind] ?? 0) + 1;
  }
  return calls;
}

/** Everything that a change sets off follows within this time of what set it off. */
const QUIET_MS = 3_000;

/** The calls once there are no more of them. */
export async function callsInTheEnd(namespace: string): Promise<Record<string, number>> {
  for (let before = await callsAbout(namespace); ; ) {
    await delay(QUIET_MS);
    const now = await callsAbout(namespace);
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}
