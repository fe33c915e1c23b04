import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isRecord } from '../objects.ts';
import { shapeOf } from './patterns.ts';

const patternsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(patternsIn);
  if (!isRecord(value)) return [];
  const own = typeof value.pattern === 'string' ? [value.pattern] : [];
  return [...own, ...Object.values(value).flatMap(patternsIn)];
};

const files = globSync(join(import.meta.dirname, '../../apis/*/definition.yaml'));
const ours = new Set(files.flatMap((file) => patternsIn(parse(readFileSync(file, 'utf8')))));
const PATTERNS = [...ours, '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'];

test('every kind of ours is read', () => expect(ours.size).toBeGreaterThan(10));

test.each(PATTERNS)('%s is said in words, with examples that it allows', (pattern) => {
  const shape = shapeOf(pattern);
  const examples = / such as (.*)$/.exec(shape)?.[1]?.split(' or ') ?? [];
  expect(shape).toMatch(/^be /);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(example).toMatch(new RegExp(pattern));
});

test('a pattern that nobody knows speaks for itself', () => expect(shapeOf('^/')).toBe('match ^/'));
