import { homedir } from 'node:os';
import { join } from 'node:path';

/** Binaries, the running control plane's state and the evidence of failed scenarios: all outside the checkout. */
export const cacheRoot = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'modelplane-routing');
