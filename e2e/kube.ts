import { KubeConfig, type KubernetesObject, makeInformer } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { ApiError, type Call, call } from './rest.ts';

/** Any object as the API server gives it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read fields of kinds whose types are nobody's here.
export type AnyObject = KubernetesObject & { [field: string]: any };

export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What `kubectl` does, for one user of one cluster. */
export interface Kube {
  readonly config: KubeConfig;
  /** Server-side apply; `dryRun` asks the API server without changing anything. */
  apply(object: object, options?: { dryRun?: boolean; fieldManager?: string }): Promise<AnyObject>;
  create(object: object): Promise<AnyObject>;
  get(ref: Ref): Promise<AnyObject>;
  /** Undefined where there is no such object. */
  find(ref: Ref): Promise<AnyObject | undefined>;
  list(apiVersion: string, kind: string, options?: { namespace?: string; labels?: string }): Promise<AnyObject[]>;
  /** As `kubectl patch --type=merge`, of the object or of its status. */
  merge(ref: Ref, patch: object, subresource?: 'status' | 'scale'): Promise<AnyObject>;
  /** Deleting what is not there is no error. */
  remove(ref: Ref): Promise<void>;
  /** Anything else. */
  call<T = AnyObject>(request: Call): Promise<T>;
}

const FIELD_MANAGER = 'e2e';

export function kubeOf(config: KubeConfig): Kube {
  const send = <T = AnyObject>(request: Call): Promise<T> => call(config, request);
  const pathOf = pathFinder(send);
  const get = async (ref: Ref): Promise<AnyObject> => send({ method: 'GET', path: await pathOf(ref) });
  return {
    config,
    call: send,
    get,
    find: (ref) => get(ref).catch(whenNotFound(undefined)),
    apply: async (object, { dryRun = false, fieldManager = FIELD_MANAGER } = {}) => {
      const query = `?fieldManager=${fieldManager}&force=true${dryRun ? '&dryRun=All' : ''}`;
      const path = `${await pathOf(refOf(object))}${query}`;
      return send({ method: 'PATCH', path, body: object, contentType: 'application/apply-patch+yaml' });
    },
    create: async (object) => {
      const { name: _, ...collection } = refOf(object);
      return send({ method: 'POST', path: await pathOf(collection), body: object });
    },
    list: async (apiVersion, kind, { namespace, labels } = {}) => {
      const query = labels ? `?labelSelector=${encodeURIComponent(labels)}` : '';
      const path = `${await pathOf({ apiVersion, kind, ...(namespace && { namespace }) })}${query}`;
      const { items } = await send<{ items: AnyObject[] }>({ method: 'GET', path });
      // Items leave out what the list says of all of them.
      return items.map((item) => ({ apiVersion, kind, ...item }));
    },
    merge: async (ref, patch, subresource) => {
      const path = `${await pathOf(ref)}${subresource ? `/${subresource}` : ''}`;
      return send({ method: 'PATCH', path, body: patch, contentType: 'application/merge-patch+json' });
    },
    remove: async (ref) => {
      await send({ method: 'DELETE', path: await pathOf(ref) }).catch(whenNotFound(undefined));
    },
  };
}

export function kubeFrom(kubeconfig: string): Kube {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return kubeOf(config);
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

type Place = Partial<Ref> & Pick<Ref, 'apiVersion' | 'kind'>;

/** The path of an object, or without a name of all of a kind, by what the API server says of the kind. */
function pathFinder(send: Kube['call']): (place: Place) => Promise<string> {
  const known = new Map<string, readonly Resource[]>();
  const find = (apiVersion: string, kind: string): Resource | undefined =>
    known.get(apiVersion)?.find((resource) => resource.kind === kind && !resource.name.includes('/'));
  const learn = async (apiVersion: string): Promise<void> => {
    const { resources } = await send<{ resources: Resource[] }>({ method: 'GET', path: rootOf(apiVersion) });
    known.set(apiVersion, resources);
  };
  return async (place) => {
    const { apiVersion, kind } = place;
    if (!find(apiVersion, kind)) await learn(apiVersion);
    const resource = find(apiVersion, kind);
    if (!resource) throw new ApiError(404, `the server has no kind ${kind} in ${apiVersion}`);
    return pathIn(resource, place);
  };
}

const rootOf = (apiVersion: string): string => `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;

/** Without a namespace it is all of them, but one object that belongs in one is in `default`. */
function pathIn({ name: plural, namespaced }: Resource, { apiVersion, namespace, name }: Place): string {
  const wanted = namespace ?? (name ? 'default' : undefined);
  const namespaces = namespaced && wanted ? ['namespaces', wanted] : [];
  return [rootOf(apiVersion), ...namespaces, plural, ...(name ? [name] : [])].join('/');
}

export const refOf = ({ apiVersion = '', kind = '', metadata }: KubernetesObject): Ref => ({
  apiVersion,
  kind,
  ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
  name: metadata?.name ?? '',
});

const whenNotFound =
  <T>(value: T) =>
  (error: unknown): T => {
    if (error instanceof ApiError && error.code === 404) return value;
    throw error;
  };

/** Every object of a YAML text of one or more documents. */
export function objectsOf(yaml: string): AnyObject[] {
  const documents = parseAllDocuments(yaml);
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) throw broken;
  return documents.map((document) => document.toJS()).filter((object) => object !== null);
}

const WATCH_RETRY_MS = 1000;

/** Calls back with every object below a path, at first and whenever it changes; a deleted one says so. */
export async function watch<T extends KubernetesObject>(
  { config, call: send }: Kube,
  path: string,
  changed: (object: T, deleted: boolean) => void,
): Promise<void> {
  const informer = makeInformer<T>(config, path, () => send({ method: 'GET', path }));
  // The informer swallows what its callbacks throw.
  const later = (object: T, deleted: boolean) => queueMicrotask(() => changed(object, deleted));
  informer.on('add', (object) => later(object, false));
  informer.on('update', (object) => later(object, false));
  informer.on('delete', (object) => later(object, true));
  informer.on('error', () => setTimeout(() => informer.start(), WATCH_RETRY_MS));
  await informer.start();
}
