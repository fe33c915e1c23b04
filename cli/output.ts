import type { Writable } from 'node:stream';

/** What the command line writes to: the process's own streams, or a test's. */
export interface Output {
  readonly stdout: Writable & { readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}
