import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ready, RunFunctionRequest, type RunFunctionResponse, Status } from '@crossplane-org/function-sdk-typescript';
import { parseAllDocuments } from 'yaml';
import { asFunction, type CompositionFunction } from './function.ts';
import type { KubernetesObject } from './kubernetes.ts';

/** What a function is asked with: plain objects, as Crossplane would have fetched them. */
export interface Given {
  readonly xr: KubernetesObject;
  readonly observed?: Readonly<Record<string, KubernetesObject>>;
  /** By requirement. One that the function states and that is not here was looked for and not found. */
  readonly required?: Readonly<Record<string, readonly KubernetesObject[]>>;
}

/** What a function answered, as plain data. */
export interface Answer {
  readonly desired: Readonly<Record<string, KubernetesObject>>;
  /** Keys of what is desired and ready. */
  readonly ready: readonly string[];
  readonly xrReady: boolean;
  readonly status: Readonly<Record<string, unknown>>;
  /** Each as `Type=Status Reason: message`, which reads well in a failed test. That a spec is accepted is left out. */
  readonly conditions: readonly string[];
  /** Why the spec is refused, where it is. */
  readonly refused: string | undefined;
}

/** Asks a function as Crossplane does, through protobuf, and reads its answer. */
export function composeWith<X extends KubernetesObject>(fn: CompositionFunction<X>, given: Given): Answer {
  const rsp = respondTo(fn, given);
  const resources = Object.entries(rsp.desired?.resources ?? {});
  return {
    desired: Object.fromEntries(resources.map(([key, { resource }]) => [key, resource as KubernetesObject])),
    ready: resources.filter(([, { ready }]) => ready === Ready.READY_TRUE).map(([key]) => key),
    xrReady: rsp.desired?.composite?.ready === Ready.READY_TRUE,
    status: rsp.desired?.composite?.resource?.status ?? {},
    conditions: rsp.conditions
      .filter(({ reason }) => reason !== 'Accepted')
      .map(({ type, status, reason, message }) => `${type}=${WORDS[status]} ${reason}: ${message}`),
    refused: rsp.results[0]?.message,
  };
}

const WORDS: Readonly<Record<number, string>> = {
  [Status.STATUS_CONDITION_TRUE]: 'True',
  [Status.STATUS_CONDITION_FALSE]: 'False',
  [Status.STATUS_CONDITION_UNKNOWN]: 'Unknown',
};

function respondTo<X extends KubernetesObject>(fn: CompositionFunction<X>, given: Given): RunFunctionResponse {
  const handler = asFunction(fn);
  // Crossplane calls again until the requirements no longer change.
  const first = handler(request(given, []));
  const second = handler(request(given, Object.keys(first.requirements?.resources ?? {})));
  return handler(request(given, Object.keys(second.requirements?.resources ?? {})));
}

function request({ xr, observed = {}, required = {} }: Given, asked: readonly string[]): RunFunctionRequest {
  const resource = (object: KubernetesObject) => ({ resource: { ...object } });
  return RunFunctionRequest.decode(
    RunFunctionRequest.encode(
      RunFunctionRequest.fromPartial({
        meta: { tag: 'test' },
        observed: {
          composite: resource(xr),
          resources: Object.fromEntries(Object.entries(observed).map(([key, object]) => [key, resource(object)])),
        },
        requiredResources: Object.fromEntries(
          asked.map((requirement) => [requirement, { items: (required[requirement] ?? []).map(resource) }]),
        ),
      }),
    ).finish(),
  );
}

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

/** The objects of an example, in the order of its files. */
export function example(folder: string): KubernetesObject[] {
  const files = readdirSync(join(EXAMPLES, folder)).filter((file) => file.endsWith('.yaml'));
  return files
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(EXAMPLES, folder, file), 'utf8')).map(
        (document) => document.toJS() as KubernetesObject,
      ),
    );
}

/** Models of kinds that are not Kubernetes' own, by their group. */
const MODELS: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'keda.sh': '@kubernetes-models/keda',
  'networking.gke.io': '@kubernetes-models/gke',
  'networking.istio.io': '@kubernetes-models/istio',
};

/** What the API server would find wrong with a composed object, by the schema of its kind. */
export async function schemaProblem(object: KubernetesObject): Promise<string | undefined> {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const path = [group, version, object.kind].filter((part) => part !== '').join('/');
  const from = MODELS[group ?? ''] ?? 'kubernetes-models';
  const module = (await import(`${from}/${path}`)) as Record<string, new (data: object) => { validate(): void }>;
  const Model = module[object.kind];
  if (Model === undefined) throw new Error(`no model of ${object.apiVersion} ${object.kind}`);
  try {
    new Model(object).validate();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
