import { isAtOrBelow, servicePath } from '#shared/paths.ts';
import { parseEndpointUrl } from '#shared/urls.ts';
import { type ClusterObject, controllerOf, type Json, specOf, statusOf } from '../preview/objects.ts';
import { isAddressOf } from './genesis.ts';
import { manifestOf, seenIn } from './provider.ts';
import { answers } from './remote.ts';
import { keyOf, list } from './store.ts';
import {
  destination,
  isServed,
  letsIn,
  missingMiddleware,
  parentsOf,
  type Rule,
  rulesOf,
  type View,
} from './traefik.ts';
import type { Site, World } from './world.ts';

/** By what is so, or by what has been told on the control plane: nobody can act on what nobody has seen. */
export type Knowledge = 'real' | 'told';

/** What becomes of the requests that are sent one way. */
interface Share {
  readonly backend: string;
  readonly weight: number;
  /** Held: nobody is to have it, by the user's own word. */
  readonly held: boolean;
  /** Why it is not answered; undefined where it is. */
  readonly problem: string | undefined;
}

/** Why the front door has nothing at all for a service, or who gets its requests. */
export type Outcome = { readonly problem: string } | { readonly shares: readonly Share[] };

const PATH = '/v1/chat/completions';

/** What becomes of a chat completion that is sent to a service. */
export function outcomeOf(world: World, view: View, service: ClusterObject, knowledge: Knowledge): Outcome {
  const { namespace = '', name } = service.metadata;
  const path = servicePath({ namespace, name });
  const found = view
    .list('HTTPRoute')
    .filter((route) => route.metadata.namespace === namespace)
    .flatMap((route) => rulesOf(route).map((rule) => ({ route, rule, prefix: rule.matches?.[0]?.path?.value ?? '/' })))
    .filter(({ prefix }) => isAtOrBelow(path + PATH, prefix))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
    .at(0);
  if (found === undefined) return { problem: `no route has ${path}` };
  const problem = unattached(view, found.route) ?? missingMiddleware(view, found.route, found.rule);
  return problem === undefined ? { shares: sharesOf(world, view, found, path, knowledge) } : { problem };
}

/** Why a route is served by no Gateway, if it is not. */
export function unattached(view: View, route: ClusterObject): string | undefined {
  const problems = parentsOf(route).map(({ namespace, name }) => {
    const gateway = view.get('Gateway', namespace, name);
    if (gateway === undefined) return `Gateway ${namespace}/${name} is not there`;
    if (!isServed(view, gateway)) return `no Traefik serves Gateway ${namespace}/${name}`;
    return letsIn(view, gateway, route) ? undefined : `Gateway ${namespace}/${name} does not let it in`;
  });
  return problems.includes(undefined) ? undefined : (problems[0] ?? 'it names no Gateway');
}

function sharesOf(
  world: World,
  view: View,
  { route, rule, prefix }: { route: ClusterObject; rule: Rule; prefix: string },
  path: string,
  knowledge: Knowledge,
): Share[] {
  return (rule.backendRefs ?? [])
    .filter(({ weight = 1 }) => weight > 0)
    .map((backend) => {
      const to = destination(view, route, backend);
      const share = { backend: backend.name, weight: backend.weight ?? 1, held: /-hold-/.test(backend.name) };
      if ('broken' in to) return { ...share, held: false, problem: `500: ${to.broken}` };
      if ('nobody' in to) return { ...share, problem: '503: nobody is behind it' };
      const rest = (path + PATH).slice(prefix.length);
      const arrives = (replacementOf(backend.filters) + rest).replace(/\/\/+/g, '/');
      return { ...share, problem: unanswered(world, to.host, arrives, headersOf(backend.filters), knowledge) };
    });
}

const replacementOf = (filters: readonly Json[] = []): string => {
  const rewrite = filters.map(({ urlRewrite }) => urlRewrite).find((one) => one !== undefined);
  return (rewrite as { path?: { replacePrefixMatch?: string } } | undefined)?.path?.replacePrefixMatch ?? '';
};

type Headers = Readonly<Record<string, string>>;

function headersOf(filters: readonly Json[] = []): Headers {
  const modifiers = filters.map(({ requestHeaderModifier }) => requestHeaderModifier as { set?: HeaderValue[] });
  const set = modifiers.flatMap((modifier) => modifier?.set ?? []);
  return Object.fromEntries(set.map(({ name, value }) => [name.toLowerCase(), value]));
}

interface HeaderValue {
  readonly name: string;
  readonly value: string;
}

/** Why a request that arrives somewhere is not answered. Outside providers always answer. */
function unanswered(
  world: World,
  host: string,
  path: string,
  headers: Headers,
  knowledge: Knowledge,
): string | undefined {
  const name = siteAt(world, host, knowledge);
  if (name === undefined) return GONE.test(host) ? `nobody is at ${host}` : undefined;
  const site = world.sites.get(name);
  return site && unansweredIn(world, name, site, path, headers, knowledge);
}

/** Addresses that inference clusters have, or had. */
const GONE = /^198\.18\./;

/** The inference cluster whose gateway is at an address. */
export function siteAt(world: World, host: string, knowledge: Knowledge = 'real'): string | undefined {
  const found = [...world.sites].find(([, { addresses }]) => addresses.includes(host))?.[0];
  if (found !== undefined || knowledge === 'real') return found;
  return [...world.sites.keys()].find((name) => mayBeAt(host, name, addressesTold(world, name)));
}

/** A gateway that says no address any more may still be where it was. */
const mayBeAt = (host: string, cluster: string, told: readonly string[]): boolean =>
  told.length === 0 ? isAddressOf(cluster, host) : told.includes(host);

/** The addresses of a cluster's gateway as provider-kubernetes last saw them. */
function addressesTold({ store }: World, cluster: string): string[] {
  const gateways = list(store, 'Object').filter((object) => controllerOf(object)?.kind === 'InferenceCluster');
  const own = gateways.filter(({ metadata }) => metadata.labels?.['modelplane.ai/cluster'] === cluster);
  return own.flatMap((object) => {
    const seen = seenIn(object);
    const addresses = seen && (statusOf(seen).addresses as { value: string }[] | undefined);
    return (addresses ?? []).map(({ value }) => value);
  });
}

interface RemoteRule extends Rule {
  readonly matches?: readonly {
    readonly path?: { readonly value?: string };
    readonly headers?: readonly HeaderValue[];
  }[];
}

function unansweredIn(
  world: World,
  name: string,
  site: Site,
  path: string,
  headers: Headers,
  knowledge: Knowledge,
): string | undefined {
  const route = [...site.objects.values()].find(
    (object) => object.kind === 'HTTPRoute' && rulesOf(object).some((rule) => matches(rule, path, headers)),
  );
  if (route === undefined) return `404: ${name} has no route for ${path}`;
  const { namespace, name: pool } = route.metadata;
  if (!site.objects.has(keyOf('InferencePool.inference.networking.k8s.io', namespace, pool)))
    return `${name} has no pool ${pool}`;
  const dead = [pool, `${pool}-epp`].find((deployment) =>
    knowledge === 'real' ? !answers(site, namespace, deployment) : !answersTold(world, name, deployment),
  );
  return dead && `503: no pod of ${dead} answers in ${name}`;
}

const matches = ({ matches = [] }: RemoteRule, path: string, headers: Headers): boolean =>
  matches.some(
    (match) =>
      isAtOrBelow(path, match.path?.value ?? '/') &&
      (match.headers ?? []).every(({ name, value }) => headers[name.toLowerCase()] === value),
  );

/** Whether pods of a Deployment answer as provider-kubernetes last saw them. */
export function answersTold({ store }: World, cluster: string, deployment: string): boolean {
  return list(store, 'Object').some((object) => {
    const manifest = manifestOf(object);
    if (manifest.kind !== 'Deployment' || manifest.metadata.name !== deployment) return false;
    const seen = seenIn(object);
    return object.metadata.labels?.['modelplane.ai/cluster'] === cluster && availableIn(seen) > 0;
  });
}

export const availableIn = (deployment: ClusterObject | undefined): number =>
  Number((deployment && statusOf(deployment).availableReplicas) ?? 0);

/** Where an endpoint's spec says that requests go, with the path that they arrive under. */
export function specDestination(endpoint: ClusterObject): { host: string; path: string } | undefined {
  const { url = '', rewritePath } = specOf(endpoint) as { url?: string; rewritePath?: string };
  const parsed = parseEndpointUrl(url);
  return parsed.ok ? { host: parsed.host, path: rewritePath ?? parsed.path } : undefined;
}

/** Whether a composed endpoint's site answers in truth and has been seen to. */
export function siteAnswers(world: World, endpoint: ClusterObject): boolean {
  const to = specDestination(endpoint);
  const cluster = endpoint.metadata.labels?.['modelplane.ai/cluster'];
  const site = world.sites.get(cluster ?? '');
  if (to === undefined || cluster === undefined || site === undefined || !site.api) return false;
  const route = [...site.objects.values()].find(
    (object) =>
      object.kind === 'HTTPRoute' &&
      rulesOf(object).some(({ matches: all = [] }) => all.some((match) => match.path?.value === to.path)),
  );
  const pool = route?.metadata.name ?? '';
  return [pool, `${pool}-epp`].every(
    (name) => answers(site, route?.metadata.namespace, name) && answersTold(world, cluster, name),
  );
}
