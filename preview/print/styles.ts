import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = (text: string) => string;

export interface Styles {
  readonly good: Style;
  readonly bad: Style;
  readonly wait: Style;
  readonly strong: Style;
  readonly dim: Style;
}

const asIs: Style = (text) => text;
export const PLAIN: Styles = { good: asIs, bad: asIs, wait: asIs, strong: asIs, dim: asIs };

/** Colours where the stream is a terminal that has them, and NO_COLOR does not say otherwise. */
export function stylesOf(stream: Writable): Styles {
  const style =
    (format: Parameters<typeof styleText>[0]): Style =>
    (text) =>
      styleText(format, text, { stream });
  return { good: style('green'), bad: style('red'), wait: style('yellow'), strong: style('bold'), dim: style('dim') };
}
