import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  type Informer,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type ListPromise,
  ListWatch,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import type { AccessList, Problem } from './access.ts';
import type { CertificateData } from './certificate.ts';
import type { Knowledge } from './knowledge.ts';
import type { Service } from './models.ts';

/** The label of an access list. */
const ACCESS_LABEL = 'modelplane.ai/access';

const RETRY_MS = 1_000;
/** A watch that has said nothing for so long is asked for anew, because it may lead to nobody any more. */
const SILENCE_MS = 10_000;
const MODELPLANE = { group: 'modelplane.ai', version: 'v1alpha1', plural: 'modelservices' } as const;

export function kubeConfig(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (file === undefined) config.loadFromCluster();
  else config.loadFromFile(file);
  return config;
}

interface WatchEvents {
  /** Whether the API server is heard. */
  watching(what: string, ok: boolean): void;
  /** An object that no code here was made for. */
  unreadable(what: string, object: KubernetesObject): void;
}

export interface Watching {
  /** Whether everything has been read once. */
  synced(): boolean;
  stop(): Promise<void>;
}

/** Keeps knowledge up to date for as long as the API server can be heard; what is known already outlives it. */
export function watchCluster(
  config: KubeConfig,
  knowledge: Knowledge,
  events: WatchEvents,
  silenceMs = SILENCE_MS,
): Watching {
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const informer = <T extends KubernetesObject>(what: string, path: string, list: ListPromise<T>, labels?: string) =>
    new ListWatch<T>(
      path,
      new Heard(config, silenceMs, (ok) => events.watching(what, ok)),
      list,
      false,
      labels,
      undefined,
      {
        delayFn: (ms) => delay(Math.min(ms, RETRY_MS)),
      },
    );
  const lists = informer<V1ConfigMap>(
    'access lists',
    '/api/v1/configmaps',
    () => core.listConfigMapForAllNamespaces({ labelSelector: ACCESS_LABEL }),
    ACCESS_LABEL,
  );
  const services = informer<KubernetesObject>(
    'model services',
    `/apis/${MODELPLANE.group}/${MODELPLANE.version}/${MODELPLANE.plural}`,
    async () =>
      (await custom.listCustomObjectForAllNamespaces({
        ...MODELPLANE,
        resourcePlural: MODELPLANE.plural,
      })) as KubernetesListObject<KubernetesObject>,
  );
  const accessLists = follow('access lists', lists, events, {
    set: (object) => knowledge.setList(accessListOf(object)),
    remove: ({ metadata }) => knowledge.removeList(metadata?.namespace ?? '', metadata?.name ?? ''),
  });
  const modelServices = follow('model services', services, events, {
    set: (object) => knowledge.setService(serviceOf(object)),
    remove: ({ metadata }) => knowledge.removeService(metadata?.namespace ?? '', metadata?.name ?? ''),
  });
  return {
    synced: () => accessLists.synced() && modelServices.synced(),
    stop: async () => {
      await Promise.all([accessLists.stop(), modelServices.stop()]);
    },
  };
}

/** A watch that tells whether it was answered: the library itself says nothing while it asks somebody who is silent. */
class Heard extends Watch {
  readonly #told: (ok: boolean) => void;

  constructor(config: KubeConfig, silenceMs: number, told: (ok: boolean) => void) {
    super(config);
    this.#told = told;
    // A field of its own that has no option; it is half a minute.
    Object.assign(this, { requestTimeoutMs: silenceMs });
  }

  override async watch(...[path, query, event, done]: Parameters<Watch['watch']>): ReturnType<Watch['watch']> {
    let isOver = false;
    const request = await super.watch(path, query, event, (error) => {
      isOver = true;
      return done(error);
    });
    this.#told(!isOver);
    return request;
  }
}

interface Sink<T> {
  set(object: T): void;
  remove(object: T): void;
}

/** An informer that never gives up: the library's ends at the first error, and says nothing more. */
function follow<T extends KubernetesObject>(what: string, informer: Informer<T>, events: WatchEvents, sink: Sink<T>) {
  let synced = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  // What cannot be read opens nothing, and takes nobody along: an exception here would end the process.
  const set = (object: T) => {
    try {
      sink.set(object);
    } catch {
      sink.remove(object);
      events.unreadable(what, object);
    }
  };
  informer.on('add', set);
  informer.on('update', set);
  informer.on('delete', sink.remove);
  const again = () => {
    events.watching(what, false);
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(start, RETRY_MS);
  };
  informer.on('error', again);
  // `start` returns when what is there has been listed and the watch has begun, whether or not that went well.
  const start = async () => {
    let failed = false;
    const fail = () => {
      failed = true;
    };
    informer.on('error', fail);
    try {
      await informer.start();
    } catch {
      failed = true;
      again();
    } finally {
      informer.off('error', fail);
    }
    synced ||= !failed;
  };
  void start();
  return {
    synced: () => synced,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await informer.stop();
    },
  };
}

const accessListOf = ({ metadata, data }: V1ConfigMap): AccessList => ({
  namespace: metadata?.namespace ?? '',
  name: metadata?.name ?? '',
  created: timeOf(metadata?.creationTimestamp),
  data: data ?? {},
});

/** Milliseconds since the epoch. A list of a known kind has dates; a watch, and any other kind, what was sent: texts. */
const timeOf = (timestamp: Date | string | undefined): number => new Date(timestamp ?? 0).getTime() || 0;

interface ModelServiceObject extends KubernetesObject {
  readonly spec?: { readonly limits?: { readonly requestsPerMinute?: number } };
  readonly status?: {
    readonly baseURL?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

function serviceOf(object: KubernetesObject): Service {
  const { metadata, spec, status } = object as ModelServiceObject;
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    ready: status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
    baseURL: status?.baseURL,
    created: Math.floor(timeOf(metadata?.creationTimestamp) / 1000),
    requestsPerMinute: spec?.limits?.requestsPerMinute,
  };
}

/** The data of a Secret, and how to replace it if nobody else has meanwhile. */
export interface CertificateStore {
  read(): Promise<CertificateData>;
  /** False where somebody else has written first. */
  write(data: CertificateData): Promise<boolean>;
}

export function certificateStore(config: KubeConfig, namespace: string, name: string): CertificateStore {
  const core = config.makeApiClient(CoreV1Api);
  let read: Awaited<ReturnType<CoreV1Api['readNamespacedSecret']>> | undefined;
  return {
    read: async () => {
      read = await core.readNamespacedSecret({ namespace, name });
      const entries = Object.entries(read.data ?? {});
      return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
    },
    write: async (data) => {
      const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
      try {
        await core.replaceNamespacedSecret({ namespace, name, body: { ...read, data: Object.fromEntries(encoded) } });
        return true;
      } catch (error) {
        if (error instanceof ApiException && error.code === 409) return false;
        throw error;
      }
    },
  };
}

/** What the API server calls whoever writes Events for us. */
const COMPONENT = 'modelplane-verifier';

/**
 * Tells of bad entries where they stand. Its name is made of what it says, so that of two verifiers one writes it, and
 * nobody writes it again while it is there: an hour, by an API server's default.
 */
export function problemEvents(config: KubeConfig): (problem: Problem) => Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  return async (problem) => {
    const { namespace, list, closes = true } = problem;
    const message = messageOf(problem);
    const id = createHash('sha256').update(message).digest('hex').slice(0, 16);
    const now = new Date();
    try {
      await core.createNamespacedEvent({
        namespace,
        body: {
          metadata: { name: `${list.slice(0, 230)}.${id}`, namespace },
          involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: list },
          type: 'Warning',
          reason: closes ? 'InvalidAccessListEntry' : 'AccessListEntryOpensNothing',
          message,
          source: { component: COMPONENT },
          reportingComponent: COMPONENT,
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
        },
      });
    } catch (error) {
      if (!(error instanceof ApiException && error.code === 409)) throw error;
    }
  };
}

function messageOf({ entry = 'An entry', sentence, closes = true }: Problem): string {
  return closes ? `${entry} lets nobody in: ${sentence}.` : `${entry}: ${sentence}.`;
}
