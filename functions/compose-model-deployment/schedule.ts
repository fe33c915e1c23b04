import { hash } from '#shared/names.ts';
import type { Tenant } from '#shared/paths.ts';

/** A cluster of the catalogue, as far as it matters for choosing one. */
export interface Candidate {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cordoned: boolean;
  readonly draining: boolean;
  /** Why nothing new can be put there, such as that it is not connected; undefined when it can. */
  readonly problem: string | undefined;
}

/** What a placement asks for. */
export interface Wish {
  readonly placement: string;
  readonly clusterName: string | undefined;
  readonly matchLabels: Readonly<Record<string, string>>;
  /** The cluster that it is on. */
  readonly current: string | undefined;
}

export interface Assignment {
  readonly placement: string;
  /** Undefined while no cluster can take it. */
  readonly cluster: string | undefined;
  /** Whether it is where it was asked to be; one that cannot move yet is not. */
  readonly settled: boolean;
  /** Why this cluster, and why not the others. */
  readonly reason: string;
}

/** How many other clusters a reason speaks of. */
const MAX_EXPLAINED = 6;

/**
 * Chooses a cluster for every placement: the one it names; else the one that it is on, for as long as that still fits;
 * else of those that fit the one with the fewest siblings, and among equals the one that its own hash prefers. So
 * nothing moves because something was added, and the order of placements and clusters does not matter.
 */
export function schedule(deployment: Tenant, wishes: readonly Wish[], clusters: readonly Candidate[]): Assignment[] {
  const settled = new Map(wishes.map((wish) => [wish.placement, settledOn(wish, clusters)]));
  const siblings = [...settled.values()].filter((cluster) => cluster !== undefined);
  for (const wish of wishes.toSorted((a, b) => compare(a.placement, b.placement))) {
    if (settled.get(wish.placement) !== undefined) continue;
    const chosen = choose(deployment, wish, clusters, siblings);
    if (chosen !== undefined) siblings.push(chosen);
    settled.set(wish.placement, chosen);
  }
  return wishes.map((wish) => assignment(wish, settled.get(wish.placement), clusters));
}

/** The cluster that a placement has without choosing: the one that it names or the one that it may stay on. */
function settledOn({ clusterName, matchLabels, current }: Wish, clusters: readonly Candidate[]): string | undefined {
  const here = clusters.find(({ name }) => name === (clusterName ?? current));
  // A cluster that has left the catalogue keeps what it has: it may well serve.
  if (here === undefined) return clusterName === undefined || clusterName === current ? current : undefined;
  if (clusterName !== undefined) return clusterName === current || canTake(here) ? clusterName : undefined;
  return !here.draining && matches(here, matchLabels) ? current : undefined;
}

function choose(
  deployment: Tenant,
  { placement, clusterName, matchLabels }: Wish,
  clusters: readonly Candidate[],
  siblings: readonly string[],
): string | undefined {
  if (clusterName !== undefined) return undefined;
  const fitting = clusters.filter((cluster) => canTake(cluster) && matches(cluster, matchLabels));
  const count = (name: string) => siblings.filter((sibling) => sibling === name).length;
  const score = (name: string) => hash([deployment.namespace, deployment.name, placement, name]);
  const [best] = fitting.toSorted(
    (a, b) => count(a.name) - count(b.name) || compare(score(b.name), score(a.name)) || compare(a.name, b.name),
  );
  return best?.name;
}

const canTake = ({ cordoned, draining, problem }: Candidate): boolean =>
  !cordoned && !draining && problem === undefined;

const matches = ({ labels }: Candidate, matchLabels: Wish['matchLabels']): boolean =>
  missingLabels(labels, matchLabels).length === 0;

const missingLabels = (labels: Candidate['labels'], matchLabels: Wish['matchLabels']): string[] =>
  Object.entries(matchLabels)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `${key}=${value}`)
    .sort();

function assignment(wish: Wish, chosen: string | undefined, clusters: readonly Candidate[]): Assignment {
  const { placement, current } = wish;
  if (chosen !== undefined) {
    const why = wish.clusterName === undefined ? othersReason(wish, chosen, clusters) : namedReason(chosen, clusters);
    return { placement, cluster: chosen, settled: true, reason: why };
  }
  const blocked = blockedReason(wish, clusters);
  return current === undefined
    ? { placement, cluster: undefined, settled: false, reason: blocked }
    : { placement, cluster: current, settled: false, reason: `It stays on ${current} for now. ${blocked}` };
}

function namedReason(name: string, clusters: readonly Candidate[]): string {
  const cluster = clusters.find((candidate) => candidate.name === name);
  if (cluster === undefined) return goneReason(name);
  return cluster.draining ? `The placement names ${name}, which is draining.` : `The placement names ${name}.`;
}

const goneReason = (name: string): string =>
  `InferenceCluster ${name} is no longer there, and what it serves stays; create it again, or choose another cluster.`;

/** Why the chosen cluster, and what of each of the others. */
function othersReason({ matchLabels }: Wish, chosen: string, clusters: readonly Candidate[]): string {
  if (!clusters.some(({ name }) => name === chosen)) return goneReason(chosen);
  const wanted = Object.keys(matchLabels).length === 0 ? 'any cluster may have it' : 'it has the labels';
  const others = explained(
    clusters.filter(({ name }) => name !== chosen),
    matchLabels,
  );
  return [`Chose ${chosen}: ${wanted}.`, ...(others === '' ? [] : [`Others: ${others}.`])].join(' ');
}

/** Why no cluster can take a placement, and what to do. */
function blockedReason({ clusterName, matchLabels }: Wish, clusters: readonly Candidate[]): string {
  if (clusters.length === 0) return 'There is no InferenceCluster; the platform team creates one.';
  if (clusterName === undefined)
    return `No cluster can take it: ${explained(clusters, matchLabels)}. Change clusterSelector, or make a cluster fit.`;
  const named = clusters.find(({ name }) => name === clusterName);
  return named === undefined
    ? `There is no InferenceCluster ${clusterName}; there are: ${listed(clusters.map(({ name }) => name))}.`
    : `It names ${explained([named], {})}.`;
}

const explained = (clusters: readonly Candidate[], matchLabels: Wish['matchLabels']): string =>
  listed(
    clusters
      .toSorted((a, b) => compare(a.name, b.name))
      .map((cluster) => `${cluster.name}: ${state(cluster, matchLabels)}`),
    '; ',
  );

function state({ labels, cordoned, draining, problem }: Candidate, matchLabels: Wish['matchLabels']): string {
  const missing = missingLabels(labels, matchLabels);
  if (missing.length > 0) return `has no label ${missing.join(', ')}`;
  if (draining) return 'draining';
  if (cordoned) return 'cordoned';
  return problem ?? 'would do as well';
}

const listed = (words: readonly string[], separator = ', '): string =>
  words.length <= MAX_EXPLAINED
    ? words.join(separator)
    : `${words.slice(0, MAX_EXPLAINED).join(separator)}${separator}and ${words.length - MAX_EXPLAINED} more`;

/** By code unit, because localeCompare depends on the machine's locale. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
