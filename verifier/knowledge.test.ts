import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keyHash } from './credentials.ts';
import { knowledge } from './knowledge.ts';
import { entry, keyOf, list, PLATFORM } from './testing.ts';

const yaml = (caller: string, services = 'qwen'): string =>
  `keyHash: ${keyHash(keyOf(caller))}\nservices: [${services}]\n# ${'x'.repeat(1_000)}\n`;

const many = (count: number, services?: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, yaml(`c${index}`, services)]));

const holders = (known: ReturnType<typeof knowledge>) => known.access().entries.length;

/** Lets everything happen that waits for its turn; how often the event loop went round for that. */
async function rounds(known: ReturnType<typeof knowledge>): Promise<number> {
  let count = 0;
  for (; !known.isRead(); count++) await turn();
  return count;
}

test("somebody's megabyte of YAML is read bit by bit, and holds nobody up", async () => {
  const known = knowledge(PLATFORM);
  known.setList(list('evil', many(800)));
  expect(holders(known)).toBeLessThan(30);
  known.setList(list('ml-team', { alice: entry('alice') }));
  expect(known.access().keys.has(keyHash(keyOf('alice')))).toBe(true);
  expect(await rounds(known)).toBeGreaterThan(30);
  expect(holders(known)).toBe(801);
});

test('while it is being read whatever is taken out of any list is out at once', async () => {
  const known = knowledge(PLATFORM);
  known.setList(list('ml-team', { alice: yaml('alice'), bob: yaml('bob') }));
  known.setList(list('evil', many(800)));
  known.setList(list('ml-team', { alice: yaml('alice', 'llama') }));
  const { keys } = known.access();
  expect(keys.has(keyHash(keyOf('bob')))).toBe(false);
  expect(keys.get(keyHash(keyOf('alice'))) ?? []).toEqual([]);
  await rounds(known);
  expect(known.access().keys.get(keyHash(keyOf('alice')))?.[0]?.services).toEqual(new Set(['ml-team/llama']));
});

test('an entry that has not changed is not read again', async () => {
  const known = knowledge(PLATFORM);
  known.setList(list('ml-team', many(100)));
  await rounds(known);
  known.setList(list('ml-team', { ...many(100), alice: yaml('alice') }));
  expect(known.isRead()).toBe(true);
  expect(holders(known)).toBe(101);
});

test('a list that goes while it is being read is gone', async () => {
  const known = knowledge(PLATFORM);
  known.setList(list('evil', many(800)));
  known.removeList('evil', 'callers');
  expect(known.isRead()).toBe(true);
  await turn();
  expect(holders(known)).toBe(0);
});

test("a namespace's entries are read up to 20,000 of all its lists, whoever was in stays in, and other namespaces have theirs", async () => {
  const told: string[] = [];
  const known = knowledge(PLATFORM, (problems) =>
    told.push(...problems.map(({ list, sentence }) => `${list}: ${sentence}`)),
  );
  const some = (prefix: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `${prefix}${index}`,
        { callers: `corp:${prefix}${index}`, services: ['*'] },
      ]),
    );
  known.setList(list('evil', some('m', 15_000), 'first'));
  known.setList(list('evil', some('x', 15_000), 'second'));
  known.setList(list('ml-team', { alice: entry('alice') }));
  const count = () => known.access().entries.filter(({ namespace }) => namespace === 'evil').length;
  expect(count()).toBe(20_000);
  expect(told).toEqual(['second: the lists of its namespace have more entries than are read; remove some']);
  expect(known.access().keys.has(keyHash(keyOf('alice')))).toBe(true);
  known.setList(list('evil', { ...some('a', 5_000), ...some('m', 15_000) }, 'first'));
  expect(known.access().entries.filter(({ list, name }) => list === 'first' && name.startsWith('m'))).toHaveLength(
    15_000,
  );
  known.removeList('evil', 'second');
  await rounds(known);
  expect(count()).toBe(20_000);
});
