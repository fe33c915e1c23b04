import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { progressOn } from './progress.ts';

function watched(isTTY: boolean, times: readonly number[]) {
  let written = '';
  const write: Writable['_write'] = (chunk, _encoding, done) => {
    written += chunk;
    done();
  };
  const stream = Object.assign(new Writable({ write }), { isTTY });
  const clock = [0, ...times].values();
  const progress = progressOn(stream, () => clock.next().value ?? 0);
  for (const round of times.keys()) progress.show(round + 1);
  progress.clear();
  return written;
}

test.each([
  {
    name: 'a person who waits sees the round, and in the end nothing',
    isTTY: true,
    times: [100, 600],
    want: '\rround 2 of reconciles …\r\u001b[K',
  },
  { name: 'what is soon over needs no words', isTTY: true, times: [100, 200], want: '' },
  { name: 'a log gets none', isTTY: false, times: [600, 6000], want: '' },
])('$name', ({ isTTY, times, want }) => expect(watched(isTTY, times)).toBe(want));
