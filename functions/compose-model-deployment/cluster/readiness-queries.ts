/**
 * CEL by which provider-kubernetes derives an Object's readiness. It must be bool by its types alone: a bare field is
 * dyn and never ready. A field that is missing is an error and not ready, so what may be missing is asked for first.
 */

/** A condition of a list that is True, whatever it was observed at. */
const holds = (list: string, type: string): string => `${list}.exists(c, c.type == "${type}" && c.status == "True")`;

/** A condition that is True and about the object as it is now. */
const holdsNow = (list: string, type: string): string =>
  `${list}.exists(c, c.type == "${type}" && c.status == "True" && ` +
  'has(c.observedGeneration) && c.observedGeneration == object.metadata.generation)';

/** The controller has seen this generation, and enough replicas can serve; none are needed where none are wanted. */
export const DEPLOYMENT_READY = [
  'has(object.status) && has(object.status.observedGeneration)',
  'object.status.observedGeneration >= object.metadata.generation',
  `(object.spec.replicas == 0 || (has(object.status.conditions) && ${holds('object.status.conditions', 'Available')}))`,
].join(' && ');

/** KEDA has understood what it is asked for, has its autoscaler, and is not left without a measure. */
export const SCALED_OBJECT_READY = [
  'has(object.status) && has(object.status.conditions) && has(object.status.hpaName)',
  holds('object.status.conditions', 'Ready'),
  ...['Fallback', 'Paused'].map((type) => `!${holds('object.status.conditions', type)}`),
  '!object.status.conditions.exists(c, c.type == "HPAActive" && c.status == "False")',
].join(' && ');

/** It is through. */
export const JOB_COMPLETE = [
  'has(object.status) && has(object.status.conditions)',
  holds('object.status.conditions', 'Complete'),
].join(' && ');

/** A gateway has taken the pool and found its picker. Not every one says of which generation. */
export const POOL_READY = [
  'has(object.status) && has(object.status.parents)',
  `object.status.parents.exists(p, has(p.conditions) && ${holds('p.conditions', 'Accepted')} && ${holds('p.conditions', 'ResolvedRefs')})`,
].join(' && ');

/** The cluster's gateway has taken this generation of the route and found its pool. */
export const routeReady = (gateway: { readonly name: string } | undefined): string =>
  [
    'has(object.status) && has(object.status.parents)',
    `object.status.parents.exists(p, p.parentRef.name == ${JSON.stringify(gateway?.name ?? '')} && has(p.conditions) && ` +
      `${holdsNow('p.conditions', 'Accepted')} && ${holdsNow('p.conditions', 'ResolvedRefs')})`,
  ].join(' && ');
