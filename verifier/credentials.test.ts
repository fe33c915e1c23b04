import { describe, expect, test } from 'vitest';
import { credentialOf, keyHash } from './credentials.ts';

const KEY = 'mpk_0123456789';
const key = { kind: 'key', hash: keyHash(KEY) };
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';

const kindOf = (rawHeaders: readonly string[]) => credentialOf(rawHeaders);

describe('a key is taken', () => {
  test.each([
    { name: 'by Authorization', headers: ['Authorization', `Bearer ${KEY}`], want: key },
    { name: 'by x-api-key', headers: ['x-api-key', KEY], want: key },
    { name: 'whatever the case of the name', headers: ['X-API-KEY', KEY], want: key },
    { name: 'beside other headers', headers: ['accept', '*/*', 'authorization', `Bearer ${KEY}`, 'x', 'y'], want: key },
    {
      name: 'as a token where it looks like one',
      headers: ['authorization', `Bearer ${JWT}`],
      want: { kind: 'token', token: JWT },
    },
  ])('$name', ({ headers, want }) => expect(kindOf(headers)).toEqual(want));
});

describe('nobody is let in', () => {
  test.each([
    { name: 'without a header', headers: [] },
    { name: 'with an empty Authorization', headers: ['authorization', ''] },
    { name: 'with Bearer alone', headers: ['authorization', 'Bearer'] },
    { name: 'with Bearer and a space', headers: ['authorization', 'Bearer '] },
    { name: 'with an empty x-api-key', headers: ['x-api-key', ''] },
    { name: 'with bearer in lower case', headers: ['authorization', `bearer ${KEY}`] },
    { name: 'with BEARER in upper case', headers: ['authorization', `BEARER ${KEY}`] },
    { name: 'with bEaReR', headers: ['authorization', `bEaReR ${KEY}`] },
    { name: 'with two spaces', headers: ['authorization', `Bearer  ${KEY}`] },
    { name: 'with a tab', headers: ['authorization', `Bearer\t${KEY}`] },
    { name: 'with a space behind', headers: ['authorization', `Bearer ${KEY} `] },
    { name: 'with another scheme', headers: ['authorization', `Basic ${KEY}`] },
    { name: 'with no scheme', headers: ['authorization', KEY] },
    { name: 'with a list of keys', headers: ['authorization', `Bearer ${KEY}, Bearer ${KEY}`] },
    {
      name: 'with two Authorization headers',
      headers: ['authorization', `Bearer ${KEY}`, 'authorization', `Bearer ${KEY}`],
    },
    {
      name: 'with two, the second of another case',
      headers: ['authorization', `Bearer ${KEY}`, 'AUTHORIZATION', 'Bearer x'],
    },
    { name: 'with two, the first empty', headers: ['authorization', '', 'authorization', `Bearer ${KEY}`] },
    { name: 'with both headers', headers: ['authorization', `Bearer ${KEY}`, 'x-api-key', KEY] },
    {
      name: 'with an x-api-key beside an Authorization of another scheme',
      headers: ['authorization', 'Basic x', 'x-api-key', KEY],
    },
    { name: 'with two x-api-key', headers: ['x-api-key', KEY, 'x-api-key', KEY] },
    { name: 'with letters that no key has', headers: ['x-api-key', 'schlüssel'] },
    { name: 'with more than 16 kB', headers: ['x-api-key', 'a'.repeat(16_385)] },
    { name: 'with a key as the name of a header', headers: [KEY, 'authorization'] },
  ])('$name, and the sentence quotes nothing', ({ headers }) => {
    const credential = credentialOf(headers);
    expect(credential).toEqual({ kind: 'none', problem: expect.any(String) });
    expect(JSON.stringify(credential)).not.toContain(KEY);
  });
});
