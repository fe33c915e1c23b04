import { getObject, referenceTo } from './cluster.ts';
import { isComposite } from './family.ts';
import { type ClusterObject, compareText, controllerOf, describe, isRecord, specOf, uidOf } from './objects.ts';
import { isEngine } from './outage.ts';
import { formatPath, type Path } from './problem.ts';
import { remoteOf, siteOf } from './remote.ts';
import type { State } from './world.ts';

/** What an edit makes of the objects that somebody wrote, and of those that are composed of them. */
export interface Changes {
  readonly created: readonly Change[];
  readonly changed: readonly Change[];
  readonly deleted: readonly Change[];
}

export interface Change {
  /** "Deployment mp-ml-team/qwen-stable-9c2b89cb24" */
  readonly object: string;
  /** The inference cluster that it is in, or ''. */
  readonly site: string;
  /** The fields that are not as they were, of an object that was there before: "spec.replicas: 2 → 3". */
  readonly fields: readonly string[];
  /** Its pods are replaced by this, and they are engines. */
  readonly replacesEngines: boolean;
}

export function changesOf(before: State, after: State): Changes {
  const [former, current] = [shown(before), shown(after)];
  const created = current.filter((object) => does(object, 'Create') && !getObject(before.cluster, referenceTo(object)));
  const deleted = former.filter((object) => does(object, 'Delete') && !getObject(after.cluster, referenceTo(object)));
  return {
    created: created.map((object) => changeOf(after, object)).sort(byPlace),
    changed: current
      .flatMap((object) => {
        const was = getObject(before.cluster, referenceTo(object));
        const change = changeOf(after, object, was);
        return was && change.fields.length > 0 ? [change] : [];
      })
      .sort(byPlace),
    deleted: deleted.map((object) => changeOf(before, object)).sort(byPlace),
  };
}

export const isNothing = ({ created, changed, deleted }: Changes): boolean =>
  created.length + changed.length + deleted.length === 0;

/** What is only observed in another cluster was there before, and what is not deleted with its Object stays there. */
function does(object: ClusterObject, what: 'Create' | 'Delete'): boolean {
  const { managementPolicies } = specOf(object);
  return !Array.isArray(managementPolicies) || managementPolicies.some((policy) => policy === '*' || policy === what);
}

/** Not what stands in for an installation, and nobody's work: kinds, namespaces and what charts bring. */
const shown = (state: State): ClusterObject[] =>
  [...state.cluster.values()].filter(
    (object) => controllerOf(object) !== undefined || state.sources.has(uidOf(object)) || isComposite(state, object),
  );

function changeOf(state: State, object: ClusterObject, was?: ClusterObject): Change {
  const [wanted, former] = [wantedOf(object), was && wantedOf(was)];
  return {
    object: describe(remoteOf(object) ?? object),
    site: siteOf(state.cluster, object),
    fields: former ? differences(former, wanted) : [],
    replacesEngines: former !== undefined && templateOf(object) !== templateOf(was as ClusterObject),
  };
}

const byPlace = (a: Change, b: Change): number => compareText(a.site, b.site) || compareText(a.object, b.object);

/** What is wanted of an object, on the other cluster where it is for one; not what is written down beside it. */
function wantedOf(object: ClusterObject): object {
  const { status: _status, metadata, ...rest } = remoteOf(object) ?? object;
  const { labels, annotations } = metadata ?? {};
  const spec = isRecord(rest.spec) ? { ...rest.spec, crossplane: undefined } : rest.spec;
  return { ...rest, spec, metadata: { labels, annotations } };
}

/** Of a Deployment of engines the template of its pods: another one replaces them all. */
function templateOf(object: ClusterObject): string {
  const remote = remoteOf(object);
  return remote && isEngine(remote) ? JSON.stringify(specOf(remote).template) : '';
}

/** Where two values differ, each as a line. */
function differences(before: unknown, after: unknown, path: Path = []): string[] {
  if (Object.is(before, after)) return [];
  const pair = [before, after];
  if (pair.every(Array.isArray) || pair.every(isRecord)) {
    const [a, b] = pair as [Record<string, unknown>, Record<string, unknown>];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      differences(a[key], b[key], [...path, Array.isArray(before) ? Number(key) : key]),
    );
  }
  return [`${formatPath(path)}: ${short(before)} → ${short(after)}`];
}

function short(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
