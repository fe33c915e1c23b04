import { isDeepStrictEqual } from 'node:util';
import { RunFunctionResponse } from '@crossplane-org/function-sdk-typescript';
import { type ClusterObject, controllerOf, type Json, specOf, statusOf } from '../preview/objects.ts';
import type { Turn } from './asking.ts';
import { GATEWAY } from './genesis.ts';
import { manifestOf, seenIn } from './provider.ts';
import { configsIn, isPicker } from './remote.ts';
import { keyOfObject } from './store.ts';
import { parentsOf, rulesOf } from './traefik.ts';
import { availableIn } from './truth.ts';
import type { Functions, Kind } from './world.ts';

/** What must hold of an answer by what the function was given, whatever that was. A sentence, and what breaks it. */
export interface AnswerInvariant {
  readonly name: string;
  /** What breaks it, each as a few words. */
  readonly breaks: (turn: Turn, functions: Functions) => string[];
}

/** What grpc-go takes as an answer, in bytes (facts: Crossplane sets no other limit). */
const MAX_ANSWER = 4 * 2 ** 20;

export const ANSWERS: readonly AnswerInvariant[] = [
  { name: 'the same request gets the same answer, byte for byte', breaks: impure },
  { name: 'no answer is larger than 4 MiB', breaks: tooLarge },
  { name: 'an endpoint says at once that its engines are gone', breaks: truthWithheld },
  { name: 'no request is split between the dead and the living', breaks: deadBesideLiving },
  { name: 'no placement leaves a Gateway for one that is not there', breaks: onNoGateway },
  { name: 'nothing is deleted while an observed object names it', breaks: deletedThoughNamed },
  { name: 'what serves is not deleted while a service says that it serves', breaks: deletedThoughServing },
];

const bytesOf = (response: RunFunctionResponse): Uint8Array => RunFunctionResponse.encode(response).finish();

function impure({ xr, request, response }: Turn, functions: Functions): string[] {
  const handler = functions[xr.kind as Kind];
  const again = handler(request);
  if (Buffer.compare(bytesOf(response), bytesOf(again)) !== 0) return ['a second call answers otherwise'];
  const otherOrder = handler(reversed(request) as typeof request);
  return isDeepStrictEqual(response, otherOrder) ? [] : ['another order of a map makes another answer'];
}

/** The same with every map in the other order: a map of protobuf has none. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  );
}

function tooLarge({ response }: Turn): string[] {
  const { length } = bytesOf(response);
  return length > MAX_ANSWER ? [`${length} bytes`] : [];
}

const LABELS = { placement: 'modelplane.ai/placement', cluster: 'modelplane.ai/cluster' } as const;

const siteOf = ({ metadata }: ClusterObject): string =>
  JSON.stringify([metadata.labels?.[LABELS.placement], metadata.labels?.[LABELS.cluster]]);

/** Of the engines that were there and of which none is left. One that has yet to be seen says nothing. */
function truthWithheld({ xr, observed, desired }: Turn): string[] {
  if (xr.kind !== 'ModelDeployment') return [];
  const objects = Object.values(observed);
  const dead = objects.filter(
    (object) => isEngines(object) && seenIn(object)?.status && availableIn(seenIn(object)) === 0,
  );
  const sites = new Set(dead.map(siteOf));
  return Object.values(desired)
    .filter((object) => object.kind === 'ModelEndpoint' && sites.has(siteOf(object)))
    .filter((object) => specOf(object).lastResort !== true)
    .map((object) => `${object.metadata.name} is not a last resort`);
}

const isEngines = (object: ClusterObject): boolean =>
  object.kind === 'Object' && manifestOf(object).kind === 'Deployment' && !isPicker(manifestOf(object).metadata.name);

interface Routing {
  readonly ready?: boolean;
  readonly draining?: boolean;
  readonly lastResort?: boolean;
  readonly backendName?: string;
}

/** By what the endpoints say of themselves in spec and status. */
function deadBesideLiving({ xr, required, desired }: Turn): string[] {
  const route = desired.httproute;
  if (xr.kind !== 'ModelService' || route === undefined) return [];
  const endpoints = Object.entries(required).flatMap(([name, found]) => (name.startsWith('endpoints-') ? found : []));
  const named = new Set(rulesOf(route).flatMap(({ backendRefs = [] }) => backendRefs.map(({ name }) => name)));
  const inRoute = endpoints.filter((one) => named.has(routingOf(one).backendName ?? ''));
  if (!inRoute.some(isWanted)) return [];
  // With Hold an entry keeps its share, with those of its own of whom nobody knows (docs/model-services.md).
  const mayAnswer = specOf(xr).whenEmpty === 'Hold' ? isUnknown : () => false;
  const dead = inRoute.filter((one) => isDead(one) && !mayAnswer(one));
  return [...new Set(dead.map(({ metadata }) => `${metadata.name} gets a share`))];
}

const routingOf = (endpoint: ClusterObject): Routing => (statusOf(endpoint).routing as Routing | undefined) ?? {};

const isDead = (endpoint: ClusterObject): boolean =>
  routingOf(endpoint).ready !== true || specOf(endpoint).lastResort === true;

const isUnknown = (endpoint: ClusterObject): boolean => specOf(endpoint).lastResort !== true;

const isWanted = (endpoint: ClusterObject): boolean =>
  !isDead(endpoint) &&
  specOf(endpoint).draining !== true &&
  routingOf(endpoint).lastResort !== true &&
  endpoint.metadata.deletionTimestamp === undefined;

/** There is one in every inference cluster, whatever its spec says. */
function onNoGateway({ xr, observed, desired }: Turn): string[] {
  if (xr.kind !== 'ModelDeployment') return [];
  const isOnIts = (object: ClusterObject | undefined): boolean =>
    object !== undefined && parentsOf(manifestOf(object)).some(({ name }) => name === GATEWAY.name);
  return Object.entries(desired)
    .filter(([key, object]) => object.kind === 'Object' && isOnIts(observed[key]) && !isOnIts(object))
    .map(([, object]) => `${keyOfObject(object)} leaves it`);
}

function deletedThoughNamed({ observed, desired, response }: Turn): string[] {
  // What may not be reached is taken away at once, whoever names it.
  if (response.conditions.some(({ reason }) => reason === 'Forbidden')) return [];
  const gone = Object.entries(observed).filter(([key]) => !Object.hasOwn(desired, key));
  const staying = Object.entries(observed).filter(([key]) => Object.hasOwn(desired, key));
  const names = new Map(staying.flatMap(([, object]) => namedBy(object).map((name) => [name, object] as const)));
  return gone.flatMap(([, object]) => {
    const by = names.get(identityOf(object));
    return by === undefined ? [] : [`${keyOfObject(object)} goes, and ${keyOfObject(by)} names it`];
  });
}

/** What an object is where it is named: in an inference cluster by what it puts there. */
function identityOf(object: ClusterObject): string {
  const named = object.kind === 'Object' ? manifestOf(object) : object;
  return JSON.stringify([object.kind === 'Object' ? siteOf(object) : '', named.kind, named.metadata.name]);
}

const on = (site: string, kind: string, name: string): string => JSON.stringify([site, kind, name]);

/** What an object names, as it was observed: its spec, and what its cluster runs by it. */
function namedBy(object: ClusterObject): string[] {
  switch (object.kind) {
    case 'HTTPRoute':
      return rulesOf(object).flatMap(({ filters = [], backendRefs = [] }) => [
        ...filters.flatMap(({ extensionRef }) => (extensionRef ? [on('', 'Middleware', extensionRef.name)] : [])),
        ...backendRefs.map(({ name }) => on('', 'Service', name)),
      ]);
    case 'BackendTLSPolicy':
      return authoritiesOf(object).map(({ kind, name }) => on('', kind, name));
    case 'Object':
      return [manifestOf(object), seenIn(object)]
        .filter((one) => one?.kind === 'Deployment')
        .flatMap((one) => (one === undefined ? [] : configsIn(one)))
        .map((name) => on(siteOf(object), 'ConfigMap', name));
    default:
      return [];
  }
}

const authoritiesOf = (policy: ClusterObject): { kind: string; name: string }[] =>
  ((specOf(policy).validation as Json | undefined)?.caCertificateRefs as
    | { kind: string; name: string }[]
    | undefined) ?? [];

/** An endpoint of a deployment, while a service of the deployment's own says that its route sends requests there. */
function deletedThoughServing({ xr, observed, desired, required }: Turn): string[] {
  if (xr.kind !== 'ModelDeployment') return [];
  const services = [...Object.values(observed), ...Object.values(required).flat()].filter(
    (object) => object.kind === 'ModelService' && isTold(object),
  );
  return Object.entries(observed)
    .filter(([key, object]) => object.kind === 'ModelEndpoint' && !Object.hasOwn(desired, key))
    .filter(([, { metadata }]) => metadata.deletionTimestamp === undefined)
    .flatMap(([, { metadata }]) => {
      const by = services.find((service) => servesBy(service).includes(metadata.name) && hasOther(service));
      return by === undefined
        ? []
        : [`${metadata.name} goes, and ModelService ${by.metadata.name} sends requests there`];
    });
}

const isTold = (service: ClusterObject): boolean => controllerOf(service) !== undefined || service.status !== undefined;

const servesBy = (service: ClusterObject): readonly string[] =>
  (statusOf(service).serving as string[] | undefined) ?? [];

/** One that has nobody else keeps sending there whatever becomes of it, for ever. */
const hasOther = (service: ClusterObject): boolean =>
  ((statusOf(service).endpoints as { ready?: number } | undefined)?.ready ?? 0) > 0;
