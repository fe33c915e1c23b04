import { expect, test } from 'vitest';
import { remarksOf } from './remarks.ts';
import { entry, keyOf, known, list, PLATFORM, service } from './testing.ts';

const NOW = Date.parse('2027-06-01T00:00:00Z');

test.each([
  { name: 'an entry that opens what is there has no remark', data: entry('alice', ['qwen']), want: [] },
  { name: 'one for everything neither', data: entry('alice'), want: [] },
  {
    name: 'one that has expired is told so, and stays known as one that has',
    data: entry('alice', ['qwen'], { expires: '2020-01-01T00:00:00Z' }),
    want: ['it expired on 2020-01-01T00:00:00.000Z, so it lets nobody in; remove it, or give it a later expires'],
  },
  {
    name: 'one that is to expire is not',
    data: entry('alice', ['qwen'], { expires: '2027-06-02T00:00:00Z' }),
    want: [],
  },
  {
    name: 'a service that is not there is named',
    data: entry('alice', ['qwen', 'llama']),
    want: ['there is no ModelService ml-team/llama, so nothing is opened by that name until there is'],
  },
  {
    name: "of the platform's too",
    namespace: PLATFORM,
    data: entry('ops', ['ml-team/qwen', 'shop/*', 'shop/llama']),
    want: ['there is no ModelService shop/llama, so nothing is opened by that name until there is'],
  },
])('$name', ({ data, want, namespace = 'ml-team' }) => {
  const knowledge = known([list(namespace, { alice: data })], [service('ml-team', 'qwen')]);
  const remarks = remarksOf(knowledge.access().entries, {
    now: NOW,
    hasService: (of, name) => knowledge.service(of, name) !== undefined,
  });
  expect(remarks.map(({ sentence }) => sentence)).toEqual(want);
  expect(knowledge.access().problems).toEqual([]);
  expect(JSON.stringify(remarks)).not.toContain(keyOf('alice'));
});
