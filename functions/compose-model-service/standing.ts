/** How an endpoint stands to a service that looks for somebody to answer. */
export type Standing = 'Usable' | 'Draining' | 'Drained' | 'Unready' | 'LastResort' | 'Withdrawn';

/** What a service knows of an endpoint when it decides that. */
export interface Seen {
  /** Its own function says that requests can be sent there. */
  readonly ready: boolean;
  /** It would rather have others take its requests. */
  readonly draining: boolean;
  /** A last resort, or being deleted: any other endpoint is better. */
  readonly leaving: boolean;
  /** It cannot answer: it names what no endpoint may reach, or its deployment says that no engine of it does. */
  readonly dead: boolean;
  /** The observed route sends requests there. */
  readonly serves: boolean;
  /** A ModelDeployment composed it, and says of it when it is to be deleted. */
  readonly composed: boolean;
}

/**
 * Who gets traffic when, best first: an endpoint has the first standing that is true of it. The same table is in
 * docs/model-services.md, which says why.
 */
export const STANDINGS: readonly (readonly [standing: Standing, isTrueOf: (seen: Seen) => boolean])[] = [
  ['Usable', ({ ready, leaving, draining }) => ready && !leaving && !draining],
  ['Draining', ({ ready, leaving, serves, composed }) => ready && !leaving && (serves || composed)],
  ['Drained', ({ ready, leaving }) => ready && !leaving],
  ['Unready', ({ leaving, serves }) => serves && !leaving],
  ['LastResort', ({ ready, serves }) => ready && serves],
  ['Withdrawn', ({ ready }) => ready],
];

/** Undefined of somebody who is sent nothing whoever else there is. */
export const standingOf = (seen: Seen): Standing | undefined =>
  seen.dead ? undefined : STANDINGS.find(([, isTrueOf]) => isTrueOf(seen))?.[0];

const ORDER = STANDINGS.map(([standing]) => standing);

/** The best of some standings. */
export const bestOf = (standings: readonly (Standing | undefined)[]): Standing | undefined =>
  ORDER.find((standing) => standings.includes(standing));

export const isAtLeast = (standing: Standing, least: Standing): boolean =>
  ORDER.indexOf(standing) <= ORDER.indexOf(least);

/** Whether an endpoint of such a standing answers what it is sent. Of the others some may. */
export const canAnswer = (standing: Standing | undefined): boolean =>
  standing !== undefined && isAtLeast(standing, 'Drained');
