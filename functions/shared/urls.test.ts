import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authority, parseEndpointUrl, shown } from './urls.ts';

const parsed = (scheme: string, host: string, addressType: string, port: number, path: string) => ({
  ok: true,
  scheme,
  host,
  addressType,
  port,
  path,
});

describe('parseEndpointUrl reads', () => {
  test.each([
    {
      name: 'https without a port as 443',
      url: 'https://api.groq.com/openai/v1',
      want: parsed('https', 'api.groq.com', 'FQDN', 443, '/openai/v1'),
    },
    { name: 'http without a port as 80', url: 'http://10.0.0.7', want: parsed('http', '10.0.0.7', 'IPv4', 80, '/') },
    {
      name: 'an IPv6 host without its brackets',
      url: 'http://[FD00::0:1]:8080/x',
      want: parsed('http', 'fd00::1', 'IPv6', 8080, '/x'),
    },
    {
      name: 'a name in lower case, without its trailing dot',
      url: 'https://API.Example.COM.',
      want: parsed('https', 'api.example.com', 'FQDN', 443, '/'),
    },
    {
      name: 'an address in another notation as what it is',
      url: 'http://0x7f.1/',
      want: parsed('http', '127.0.0.1', 'IPv4', 80, '/'),
    },
    {
      name: 'a service that is called as a request is',
      url: 'http://models.example.com/ml-team/embeddings',
      want: parsed('http', 'models.example.com', 'FQDN', 80, '/ml-team/embeddings'),
    },
    {
      name: 'dot segments as where they lead',
      url: 'http://h.example/a/../b/./c',
      want: parsed('http', 'h.example', 'FQDN', 80, '/b/c'),
    },
  ])('$name', ({ url, want }) => expect(parseEndpointUrl(url)).toEqual(want));
});

describe('parseEndpointUrl refuses', () => {
  test.each([
    { name: 'another scheme', url: 'ftp://h.example', says: 'begin with http' },
    { name: 'no host', url: 'https:///v1', says: 'begin with http' },
    { name: 'user info', url: 'https://me:secret@h.example', says: 'must not carry user info' },
    { name: 'empty user info', url: 'https://@h.example', says: 'must not carry user info' },
    { name: 'a query', url: 'https://h.example/v1?key=1', says: 'without a query' },
    { name: 'a bare question mark', url: 'https://h.example/v1?', says: 'without a query' },
    { name: 'a fragment', url: 'https://h.example/v1#x', says: 'without a query or a fragment' },
    {
      name: 'the URL of a request',
      url: 'https://api.groq.com/openai/v1/chat/completions',
      says: 'its path ends in chat/completions, which clients add; end it before that',
    },
    {
      name: 'the URL of another request',
      url: 'https://api.groq.com/openai/v1/embeddings',
      says: 'its path ends in embeddings, which clients add',
    },
    { name: 'port 0', url: 'http://h.example:0', says: 'port' },
    { name: 'a port above 65535', url: 'http://h.example:70000', says: 'port' },
    {
      name: 'a name with one label, which an EndpointSlice cannot hold',
      url: 'http://vllm:8000',
      says: 'host vllm is neither',
    },
    { name: 'a name that is none', url: 'http://h_x.example', says: 'host h_x.example is neither' },
    { name: 'a zone', url: 'http://[fe80::1%25eth0]', says: 'not valid' },
    { name: 'an encoded slash', url: 'http://h.example/a%2fb', says: 'remove escapes' },
    { name: 'an encoded dot segment', url: 'http://h.example/a/%2e%2e/b', says: 'remove escapes' },
    { name: 'an empty element', url: 'http://h.example/a//b', says: 'empty elements' },
    {
      name: 'a backslash, which some servers take for a slash',
      url: 'http://h.example\\@evil.example',
      says: 'backslashes',
    },
    { name: 'white space', url: 'http://h.example/a b', says: 'white space' },
  ])('$name', ({ url, says }) => {
    const result = parseEndpointUrl(url);
    expect(result).toEqual({ ok: false, problem: expect.stringContaining(says) });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

test('a URL is shown where it holds no secret', () => {
  expect(shown('http://h.example:70000')).toBe(' http://h.example:70000');
  for (const url of ['https://me:secret@h.example', 'https://h.example/v1?key=secret', 'https://h.example/v1#secret'])
    expect(shown(url)).toBe('');
});

test('whatever is accepted has a path that a route takes, and reads the same when it is written out again', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: false, withFragments: false }), (text) => {
      const url = parseEndpointUrl(text);
      fc.pre(url.ok);
      expect(url.path).not.toMatch(/%|\/\/|\/\.{1,2}(\/|$)/);
      expect(parseEndpointUrl(`${url.scheme}://${authority(url.scheme, url.host, url.port)}${url.path}`)).toEqual(url);
    }),
  );
});

test.each([
  { name: "the scheme's own port is left out", scheme: 'https', host: 'h.example', port: 443, want: 'h.example' },
  { name: 'any other port is written', scheme: 'https', host: 'h.example', port: 8443, want: 'h.example:8443' },
  { name: 'an IPv6 address has brackets', scheme: 'http', host: 'fd00::1', port: 80, want: '[fd00::1]' },
] as const)('$name', ({ scheme, host, port, want }) => expect(authority(scheme, host, port)).toBe(want));
