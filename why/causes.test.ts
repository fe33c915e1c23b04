import { describe, expect, test } from 'vitest';
import { nameOf } from './answer.ts';
import { textOf, why } from './testing.ts';
import { PLANTED } from './testing-causes.ts';

describe('the first cause is', () => {
  test.each(PLANTED)('$cause', ({ plant, ask, blames, reason, says, look }) => {
    const answer = why(plant(), ask);
    expect(answer).toMatchObject({ serves: false, answer: expect.stringMatching(/ does not serve because /) });
    expect({ ...answer.cause, thing: answer.cause && nameOf(answer.cause.thing) }).toEqual({
      thing: blames,
      reason,
      message: expect.stringContaining(says),
      command: look,
    });
    for (const line of textOf(answer)
      .split('\n')
      .filter((one) => !/[A-Za-z/]+ \S{50,}$/.test(one)))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
