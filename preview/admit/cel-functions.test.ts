import { expect, test } from 'vitest';
import { evaluate } from './cel.ts';

test.each([
  { text: '10.0.0.0/8', want: true },
  { text: '10.1.2.3/8', want: true },
  { text: 'fd00::/8', want: true },
  { text: '::/0', want: true },
  { text: '10.0.0.0', want: false },
  { text: '10.0.0.0/33', want: false },
  { text: 'fd00::/129', want: false },
  { text: '10.0.0.0/08', want: false },
  { text: '010.0.0.0/8', want: false },
  { text: '10.0.0/8', want: false },
  { text: '10.0.0.0/8/8', want: false },
  { text: 'fe80::1%eth0/64', want: false },
  { text: '::ffff:10.0.0.0/104', want: false },
  { text: '::ffff:a00:0/104', want: false },
  { text: 'example.com/8', want: false },
])('isCIDR of $text is $want', ({ text, want }) => {
  expect(evaluate('isCIDR(self)', { self: text })).toEqual({ ok: true, value: want });
});
