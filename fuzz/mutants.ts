import { Ready, type Resource, type RunFunctionRequest } from '@crossplane-org/function-sdk-typescript';
import type { FunctionHandler } from '#shared/function.ts';
import type { ClusterObject } from '../preview/objects.ts';
import { FUNCTIONS } from './functions.ts';
import { manifestOf } from './provider.ts';
import { configsIn } from './remote.ts';
import type { Functions } from './world.ts';

/** A fault that somebody might put into a function, with what must be said of it. */
export interface Mutant {
  readonly name: string;
  readonly functions: Functions;
  readonly breaks: string;
}

type Resources = Readonly<Record<string, Resource>>;

/** A function whose desired resources are spoiled on their way out. */
const spoiled =
  (handler: FunctionHandler, spoil: (desired: Resources, request: RunFunctionRequest) => Resources): FunctionHandler =>
  (request) => {
    const response = handler(request);
    const { desired } = response;
    return { ...response, desired: desired && { ...desired, resources: { ...spoil(desired.resources, request) } } };
  };

const objectOf = (resource: Resource | undefined): ClusterObject | undefined =>
  resource?.resource as ClusterObject | undefined;

const observedIn = (request: RunFunctionRequest, key: string): ClusterObject | undefined =>
  objectOf(request.observed?.resources[key]);

/** Keeps what an endpoint's spec was, whatever is known of its engines now. */
const withholdTruth = spoiled(FUNCTIONS.ModelDeployment, (desired, request) =>
  Object.fromEntries(
    Object.entries(desired).map(([key, resource]) => [key, asBefore(resource, observedIn(request, key))]),
  ),
);

function asBefore(resource: Resource, before: ClusterObject | undefined): Resource {
  const object = objectOf(resource);
  if (before?.kind !== 'ModelEndpoint' || object === undefined) return resource;
  const { crossplane: _crossplane, ...spec } = before.spec as { crossplane?: unknown };
  return { ...resource, resource: { ...object, spec } };
}

/** Deletes a picker's configuration as soon as the spec has another. */
const deleteConfig = spoiled(FUNCTIONS.ModelDeployment, (desired, request) => {
  const mounted = Object.values(desired).flatMap((resource) => {
    const object = objectOf(resource);
    return object === undefined ? [] : configsIn(manifestOf(object));
  });
  const kept = Object.entries(desired).filter(([key]) => {
    const before = observedIn(request, key);
    const manifest = before && manifestOf(before);
    return manifest?.kind !== 'ConfigMap' || mounted.includes(manifest.metadata.name);
  });
  return Object.fromEntries(kept);
});

/** Says Ready as soon as it has composed a route. */
const readyTooEarly: FunctionHandler = (request) => {
  const response = FUNCTIONS.ModelService(request);
  const composite = response.desired?.composite;
  if (composite === undefined || response.desired?.resources.httproute === undefined) return response;
  return { ...response, desired: { ...response.desired, composite: { ...composite, ready: Ready.READY_TRUE } } };
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a deployment that keeps the truth from its endpoints',
    functions: { ...FUNCTIONS, ModelDeployment: withholdTruth },
    breaks: 'an endpoint says at once that its engines are gone',
  },
  {
    name: 'a deployment that deletes the configuration of a picker that still runs',
    functions: { ...FUNCTIONS, ModelDeployment: deleteConfig },
    breaks: 'nothing is deleted while an observed object names it',
  },
  {
    name: 'a service that says Ready before its route is taken',
    functions: { ...FUNCTIONS, ModelService: readyTooEarly },
    breaks: 'Ready only when a request is answered',
  },
];
