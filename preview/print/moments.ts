import type { Played } from '../play.ts';

/** What was played: once, or on from there after something failed or was edited. */
export interface Moments {
  readonly before: Played;
  readonly after?: Played;
  readonly why?: 'failure' | 'edit';
}
