import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type CertificateData, issuerFor, nextData, type Pair, servable } from './certificate.ts';

const DAY = 86_400_000;
const START = Date.parse('2027-01-01T00:00:00Z');
const issue = issuerFor(['verifier.modelplane-system.svc', 'localhost']);

const trusts = (data: CertificateData, pair: Pair | undefined): boolean =>
  (data['ca.crt'] ?? '').includes(pair?.cert.trim() ?? '?');

describe('the certificate', () => {
  test('is for the names, signs nothing else, and is trusted by itself', async () => {
    const { cert, key } = await issue(START);
    const read = new X509Certificate(cert);
    expect([read.subjectAltName, read.ca, read.verify(read.publicKey), read.validTo]).toEqual([
      'DNS:verifier.modelplane-system.svc, DNS:localhost',
      false,
      true,
      'Jan  1 00:00:00 2028 GMT',
    ]);
    expect(key).toContain('PRIVATE KEY');
  });

  test('is made where there is none, and then left alone', async () => {
    const data = await nextData({}, undefined, issue, START);
    expect(trusts(data, servable(data, START))).toBe(true);
    expect(await nextData(data, undefined, issue, START + 100 * DAY)).toBe(data);
  });

  test('is replaced in steps, and at each of them what serves is trusted', async () => {
    const first = await nextData({}, undefined, issue, START);
    const due = START + 336 * DAY;
    const announced = await nextData(first, undefined, issue, due);
    expect(servable(announced, due)).toEqual(servable(first, due));
    const next = { cert: announced['next.crt'] ?? '', key: announced['next.key'] ?? '' };
    expect([trusts(announced, servable(first, due)), trusts(announced, next)]).toEqual([true, true]);
    expect(await nextData(announced, undefined, issue, due + 600_000)).toBe(announced);
    const replaced = await nextData(announced, undefined, issue, due + 3_700_000);
    expect(servable(replaced, due)).toEqual(next);
    expect([trusts(replaced, servable(first, due)), trusts(replaced, next)]).toEqual([true, true]);
    const later = START + 400 * DAY;
    expect(await nextData(replaced, undefined, issue, later)).toBe(replaced);
  });

  test.each([
    { name: 'was emptied', of: () => ({}) },
    { name: 'lost its key', of: ({ 'tls.key': _, ...rest }: CertificateData) => rest },
    { name: 'holds something else', of: (data: CertificateData) => ({ ...data, 'tls.crt': 'x' }) },
  ])('comes back when its Secret $name, as the one that serves', async ({ of }) => {
    const data = await nextData({}, undefined, issue, START);
    const serving = servable(data, START);
    const healed = await nextData(of(data), serving, issue, START + DAY);
    expect(servable(healed, START + DAY)).toEqual(serving);
    expect(trusts(healed, serving)).toBe(true);
  });

  test('is trusted again when somebody removed that', async () => {
    const data = await nextData({}, undefined, issue, START);
    const healed = await nextData({ ...data, 'ca.crt': '' }, undefined, issue, START);
    expect(trusts(healed, servable(data, START))).toBe(true);
  });

  test('that has expired is not served', async () => {
    const data = await nextData({}, undefined, issue, START);
    expect(servable(data, START + 366 * DAY)).toBeUndefined();
    expect(
      servable(await nextData(data, servable(data, START), issue, START + 366 * DAY), START + 366 * DAY),
    ).toBeDefined();
  });
});
