import { expect, test } from 'vitest';
import { parseHost } from './hosts.ts';
import { isInside, isNetwork } from './networks.ts';

test.each([
  { text: '10.0.0.0/8', want: true },
  { text: 'fd00::/8', want: true },
  { text: '0.0.0.0/0', want: true },
  { text: '10.0.0.0', want: false },
  { text: '10.0.0.0/33', want: false },
  { text: 'fd00::/129', want: false },
  { text: '10.0.0.0/8/8', want: false },
  { text: 'ten/8', want: false },
])('$text is a network: $want', ({ text, want }) => expect(isNetwork(text)).toBe(want));

test.each([
  { host: '10.1.2.3', networks: ['192.168.0.0/16', '10.0.0.0/8'], want: true },
  { host: '::ffff:10.1.2.3', networks: ['10.0.0.0/8'], want: true },
  { host: 'fd00::1', networks: ['fd00::/8'], want: true },
  { host: '11.0.0.1', networks: ['10.0.0.0/8', 'fd00::/8'], want: false },
  { host: 'ten.example.com', networks: ['0.0.0.0/0', '::/0'], want: false },
  { host: '10.1.2.3', networks: ['ten'], want: false },
])('$host is in one of $networks: $want', ({ host, networks, want }) => {
  const parsed = parseHost(host);
  if (!parsed.ok) throw new Error(parsed.problem);
  expect(isInside(parsed, networks)).toBe(want);
});
