import { isRecord, type Json } from '../objects.ts';

/**
 * Server-side apply with force, for one owner: what it wants now wins, what it wanted last time and wants no more goes,
 * and what others wrote stays. Lists are replaced whole.
 */
export function applied(existing: Json, last: Json, wanted: Json): Json {
  const kept = Object.entries(existing)
    .filter(([key]) => !Object.hasOwn(wanted, key))
    .flatMap(([key, value]) =>
      Object.hasOwn(last, key) ? withoutOwn(key, value, last[key]) : [[key, value] as const],
    );
  const merged = Object.entries(wanted).map(([key, value]) => {
    const [before, lastValue] = [existing[key], last[key]];
    const nested = isRecord(value) && isRecord(before);
    return [key, nested ? applied(before, isRecord(lastValue) ? lastValue : {}, value) : value] as const;
  });
  return Object.fromEntries([...kept, ...merged]);
}

/** Of an object that is wanted no more, what others wrote in it. */
function withoutOwn(key: string, value: unknown, last: unknown): (readonly [string, unknown])[] {
  if (!isRecord(value) || !isRecord(last)) return [];
  const rest = applied(value, last, {});
  return Object.keys(rest).length === 0 ? [] : [[key, rest]];
}
