import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { ENGINE_TYPES } from './engine-types.ts';
import { type Container, HANDLERS, hasHandler, type Probe } from './template.ts';

/** A model of hundreds of gigabytes is fetched and loaded before the first probe succeeds: an hour. */
const STARTUP = { periodSeconds: 10, failureThreshold: 360 };

/**
 * Only ready pods are given requests, so an engine must say when it is ready, and has time to load before that. Whoever
 * gives a probe of his own knows where his engine answers: it is asked there too whether it has started, and nowhere else.
 */
export function probesOf(
  { type, port }: ModelDeployment['spec']['engine'],
  { readinessProbe, livenessProbe }: Pick<Container, 'readinessProbe' | 'livenessProbe'> = {},
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const httpGet = { path: ENGINE_TYPES[type].health, port };
  const own = [readinessProbe, livenessProbe].find(hasHandler);
  return {
    startupProbe: { ...(own === undefined ? { httpGet } : asked(own)), ...STARTUP },
    readinessProbe: { httpGet, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    // Timings alone are for whom the engine's kind says.
    ...(livenessProbe !== undefined && !hasHandler(livenessProbe) && { livenessProbe: { httpGet } }),
  };
}

/** Whom a probe asks, and how long it waits for the answer. */
function asked(probe: Probe): Probe {
  const names = [...HANDLERS.filter((name) => probe[name] !== undefined).slice(0, 1), 'timeoutSeconds'] as const;
  return Object.fromEntries(names.flatMap((name) => (probe[name] === undefined ? [] : [[name, probe[name]]])));
}
