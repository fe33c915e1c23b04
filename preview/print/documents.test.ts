import { expect, test } from 'vitest';
import { play } from '../play.ts';
import { begunWith, testApi, testFunction, testWorld } from '../testing.ts';
import { playedDocuments, printDocuments } from './documents.ts';

test('YAML is a stream, in which words that mean something else to Kubernetes are in quotes', () => {
  const same = { x: 1 };
  expect(
    printDocuments(
      [
        { a: 'y', b: 'on', c: '010', d: true },
        { e: same, f: same },
      ],
      'yaml',
    ),
  ).toBe('---\na: "y"\nb: "on"\nc: "010"\nd: true\n---\ne:\n  x: 1\nf:\n  x: 1\n');
});

test('JSON is a List, as kubectl prints it', () => {
  expect(JSON.parse(printDocuments([{ a: 1 }], 'json'))).toEqual({ apiVersion: 'v1', kind: 'List', items: [{ a: 1 }] });
});

test('every composite is followed by what it composes, and what was there before is left out', () => {
  const secret = (name: string) => ({
    resource: { apiVersion: 'v1', kind: 'Secret', metadata: { name } },
    ready: true,
  });
  const world = testWorld([testApi('Shop'), testApi('Shelf')], {
    'compose-shop': testFunction(({ xr }) => ({
      desired: {
        b: secret(`${xr.metadata?.name}-b`),
        a: {
          resource: {
            apiVersion: 'shop.example.org/v1',
            kind: 'Shelf',
            metadata: { name: `${xr.metadata?.name}-a` },
            spec: {},
          },
          ready: true,
        },
      },
    })),
    'compose-shelf': testFunction(({ xr }) => ({ desired: { c: secret(`${xr.metadata?.name}-c`) } })),
  });
  const shop = (name: string) =>
    `{apiVersion: shop.example.org/v1, kind: Shop, metadata: {name: ${name}, namespace: ns}, spec: {}}`;
  const given = '{apiVersion: v1, kind: ConfigMap, metadata: {name: given, namespace: ns}}';
  const { state } = play(begunWith(world, [shop('two'), given, shop('one')].join('\n---\n')));
  expect(playedDocuments(state).map(({ metadata }) => metadata.name)).toEqual([
    'one',
    'one-a',
    'one-a-c',
    'one-b',
    'two',
    'two-a',
    'two-a-c',
    'two-b',
  ]);
});
