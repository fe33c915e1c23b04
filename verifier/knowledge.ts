import { type Access, type AccessList, accessOf, NOBODY, type Problem, type ReadList, readList } from './access.ts';
import type { Service } from './models.ts';

/** All that a decision is made of, as it was last seen. It outlives the API server that it came from. */
export interface Knowledge {
  access(): Access;
  service(namespace: string, name: string): Service | undefined;
  services(): Iterable<Service>;
  setList(list: AccessList): void;
  removeList(namespace: string, name: string): void;
  setService(service: Service): void;
  removeService(namespace: string, name: string): void;
  /** Whether every list has been read to its end. */
  isRead(): boolean;
}

/**
 * So many characters of YAML are read at once, and the rest bit by bit between requests: somebody's long list must hold
 * nobody up.
 */
const AT_ONCE = 16_384;

/** Of one namespace, so that no tenant's take all the memory, or the time of who is asked about everybody's groups. */
const MAX_ENTRIES = 20_000;

/** `told` gets the problems of all lists whenever these have been put together anew. */
export function knowledge(platform: string, told: (problems: readonly Problem[]) => void = () => {}): Knowledge {
  const lists = new Map<string, ReadList>();
  /** What is to be read further: the one that has waited longest comes first. */
  const unread = new Map<string, AccessList>();
  /** What had more entries than there was room for. */
  const over = new Map<string, AccessList>();
  const services = new Map<string, Service>();
  let left = AT_ONCE;
  let isReadingOn = false;
  let access = NOBODY;
  let stale = false;
  // At once where somebody asks, so that nobody is let in by what is revoked; else when a burst of events is over.
  const rebuild = () => {
    if (!stale) return;
    stale = false;
    access = accessOf([...lists.values()], access);
    told(access.problems);
  };
  const changed = () => {
    if (!stale) setImmediate(rebuild);
    stale = true;
  };
  const room = ({ namespace, name }: AccessList): number => {
    const others = [...lists.values()].filter((one) => one.namespace === namespace && one.name !== name);
    return others.reduce((left, one) => left - one.read.size, MAX_ENTRIES);
  };
  const read = (key: string, list: AccessList, yaml: number): number => {
    const found = readList(list, platform, lists.get(key), { yaml, entries: Math.max(0, room(list)) });
    lists.set(key, found);
    changed();
    unread.delete(key);
    over.delete(key);
    if (!found.isWhole) unread.set(key, list);
    else if (found.isOver) over.set(key, list);
    return found.cost;
  };
  /** There may be room now for what was over. */
  const makeUse = (namespace: string) => {
    for (const [key, list] of over) if (list.namespace === namespace && room(list) > 0) unread.set(key, list);
  };
  const readOn = () => {
    if (isReadingOn) return;
    isReadingOn = true;
    setImmediate(() => {
      isReadingOn = false;
      left = AT_ONCE;
      const [next] = unread;
      if (next === undefined) return;
      read(...next, AT_ONCE);
      readOn();
    });
  };
  return {
    access: () => {
      rebuild();
      return access;
    },
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    services: () => services.values(),
    setList: (list) => {
      left -= read(`${list.namespace}/${list.name}`, list, left);
      makeUse(list.namespace);
      if (left < AT_ONCE || unread.size > 0) readOn();
    },
    removeList: (namespace, name) => {
      lists.delete(`${namespace}/${name}`);
      unread.delete(`${namespace}/${name}`);
      over.delete(`${namespace}/${name}`);
      makeUse(namespace);
      readOn();
      changed();
    },
    setService: (service) => services.set(`${service.namespace}/${service.name}`, service),
    removeService: (namespace, name) => services.delete(`${namespace}/${name}`),
    isRead: () => unread.size === 0,
  };
}
