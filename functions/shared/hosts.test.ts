import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bracketed, isSameHost, isServerName, parseHost } from './hosts.ts';

describe('a host that stands alone', () => {
  test.each([
    { name: 'an address', text: '10.0.0.5', want: { host: '10.0.0.5', addressType: 'IPv4' } },
    { name: 'an IPv6 address', text: 'FD00::0:1', want: { host: 'fd00::1', addressType: 'IPv6' } },
    { name: 'IPv4 in the notation of IPv6', text: '::ffff:10.0.0.5', want: { host: '10.0.0.5', addressType: 'IPv4' } },
    { name: 'the same in hexadecimal', text: '::ffff:a00:5', want: { host: '10.0.0.5', addressType: 'IPv4' } },
    {
      name: 'an address in a notation that resolvers know',
      text: '10.7',
      want: { host: '10.0.0.7', addressType: 'IPv4' },
    },
    { name: 'a name', text: 'Gateway.Example.com.', want: { host: 'gateway.example.com', addressType: 'FQDN' } },
  ])('may be $name', ({ text, want }) => expect(parseHost(text)).toEqual({ ok: true, ...want }));

  test.each([
    { text: '10.0.0.5:8080', says: 'it holds a port; write the host alone' },
    { text: 'gateway.example.com:', says: 'it holds a port' },
    { text: 'https://gateway.example.com', says: 'it is a URL' },
    { text: 'gateway.example.com/v1', says: 'it holds more than a host' },
    { text: '[fd00::1]', says: 'it holds more than a host' },
    { text: '[fd00::1]:80', says: 'it holds more than a host' },
    { text: 'me@gateway.example.com', says: 'it holds more than a host' },
    { text: 'fe80::1%eth0', says: 'it holds more than a host' },
    { text: 'a b.example.com', says: 'it holds more than a host' },
    { text: 'gateway', says: 'it is neither an address nor a name of two labels or more; write the full name' },
    { text: 'gateway.1', says: 'it is neither' },
    { text: '10.0.0.256', says: 'it is neither' },
    { text: 'fd00:::1', says: 'it is neither' },
    { text: 'a_b.example.com', says: 'it is neither' },
    { text: '-a.example.com', says: 'it is neither' },
    { text: `${'a'.repeat(64)}.example.com`, says: 'it is neither' },
    { text: '', says: 'it is neither' },
  ])('may not be $text', ({ text, says }) => {
    expect(parseHost(text)).toEqual({ ok: false, problem: expect.stringContaining(says) });
  });

  test('is read the same when it is written out again, whatever it was', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.string()), (text) => {
        const parsed = parseHost(text);
        fc.pre(parsed.ok);
        expect(parseHost(parsed.host)).toEqual(parsed);
        expect(isSameHost(text, parsed.host)).toBe(true);
        expect(URL.canParse(`http://${bracketed(parsed.host)}:80/`)).toBe(true);
      }),
    );
  });
});

test.each([
  { text: 'gateway', want: true },
  { text: 'gateway.example.com', want: true },
  { text: '10.0.0.7', want: true },
  { text: 'fd00::7', want: false },
  { text: 'gateway.7', want: false },
  { text: `${'a'.repeat(64)}`, want: false },
])('a certificate can be held to $text: $want', ({ text, want }) => expect(isServerName(text)).toBe(want));
