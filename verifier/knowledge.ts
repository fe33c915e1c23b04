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
}

/** `told` gets the problems of all lists whenever these have been put together anew. */
export function knowledge(platform: string, told: (problems: readonly Problem[]) => void = () => {}): Knowledge {
  const lists = new Map<string, ReadList>();
  const services = new Map<string, Service>();
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
  return {
    access: () => {
      rebuild();
      return access;
    },
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    services: () => services.values(),
    setList: (list) => {
      lists.set(`${list.namespace}/${list.name}`, readList(list, platform));
      changed();
    },
    removeList: (namespace, name) => {
      lists.delete(`${namespace}/${name}`);
      changed();
    },
    setService: (service) => services.set(`${service.namespace}/${service.name}`, service),
    removeService: (namespace, name) => services.delete(`${namespace}/${name}`),
  };
}
