import type { Container, PodTemplate } from './template.ts';

/** The container that serves the model. */
export const ENGINE = 'engine';

export const engineIn = (template: PodTemplate | undefined): Container | undefined =>
  template?.spec?.containers?.find(({ name }) => name === ENGINE);

/** How long the picker, and gateways before it, take to hear that a pod is going, before its process is told to stop. */
export const SETTLE_SECONDS = 15;

/** How long a generation may go on after its engine was told to stop. */
const DRAIN_SECONDS = 600;

/** A little time to exit. */
const EXIT_SECONDS = 15;

/** All three: how long a pod has where its template does not say. */
export const GRACE_SECONDS = SETTLE_SECONDS + DRAIN_SECONDS + EXIT_SECONDS;

/** What an engine may take to finish, of the time that its pod has from the moment that it is told to go. */
export const drainSeconds = (graceSeconds: number): number => Math.max(0, graceSeconds - SETTLE_SECONDS - EXIT_SECONDS);
