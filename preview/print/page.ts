import { stripVTControlCharacters } from 'node:util';
import type { Styles } from './styles.ts';

/** What is printed on. */
export interface Page {
  readonly width: number;
  readonly styles: Styles;
  /** Show what is in inference clusters object by object. */
  readonly unfold?: boolean;
}

/** How wide text is on a terminal, colours aside. */
export const lengthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Lines of at most `width` characters, each behind the indent. A word that is longer than a line has one to itself. */
export function wrap(text: string, width: number, indent: string): string[] {
  const room = Math.max(20, width - indent.length);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${indent}${line}`);
}

/** Columns of which each is as wide as its widest cell; an empty one takes no room. `align` pads the last one too. */
export function columns(rows: readonly (readonly string[])[], { align = false } = {}): string[] {
  const all = (rows[0] ?? []).map((_, column) => ({
    column,
    width: Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))),
  }));
  const wide = all.filter(({ width }) => width > 0);
  return rows.map((row) => {
    const line = wide.map(({ column, width }) => padded(row[column] ?? '', width)).join('  ');
    return align ? line : line.trimEnd();
  });
}

const padded = (cell: string, width: number): string => cell + ' '.repeat(width - lengthOf(cell));
