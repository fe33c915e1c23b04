import { isDeepStrictEqual } from 'node:util';
import {
  Ready,
  type ResourceSelector,
  type RunFunctionRequest,
  type RunFunctionResponse,
  Severity,
} from '@crossplane-org/function-sdk-typescript';
import { setConditions } from '../preview/engine/conditions.ts';
import { type ClusterObject, conditionsOf, controllerOf, RESOURCE_NAME, uidOf } from '../preview/objects.ts';
import { keyOf, keyOfObject, type Lag, list, read } from './store.ts';
import { type Functions, type Kind, violated, type World } from './world.ts';

/** What a function was given and what it answered. */
export interface Turn {
  readonly xr: ClusterObject;
  readonly observed: Readonly<Record<string, ClusterObject>>;
  readonly required: Readonly<Record<string, readonly ClusterObject[]>>;
  readonly request: RunFunctionRequest;
  readonly response: RunFunctionResponse;
  readonly desired: Readonly<Record<string, ClusterObject>>;
  /** Whether every cache was up to date. */
  readonly fresh: boolean;
}

/** How often Crossplane calls a function again for what it requires (internal/xfn/required_resources.go). */
const MAX_CALLS = 6;

/** Observes what a composite refers to and calls its function until it requires nothing else; undefined where it fails. */
export function ask(world: World, functions: Functions, key: string, given: ClusterObject, lag: Lag): Turn | undefined {
  const xr = withResponsive(given);
  const observed = observedOf(world, key, lag);
  let wanted = world.required.get(key) ?? {};
  for (let call = 0; call < MAX_CALLS; call++) {
    const required = Object.fromEntries(
      Object.entries(wanted).map(([name, one]) => [name, fetch(world, one as ResourceSelector, lag)]),
    );
    const request = requestOf(xr, observed, required);
    const response = answerOf(world, functions, xr, request);
    if (response === undefined) return undefined;
    const asked = response.requirements?.resources ?? {};
    if (isDeepStrictEqual(asked, wanted)) {
      world.required.set(key, wanted);
      return turnOf(xr, observed, required, request, response, Object.keys(lag).length === 0);
    }
    wanted = asked;
  }
  violated(world, 'requirements settle', `${key} requires something else on each of ${MAX_CALLS} calls`);
  return undefined;
}

function answerOf(
  world: World,
  functions: Functions,
  xr: ClusterObject,
  request: RunFunctionRequest,
): RunFunctionResponse | undefined {
  world.reconciles += 1;
  try {
    const response = functions[xr.kind as Kind](request);
    const fatal = response.results.find(({ severity }) => severity === Severity.SEVERITY_FATAL);
    if (fatal === undefined) return response;
    violated(world, 'no fatal result', `${keyOfObject(xr)}: ${fatal.message}`);
  } catch (error) {
    violated(world, 'no exception', `${keyOfObject(xr)}: ${(error as Error).stack}`);
  }
  return undefined;
}

const turnOf = (
  xr: ClusterObject,
  observed: Turn['observed'],
  required: Turn['required'],
  request: RunFunctionRequest,
  response: RunFunctionResponse,
  fresh: boolean,
): Turn => ({
  xr,
  observed,
  required,
  request,
  response,
  fresh,
  desired: Object.fromEntries(
    Object.entries(response.desired?.resources ?? {}).map(([key, { resource }]) => [
      key,
      resource as unknown as ClusterObject,
    ]),
  ),
});

/** As Crossplane 2.4 hands a composite out: it says that its watches work. */
const withResponsive = (xr: ClusterObject): ClusterObject => ({
  ...xr,
  status: {
    ...(xr.status as object | undefined),
    conditions: setConditions(conditionsOf(xr), [
      { type: 'Responsive', status: 'True', reason: 'WatchCircuitClosed', message: '' },
    ]),
  },
});

const resourceOf = (resource: ClusterObject) => ({
  resource: resource as unknown as Record<string, unknown>,
  connectionDetails: {},
  ready: Ready.READY_UNSPECIFIED,
});

const requestOf = (xr: ClusterObject, observed: Turn['observed'], required: Turn['required']): RunFunctionRequest => ({
  meta: { tag: 'fuzz', capabilities: [] },
  observed: {
    composite: resourceOf(xr),
    resources: Object.fromEntries(Object.entries(observed).map(([key, object]) => [key, resourceOf(object)])),
  },
  desired: undefined,
  input: undefined,
  context: undefined,
  extraResources: {},
  credentials: {},
  requiredResources: Object.fromEntries(
    Object.entries(required).map(([name, objects]) => [name, { items: objects.map(resourceOf) }]),
  ),
  requiredSchemas: {},
});

/**
 * What the composite refers to and is not somebody else's. What a lagging cache does not have yet is read from the API
 * server itself (ExistingComposedResourceObserver); what it still has although it is gone is observed all the same.
 */
function observedOf({ store }: World, key: string, lag: Lag): Record<string, ClusterObject> {
  const xr = store.objects.get(key);
  if (xr === undefined) return {};
  const objects = (machineryOf(xr).resourceRefs ?? []).flatMap(({ kind, namespace, name }) => {
    const child = keyOf(kind, xr.metadata.namespace ?? namespace, name);
    return read(store, child, lag) ?? store.objects.get(child) ?? [];
  });
  const own = objects.filter((object) => (controllerOf(object)?.uid ?? uidOf(xr)) === uidOf(xr));
  return Object.fromEntries(own.map((object) => [object.metadata.annotations?.[RESOURCE_NAME] ?? '', object]));
}

function fetch({ store }: World, selector: ResourceSelector, lag: Lag): ClusterObject[] {
  const { kind, namespace, matchName, matchLabels } = selector;
  if (matchName !== undefined) {
    const found = read(store, keyOf(kind, namespace, matchName), lag);
    return found === undefined ? [] : [found];
  }
  const labels = Object.entries(matchLabels?.labels ?? {});
  return list(store, kind, lag).filter(
    ({ metadata }) =>
      (namespace === undefined || namespace === metadata.namespace) &&
      labels.every(([label, value]) => metadata.labels?.[label] === value),
  );
}

interface Reference {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export const machineryOf = (xr: ClusterObject): { readonly resourceRefs?: readonly Reference[] } =>
  ((xr.spec as { crossplane?: object } | undefined)?.crossplane as object | undefined) ?? {};
