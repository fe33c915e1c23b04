import { type ClusterObject, groupKindOf } from '../preview/objects.ts';
import type { World } from '../preview/world.ts';
import { type Place, type Scope, type Unseen, type View, viewOf } from './view.ts';

/** What came of reading a scope: a kind that the API server does not have has no objects. */
export type Outcome =
  | { readonly ok: true; readonly objects: readonly ClusterObject[] }
  | { readonly ok: false; readonly why: Unseen['why']; readonly message: string };

/** Reads what is in a scope, by the rights of whoever asks. */
export type Read = (scope: Scope) => Promise<Outcome>;

/** Whoever looks at so many objects of one kind in one place is given all of them by one request. */
const MANY = 3;

/** More than anything takes: from the front door down to a cluster's Gateway there are about six. */
const MAX_ROUNDS = 12;

/**
 * Reads what `look` looks at, and nothing else: it looks again until it finds everything read that it asks for. So nobody
 * here knows what an explanation needs but the explanation itself. Answers with what the last look came to.
 */
export async function readFor<T>(
  read: Read,
  { world, now }: { readonly world: World; readonly now: number },
  look: (view: View) => T,
): Promise<{ readonly view: View; readonly result: T }> {
  const known: Known = { scopes: [], objects: new Map(), unseen: [] };
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const wanted: Place[] = [];
    const want = (place: Place): boolean => {
      const isKnown = known.scopes.some((scope) => covers(scope, place));
      if (!isKnown) wanted.push(place);
      return isKnown;
    };
    const view = viewOf([...known.objects.values()], { unseen: known.unseen, world, now, want });
    const result = look(view);
    const scopes = scopesOf(wanted);
    if (scopes.length === 0) return { view, result };
    const outcomes = await Promise.all(scopes.map((scope) => readable(read, scope)));
    for (const [index, scope] of scopes.entries()) remember(known, scope, outcomes[index] as Outcome);
  }
  throw new Error(`not everything is read after ${MAX_ROUNDS} rounds`);
}

interface Known {
  readonly scopes: Scope[];
  readonly objects: Map<string, ClusterObject>;
  readonly unseen: Unseen[];
}

function remember({ scopes, objects, unseen }: Known, scope: Scope, outcome: Outcome): void {
  scopes.push(scope);
  if (outcome.ok) for (const object of outcome.objects) objects.set(keyOf(object), object);
  else unseen.push({ ...scope, why: outcome.why, message: outcome.message });
}

/** Whether what a place has is known once a scope is. */
const covers = (scope: Scope, place: Place): boolean =>
  groupKindOf(scope) === groupKindOf(place) &&
  (scope.namespace === undefined || scope.namespace === place.namespace) &&
  (scope.name === undefined || scope.name === place.name) &&
  (scope.having === undefined || scope.having === place.having);

/** As few requests as will do, each once. */
function scopesOf(places: readonly Place[]): Scope[] {
  const groups = Map.groupBy(places, ({ namespace = '', ...place }) => `${groupKindOf(place)} ${namespace}`);
  const scopes = [...groups.values()].flatMap((group) => {
    const names = new Set(group.map(({ name }) => name));
    const isList = names.has(undefined) || names.size > MANY;
    const having = new Set(group.map((place) => place.having));
    return isList && having.size === 1
      ? group.slice(0, 1).map((place) => scopeOf({ ...place, name: undefined }))
      : group.map(scopeOf);
  });
  return [...new Map(scopes.map((scope) => [JSON.stringify(scope), scope])).values()];
}

const scopeOf = ({ apiVersion, kind, namespace, name, having }: Place): Scope => ({
  apiVersion,
  kind,
  ...(namespace !== undefined && { namespace }),
  ...(name !== undefined && { name }),
  ...(having !== undefined && { having }),
});

/** Nobody needs a Secret's content to know why something does not serve, so none is ever asked for. */
const readable = (read: Read, scope: Scope): Promise<Outcome> =>
  groupKindOf(scope) === 'Secret' ? Promise.resolve({ ok: false, why: 'NotRead', message: '' }) : read(scope);

const keyOf = (object: ClusterObject): string =>
  JSON.stringify([groupKindOf(object), object.metadata.namespace, object.metadata.name]);
