import type { ModelService } from '#schemas/modelservice.ts';
import { nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import type { Backend } from './split.ts';

/** How often a request may find nobody but a dead backend: once in a million. */
const TOLERATED_MISSES = 1e-6;

/** Several backends may die at once, with the cluster that they are in: attempts are enough for half of the traffic. */
const DEAD_TOGETHER = 1 / 2;

/** Attempts at a single backend, which may be restarting. */
const ATTEMPTS_AT_ONE = 3;

/** More would hold a request for longer than its client waits: some 10 ms each where connections are refused. */
const MAX_ATTEMPTS = 256;

/** Traefik at most doubles it over all attempts (pkg/middlewares/retry/retry.go, newBackOff). */
const INITIAL_INTERVAL = '5ms';

export const middlewareName = (xr: ModelService): string =>
  uniqueName(`${nameOf(xr)}-retry`, ['ModelService', 'retry', namespaceOf(xr), nameOf(xr)]);

/**
 * Sends a request on to the next backend when one cannot be reached at all. Only then: by status, Traefik would answer
 * 200 for a retried stream (facts: PR 13874), and a request that was sent may have been worked on already.
 */
export const retryMiddleware = (xr: ModelService, backends: readonly Backend[]) => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'Middleware',
  metadata: { name: middlewareName(xr), labels: { 'modelplane.ai/service': nameOf(xr) } },
  spec: { retry: { attempts: attempts(backends.map(({ weight }) => weight)), initialInterval: INITIAL_INTERVAL } },
});

/**
 * Enough attempts to find a sibling when the backend with the largest share is dead, or half of them are. Each attempt
 * draws by weight anew, so behind a dead 90 % a request needs many.
 */
export function attempts(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const largest = Math.max(0, ...weights);
  if (largest === total) return ATTEMPTS_AT_ONE;
  const dead = Math.max(largest / total, DEAD_TOGETHER);
  return Math.min(MAX_ATTEMPTS, Math.ceil(Math.log(TOLERATED_MISSES) / Math.log(dead)));
}
