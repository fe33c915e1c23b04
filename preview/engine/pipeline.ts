import { isDeepStrictEqual } from 'node:util';
import {
  type ResourceSelector,
  Resources,
  RunFunctionRequest,
  RunFunctionResponse,
  Severity,
  type State,
  Status,
} from '@crossplane-org/function-sdk-typescript';
import type { FunctionHandler } from '#shared/function.ts';
import type { StatusCondition } from '#shared/kubernetes.ts';
import { errorKind } from '#shared/server-protocol.ts';
import { type ClusterObject, copyOf } from '../objects.ts';

/** How often Crossplane calls a function again for what it requires (internal/xfn/required_resources.go). */
const MAX_REQUIREMENTS_ITERATIONS = 5;

export interface Step {
  readonly step: string;
  readonly handler: FunctionHandler;
}

/** Looks up what a function requires. An error is what an API server would answer, such as that there is no such kind. */
export type Fetch = (selector: ResourceSelector) => Found | FetchError;
export interface Found {
  readonly objects: readonly ClusterObject[];
}
interface FetchError {
  readonly error: string;
}

/** What the functions said of the composite on the way, whatever came of it. */
export interface Said {
  readonly conditions: readonly StatusCondition[];
}

export interface Failure {
  readonly ok: false;
  /** As Crossplane puts it. */
  readonly error: string;
  /** The function's own words, where it was the function that gave up. */
  readonly fatal?: string;
}

/** What came out at the end of a pipeline, or what stopped it. */
export type PipelineResult = Said & (Failure | { readonly ok: true; readonly desired: State });

/** Runs the steps as Crossplane does: each is given what the one before desired, and a fatal result ends it all. */
export function runPipeline(
  xr: ClusterObject,
  observed: Readonly<Record<string, ClusterObject>>,
  steps: readonly Step[],
  fetch: Fetch,
): PipelineResult {
  let desired: State = { composite: undefined, resources: {} };
  let context: RunFunctionRequest['context'] = {};
  const conditions: StatusCondition[] = [];
  for (const { step, handler } of steps) {
    // A copy, so that a function which changes what it is given changes nothing here.
    const request = copyOf({ observed: stateOf(xr, observed), desired, context });
    const outcome = runFunction(handler, RunFunctionRequest.fromPartial(request), fetch);
    if ('error' in outcome)
      return failure(`cannot run Composition pipeline step "${step}": ${outcome.error}`, conditions);
    conditions.push(...outcome.conditions.map(toCondition));
    const fatal = fatalResult(outcome);
    if (fatal !== undefined) {
      return { ...failure(`pipeline step "${step}" returned a fatal result: ${fatal}`, conditions), fatal };
    }
    desired = outcome.desired ?? { composite: undefined, resources: {} };
    context = outcome.context;
  }
  return { ok: true, desired, conditions };
}

const failure = (error: string, conditions: readonly StatusCondition[]): Said & Failure => ({
  ok: false,
  error,
  conditions,
});

const stateOf = (xr: ClusterObject, observed: Readonly<Record<string, ClusterObject>>) => ({
  composite: { resource: xr },
  resources: Object.fromEntries(Object.entries(observed).map(([key, resource]) => [key, { resource }])),
});

/** Calls a function until it requires no more than it was given. */
function runFunction(
  handler: FunctionHandler,
  request: RunFunctionRequest,
  fetch: Fetch,
): RunFunctionResponse | FetchError {
  let required: RunFunctionResponse['requirements'];
  for (let call = 0; call <= MAX_REQUIREMENTS_ITERATIONS; call++) {
    const response = called(handler, request);
    if (fatalResult(response) !== undefined || isDeepStrictEqual(response.requirements, required)) return response;
    const fetched = fetchAll(response.requirements?.resources ?? {}, fetch);
    if ('error' in fetched) return fetched;
    // Crossplane compares once: a function that saw all it requires on its first call is not called again.
    if (call === 0 && isDeepStrictEqual(request.requiredResources, fetched.resources)) return response;
    required = response.requirements;
    request.requiredResources = fetched.resources;
    request.context = response.context;
  }
  return {
    error: `requirements didn't stabilize after the maximum number of iterations (${MAX_REQUIREMENTS_ITERATIONS})`,
  };
}

/** As the server does it: an exception is a fatal result. Here nobody else reads what it says, so it is told in full. */
function called(handler: FunctionHandler, request: RunFunctionRequest): RunFunctionResponse {
  try {
    return handler(request);
  } catch (thrown) {
    const message = `the function failed with ${errorKind(thrown)}, which is a bug in it: ${whatWasThrown(thrown)}`;
    return RunFunctionResponse.fromPartial({ results: [{ severity: Severity.SEVERITY_FATAL, message }] });
  }
}

function whatWasThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const place = thrown.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return [thrown.message, place?.trim()].filter(Boolean).join(' ');
}

function fetchAll(
  selectors: Readonly<Record<string, ResourceSelector>>,
  fetch: Fetch,
): { readonly resources: Record<string, Resources> } | FetchError {
  const resources: Record<string, Resources> = {};
  for (const [name, selector] of Object.entries(selectors)) {
    const found = fetch(selector);
    if ('error' in found) return { error: `fetching resources for ${name}: ${found.error}` };
    resources[name] = Resources.fromPartial({
      items: found.objects.map((resource) => ({ resource: copyOf(resource) })),
    });
  }
  return { resources };
}

const fatalResult = ({ results }: RunFunctionResponse): string | undefined =>
  results.find(({ severity }) => severity === Severity.SEVERITY_FATAL)?.message;

const STATUSES = { [Status.STATUS_CONDITION_TRUE]: 'True', [Status.STATUS_CONDITION_FALSE]: 'False' } as const;

const toCondition = ({
  type,
  status,
  reason,
  message,
}: RunFunctionResponse['conditions'][number]): StatusCondition => ({
  type,
  status: STATUSES[status as keyof typeof STATUSES] ?? 'Unknown',
  reason,
  ...(message && { message }),
});
