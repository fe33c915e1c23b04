import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = (text: string) => string;

export interface Styles {
  readonly good: Style;
  readonly bad: Style;
  readonly wait: Style;
  readonly paused: Style;
  readonly unseen: Style;
  readonly strong: Style;
  readonly dim: Style;
}

const asIs: Style = (text) => text;
export const PLAIN: Styles = { good: asIs, bad: asIs, wait: asIs, paused: asIs, unseen: asIs, strong: asIs, dim: asIs };

/** Colours where the stream is a terminal that has them, and NO_COLOR does not say otherwise. */
export function stylesOf(stream: Writable): Styles {
  const style =
    (format: Parameters<typeof styleText>[0]): Style =>
    (text) =>
      styleText(format, text, { stream });
  const [wait, strong, dim] = [style('yellow'), style('bold'), style('dim')];
  return { good: style('green'), bad: style('red'), wait, paused: wait, unseen: wait, strong, dim };
}
