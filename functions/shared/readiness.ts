import type { KubernetesObject, StatusCondition } from './kubernetes.ts';

/** The controller whose word on a Gateway or a route we take. */
export const GATEWAY_CONTROLLER = 'traefik.io/gateway-controller';

/** One controller's view of a route or policy, from its status. */
export interface ParentStatus {
  readonly controllerName?: string;
  readonly parentRef?: { readonly name?: string; readonly namespace?: string };
  readonly conditions?: readonly StatusCondition[];
}

/** A condition of an object or of one entry of its status; undefined when nobody has said. */
export const conditionOf = (
  conditions: readonly StatusCondition[] | undefined,
  type: string,
): StatusCondition | undefined => conditions?.find((condition) => condition.type === type);

/** The conditions of an object's status. */
export const conditionsOf = (object: KubernetesObject | undefined): readonly StatusCondition[] =>
  (object?.status as { conditions?: StatusCondition[] } | undefined)?.conditions ?? [];

/** Whether a condition is True, and about the object as it is now rather than as it was before an edit. */
export function isTrue(condition: StatusCondition | undefined, generation: number | undefined): boolean {
  if (condition?.status !== 'True') return false;
  return condition.observedGeneration === undefined || condition.observedGeneration === (generation ?? 0);
}

/** Whether an object of a provider says Ready. Of whichever generation: while an edit is rolled out, the last one serves. */
export const isReady = (object: KubernetesObject | undefined): boolean =>
  conditionOf(conditionsOf(object), 'Ready')?.status === 'True';

/** Conflicted is true when something is wrong, and comes with one of these. */
const OF_A_GOOD_LISTENER: readonly string[] = ['Accepted', 'ResolvedRefs', 'Programmed'];

/** Why a listener of a Gateway is refused, by its conditions: the first that is False says most. */
export const listenerRefusal = (conditions: readonly StatusCondition[] = []): StatusCondition | undefined =>
  conditions.find(({ type, status }) => OF_A_GOOD_LISTENER.includes(type) && status === 'False');

/** What our gateway's controller says of a route, for the Gateway that the route attaches to. */
export function parentStatus(
  route: KubernetesObject | undefined,
  gateway: { readonly name?: string; readonly namespace?: string },
): ParentStatus | undefined {
  const status = route?.status as { parents?: ParentStatus[] } | undefined;
  return status?.parents?.find(
    ({ controllerName, parentRef }) =>
      controllerName === GATEWAY_CONTROLLER &&
      parentRef?.name === gateway.name &&
      parentRef?.namespace === gateway.namespace,
  );
}
