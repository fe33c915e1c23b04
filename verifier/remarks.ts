import { type Entry, isExpired, type Problem } from './access.ts';

/** What an entry is held against beside itself. */
export interface Situation {
  /** Milliseconds since the epoch. */
  readonly now: number;
  hasService(namespace: string, name: string): boolean;
}

/**
 * What stands in entries that are right in themselves, and opens nothing for now: it is told as what is wrong with an entry
 * is, and closes nothing that is open. Names of services quote no key: an entry with anything else is a bad one.
 */
export function remarksOf(entries: readonly Entry[], situation: Situation): Problem[] {
  return entries.flatMap((entry) => {
    const sentence = expired(entry, situation) ?? missing(entry, situation);
    if (sentence === undefined) return [];
    const { namespace, list, name } = entry;
    return [{ namespace, list, entry: name, sentence, closes: false }];
  });
}

function expired(entry: Entry, { now }: Situation): string | undefined {
  if (entry.expires === undefined || !isExpired(entry, now)) return undefined;
  return `it expired on ${new Date(entry.expires).toISOString()}, so it lets nobody in; remove it, or give it a later expires`;
}

function missing({ services }: Entry, { hasService }: Situation): string | undefined {
  const absent = [...services].filter((service) => {
    const [namespace = '', name = '*'] = service.split('/');
    return name !== '*' && !hasService(namespace, name);
  });
  if (absent.length === 0) return undefined;
  return `there is no ModelService ${absent.slice(0, 3).join(', ')}, so nothing is opened by that name until there is`;
}
