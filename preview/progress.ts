import type { Writable } from 'node:stream';

/** Nobody needs to be told of what is over sooner. */
const PATIENCE_MS = 500;

export interface Progress {
  readonly show: (round: number) => void;
  readonly clear: () => void;
}

/** One line that is written over, where a person waits: on a terminal, and not before it takes long. */
export function progressOn(stream: Writable & { readonly isTTY?: boolean }, now: () => number = Date.now): Progress {
  const start = now();
  let shown = false;
  return {
    show: (round) => {
      if (!stream.isTTY || now() - start < PATIENCE_MS) return;
      stream.write(`\rround ${round} of reconciles …`);
      shown = true;
    },
    clear: () => {
      if (shown) stream.write('\r\x1b[K');
    },
  };
}
