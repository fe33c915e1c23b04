import { entry, known, list, service, startVerifier } from '../verifier/testing.ts';

const ENTRIES = 10_000;
const PER_LIST = 5_000;

/** A verifier with many entries, as a process of its own, for verifier.ts beside this file. */
const lists = Array.from({ length: ENTRIES / PER_LIST }, (_, part) =>
  list(
    'ml-team',
    Object.fromEntries(
      Array.from({ length: PER_LIST }, (_, index) => `c${part * PER_LIST + index}`).map((name) => [name, entry(name)]),
    ),
    `callers-${part}`,
  ),
);
const verifier = await startVerifier({ knowledge: known(lists, [service('ml-team', 'qwen')]) });
const memory = Math.round(process.memoryUsage().rss / 1e6);
process.send?.({ port: verifier.port, cert: verifier.cert, memory, entries: ENTRIES });
