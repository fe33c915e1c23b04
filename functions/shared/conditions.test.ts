import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REASONS } from './conditions.ts';

const PAGE = readFileSync(new URL('../../docs/conditions.md', import.meta.url), 'utf8');

/** Rows of the page's tables as [type, reason]; an empty first cell means the type above. */
function documented(): Set<string> {
  let type = '';
  const rows = PAGE.split('\n').flatMap((line) => {
    const [, first = '', reason = ''] = line.split('|').map((cell) => cell.trim());
    if (!/^[A-Z]\w+$/.test(reason)) return [];
    type = first || type;
    return [`${type}/${reason}`];
  });
  return new Set(rows);
}

test('docs/conditions.md explains every reason of every condition, and no other', () => {
  const declared = Object.entries(REASONS).flatMap(([type, reasons]) => reasons.map((reason) => `${type}/${reason}`));
  expect([...documented()].sort()).toEqual(declared.sort());
});
