import { RunFunctionResponse } from '@crossplane-org/function-sdk-typescript';
import {
  asFunction,
  type Composed,
  type CompositionFunction,
  type Inputs,
  type Requirements,
} from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { compositeSchema, type Schema } from './admit/schema.ts';
import type { Api, Apis } from './apis.ts';
import { begin } from './begin.ts';
import { parseManifests } from './manifests.ts';
import { formatProblem } from './problem.ts';
import type { State, World } from './world.ts';

/** A kind of shop.example.org/v1, made up for tests; its function is compose-<kind>. */
export function testApi(kind: string, spec: Schema = {}, { namespaced = true, status = {} as Schema } = {}): Api {
  const properties = { spec: { type: 'object', ...spec }, status: { type: 'object', ...status } };
  return {
    apiVersion: 'shop.example.org/v1',
    kind,
    namespaced,
    schema: compositeSchema({ type: 'object', properties }, namespaced),
    compositionName: `${kind.toLowerCase()}s.shop.example.org`,
    steps: [{ step: 'compose', functionName: `example-compose-${kind.toLowerCase()}` }],
    definitionFile: '',
    compositionFile: '',
  };
}

export const testApis = (...apis: readonly Api[]): Apis => ({
  find: (apiVersion, kind) => apis.find((api) => api.apiVersion === apiVersion && api.kind === kind),
  all: () => apis,
});

type Compose = (inputs: Inputs<KubernetesObject>) => Partial<Composed>;

/** A function for a kind of testApi; what it leaves out of its answer is empty, and it is ready. */
export function testFunction(compose: Compose, requires: Requirements = {}): CompositionFunction<KubernetesObject> {
  return {
    requires: () => requires,
    compose: (inputs) => ({ desired: {}, status: {}, conditions: [], ready: true, ...compose(inputs) }),
  };
}

export const testWorld = (
  apis: readonly Api[],
  functions: Readonly<Record<string, CompositionFunction<KubernetesObject>>>,
): World => ({
  apis: testApis(...apis),
  functions: Object.fromEntries(Object.entries(functions).map(([name, fn]) => [name, asFunction(fn)])),
});

type DeepPartial<T> = T extends readonly (infer U)[]
  ? DeepPartial<U>[]
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;

export type PartialResponse = DeepPartial<RunFunctionResponse>;

/** A function's response, of which only what matters is written down. */
export const response = (partial: PartialResponse): RunFunctionResponse =>
  RunFunctionResponse.fromPartial(partial as RunFunctionResponse);

/** A cluster with these manifests, which must be good ones. */
export function begunWith(world: World, yaml: string): State {
  const { manifests, problems } = parseManifests(yaml, 'test.yaml');
  const begun = begin(world, manifests);
  const wrong = begun.ok ? problems : [...problems, ...begun.problems];
  if (!begun.ok || wrong.length > 0) throw new Error(wrong.map(formatProblem).join('\n'));
  return begun.state;
}
