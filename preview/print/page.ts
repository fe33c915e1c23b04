import { stripVTControlCharacters } from 'node:util';
import type { Styles } from './styles.ts';

/** What is printed on. */
export interface Page {
  readonly width: number;
  readonly styles: Styles;
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

/** Columns of which each is as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[], gap = '  '): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
      .join(gap)
      .trimEnd(),
  );
}
