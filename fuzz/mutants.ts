import {
  Ready,
  type Resource,
  type RunFunctionRequest,
  type RunFunctionResponse,
  Severity,
  Status,
} from '@crossplane-org/function-sdk-typescript';
import type { FunctionHandler } from '#shared/function.ts';
import { type ClusterObject, specOf, statusOf } from '../preview/objects.ts';
import { FUNCTIONS } from './functions.ts';
import { GATEWAY } from './genesis.ts';
import { manifestOf } from './provider.ts';
import { configsIn } from './remote.ts';
import { parentsOf } from './traefik.ts';
import type { Functions, Kind } from './world.ts';

/** A fault that somebody might put into a function, with what must be said of it. */
export interface Mutant {
  readonly name: string;
  readonly functions: Functions;
  readonly breaks: string;
  /** The story that found it soonest when one was last looked for. */
  readonly seed: number;
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

/** One function whose answer is spoiled on its way out. */
const answering = (
  kind: Kind,
  spoil: (response: RunFunctionResponse, request: RunFunctionRequest) => RunFunctionResponse,
): Functions => ({ ...FUNCTIONS, [kind]: (request: RunFunctionRequest) => spoil(FUNCTIONS[kind](request), request) });

/** One function whose desired resources are spoiled on their way out. */
const desiring = (kind: Kind, spoil: Parameters<typeof spoiled>[1]): Functions => ({
  ...FUNCTIONS,
  [kind]: spoiled(FUNCTIONS[kind], spoil),
});

const isRefused = ({ conditions }: RunFunctionResponse): boolean =>
  conditions.some(({ type, status }) => type === 'SpecAccepted' && status === Status.STATUS_CONDITION_FALSE);

const withReady = (response: RunFunctionResponse, ready: Ready): RunFunctionResponse => {
  const composite = response.desired?.composite;
  return composite === undefined
    ? response
    : { ...response, desired: { resources: response.desired?.resources ?? {}, composite: { ...composite, ready } } };
};

const withStatus = (response: RunFunctionResponse, more: object): RunFunctionResponse => {
  const composite = response.desired?.composite;
  const { status, ...resource } = composite?.resource ?? {};
  const spoilt = { ...resource, status: { ...(status as object | undefined), ...more } };
  return composite === undefined
    ? response
    : {
        ...response,
        desired: { resources: response.desired?.resources ?? {}, composite: { ...composite, resource: spoilt } },
      };
};

const without = (desired: Resources, isGone: (object: ClusterObject) => boolean): Resources =>
  Object.fromEntries(
    Object.entries(desired).filter(([, resource]) => !isGone(resource.resource as unknown as ClusterObject)),
  );

/** Every object that a function is given, as it would rather have it. */
const given = (request: RunFunctionRequest, change: (object: ClusterObject) => ClusterObject): RunFunctionRequest => {
  const changed = (resource: Resource): Resource => ({
    ...resource,
    resource: change(resource.resource as unknown as ClusterObject) as unknown as Record<string, unknown>,
  });
  const resources = Object.entries(request.observed?.resources ?? {}).map(([key, one]) => [key, changed(one)]);
  const required = Object.entries(request.requiredResources).map(([key, { items }]) => [
    key,
    { items: items.map(changed) },
  ]);
  return {
    ...request,
    observed: { composite: request.observed?.composite, resources: Object.fromEntries(resources) },
    requiredResources: Object.fromEntries(required),
  };
};

const believing = (kind: Kind, change: (object: ClusterObject) => ClusterObject): Functions => ({
  ...FUNCTIONS,
  [kind]: (request: RunFunctionRequest) => FUNCTIONS[kind](given(request, change)),
});

const alive = (object: ClusterObject): ClusterObject =>
  object.kind === 'ModelEndpoint'
    ? {
        ...object,
        spec: { ...specOf(object), lastResort: false },
        status: { ...statusOf(object), routing: { ...(statusOf(object).routing as object | undefined), ready: true } },
      }
    : object;

let calls = 0;

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a deployment that keeps the truth from its endpoints',
    functions: { ...FUNCTIONS, ModelDeployment: withholdTruth },
    breaks: 'an endpoint says at once that its engines are gone',
    seed: 9,
  },
  {
    name: 'a deployment that deletes the configuration of a picker that still runs',
    functions: { ...FUNCTIONS, ModelDeployment: deleteConfig },
    breaks: 'nothing is deleted while an observed object names it',
    seed: 15,
  },
  {
    name: 'a service that says Ready before its route is taken',
    functions: answering('ModelService', (response) =>
      response.desired?.resources.httproute === undefined ? response : withReady(response, Ready.READY_TRUE),
    ),
    breaks: 'Ready only when a request is answered',
    seed: 8,
  },
  {
    name: 'a service that never says Ready',
    functions: answering('ModelService', (response) => withReady(response, Ready.READY_FALSE)),
    breaks: 'Ready when a request is answered',
    seed: 1,
  },
  {
    name: 'a cluster that never says Ready',
    functions: answering('InferenceCluster', (response) => withReady(response, Ready.READY_FALSE)),
    breaks: 'Ready when a request is answered',
    seed: 1,
  },
  {
    name: 'a service that believes all endpoints alive',
    functions: believing('ModelService', alive),
    breaks: 'no request is split between the dead and the living',
    seed: 16,
  },
  {
    name: 'a service that leaves its route where it was',
    functions: desiring('ModelService', (desired, request) => {
      const before = observedIn(request, 'httproute');
      const now = objectOf(desired.httproute);
      if (before === undefined || now === undefined) return desired;
      const spec = { ...specOf(now), parentRefs: parentsOf(before) };
      return { ...desired, httproute: { ...desired.httproute, resource: { ...now, spec } } as Resource };
    }),
    breaks: "every route is on today's front door",
    seed: 27,
  },
  {
    name: "a service that sends requests to another tenant's path",
    functions: desiring('ModelService', (desired) => ({
      ...desired,
      ...(desired.httproute && {
        httproute: JSON.parse(
          JSON.stringify(desired.httproute).replaceAll(/"replacePrefixMatch":"\//g, '"replacePrefixMatch":"/stranger/'),
        ),
      }),
    })),
    breaks: "no namespace's route leads to another's endpoint",
    seed: 1,
  },
  {
    name: 'a service that gives up its route with its first refusal',
    functions: answering('ModelService', (response) =>
      isRefused(response)
        ? {
            ...response,
            desired: {
              composite: response.desired?.composite,
              resources: without(response.desired?.resources ?? {}, ({ kind }) => kind === 'HTTPRoute'),
            },
          }
        : response,
    ),
    breaks: 'somebody who can answer is served whenever somebody could be',
    seed: 30,
  },
  {
    name: 'an endpoint that is withdrawn with its first refusal',
    functions: answering('ModelEndpoint', (response) =>
      isRefused(response)
        ? { ...response, desired: { composite: response.desired?.composite, resources: {} } }
        : response,
    ),
    breaks: 'no write breaks a route that serves',
    seed: 9,
  },
  {
    name: 'a deployment that says of all its endpoints that they are last resorts',
    functions: desiring('ModelDeployment', (desired) =>
      Object.fromEntries(
        Object.entries(desired).map(([key, resource]) => {
          const object = objectOf(resource);
          if (object?.kind !== 'ModelEndpoint') return [key, resource];
          return [key, { ...resource, resource: { ...object, spec: { ...specOf(object), lastResort: true } } }];
        }),
      ),
    ),
    breaks: 'an endpoint tells the truth about its site',
    seed: 1,
  },
  {
    name: "a deployment that believes its cluster's spec",
    functions: desiring('ModelDeployment', (desired, request) => {
      const clusters = request.requiredResources.clusters?.items.map((one) => objectOf(one)) ?? [];
      return Object.fromEntries(
        Object.entries(desired).map(([key, resource]) => {
          const at = objectOf(resource)?.metadata.labels?.['modelplane.ai/cluster'];
          const cluster = clusters.find((one) => one?.metadata.name === at);
          const { name } = (cluster === undefined ? {} : specOf(cluster).gateway) as { name?: string };
          return [key, JSON.parse(JSON.stringify(resource).replaceAll(GATEWAY.name, name ?? GATEWAY.name))];
        }),
      );
    }),
    breaks: 'no placement leaves a Gateway for one that is not there',
    seed: 1,
  },
  {
    name: 'a deployment that deletes an endpoint as soon as it drains',
    functions: desiring('ModelDeployment', (desired) =>
      without(desired, (object) => object.kind === 'ModelEndpoint' && specOf(object).draining === true),
    ),
    breaks: 'what serves is not deleted while a service says that it serves',
    seed: 4,
  },
  {
    name: 'a gateway that does not guard what was brought',
    functions: desiring('InferenceGateway', (desired) =>
      without(desired, ({ metadata }) => metadata.name.startsWith('front-door-brought')),
    ),
    breaks: 'routes on a Gateway that was brought are guarded',
    seed: 27,
  },
  {
    name: 'a service that says how often it was asked',
    functions: answering('ModelService', (response) => withStatus(response, { calls: calls++ })),
    breaks: 'the same request gets the same answer, byte for byte',
    seed: 4,
  },
  {
    name: 'a service that counts in its status',
    functions: answering('ModelService', (response, request) => {
      const { status } = (request.observed?.composite?.resource ?? {}) as { status?: { count?: number } };
      return withStatus(response, { count: (status?.count ?? 0) + 1 });
    }),
    breaks: 'quiet when nothing changes',
    seed: 1,
  },
  {
    name: 'a service whose status is too long',
    functions: answering('ModelService', (response) => withStatus(response, { text: 'x'.repeat(5 * 2 ** 20) })),
    breaks: 'no answer is larger than 4 MiB',
    seed: 1,
  },
  {
    name: 'a service that requires something else on each call',
    functions: answering('ModelService', (response) => ({
      ...response,
      requirements: {
        extraResources: {},
        schemas: {},
        resources: {
          ...response.requirements?.resources,
          more: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', matchName: `${calls++}` },
        },
      },
    })),
    breaks: 'requirements settle',
    seed: 1,
  },
  {
    name: 'an endpoint whose refusal is fatal',
    functions: answering('ModelEndpoint', (response) =>
      isRefused(response)
        ? { ...response, results: [{ severity: Severity.SEVERITY_FATAL, message: 'is refused' }] }
        : response,
    ),
    breaks: 'no fatal result',
    seed: 6,
  },
  {
    name: 'an endpoint whose refusal is an exception',
    functions: answering('ModelEndpoint', (response) => {
      if (isRefused(response)) throw new Error('is refused');
      return response;
    }),
    breaks: 'no exception',
    seed: 6,
  },
];
