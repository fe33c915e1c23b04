import fc from 'fast-check';
import type { KubernetesObject } from './kubernetes.ts';

type Json = unknown;

/** A value with parts of it gone or empty: what a backup or somebody's hand may leave of an object, as far as schemas allow. */
function partial<T>(value: T): fc.Arbitrary<T> {
  const cut = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    isGone: fc.boolean(),
  });
  return fc.array(cut, { minLength: 1, maxLength: 6 }).map((cuts) =>
    cuts.reduce<Json>((whole, { at, isGone }) => {
      const paths = pathsIn(whole);
      const path = paths[Math.min(paths.length - 1, Math.floor(at * paths.length))];
      return path === undefined ? whole : cutAt(whole, path, isGone);
    }, structuredClone(value)),
  ) as fc.Arbitrary<T>;
}

/** Objects of which some are gone, and some are partial. What it is by, its kind and its metadata's name, stays. */
export const partialObjects = (
  objects: Readonly<Record<string, KubernetesObject>>,
): fc.Arbitrary<Record<string, KubernetesObject>> =>
  fc
    .tuple(
      ...Object.entries(objects).map(([key, { apiVersion, kind, metadata, ...rest }]) =>
        fc.option(
          partial({ ...rest, labels: metadata?.labels, annotations: metadata?.annotations }).map(
            ({ labels, annotations, ...parts }) =>
              [key, { ...parts, apiVersion, kind, metadata: { ...metadata, labels, annotations } }] as const,
          ),
          { freq: 10 },
        ),
      ),
    )
    .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== null)) as never);

function pathsIn(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : [];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key])),
  ];
}

function cutAt(value: Json, [key = '', ...rest]: readonly string[], isGone: boolean): Json {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, Json>;
  if (rest.length > 0) copy[key] = cutAt(copy[key], rest, isGone);
  else if (isGone && Array.isArray(copy)) return copy.toSpliced(Number(key), 1);
  else if (isGone) delete copy[key];
  else copy[key] = emptied(copy[key]);
  return copy;
}

function emptied(value: Json): Json {
  if (typeof value === 'string') return '';
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? [] : {};
}
