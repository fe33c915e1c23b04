import { makeInformer } from '@kubernetes/client-node';
import type { AnyObject } from '../../kube.ts';
import { eventually } from '../testing.ts';
import { admin } from '../world.ts';
import { NAME } from './placements.ts';

/** What something was said to be, one after the other. What is said again without a change counts once. */
export interface History {
  values(): string[];
  /** Waits until the latest is this one. */
  reaches(value: string): Promise<void>;
  stop(): void;
}

/**
 * Follows the objects below a path, by a watch, so that nothing is missed however short it was. What is not to be read
 * from an object, such as of one that is not meant, is left out.
 */
async function history(path: string, read: (object: AnyObject) => string | undefined): Promise<History> {
  const values: string[] = [];
  let failure: unknown;
  const informer = makeInformer<AnyObject>(admin.config, path, () => admin.call({ method: 'GET', path }));
  informer.on('change', (object) => {
    const value = read(object);
    if (value !== undefined && value !== values.at(-1)) values.push(value);
  });
  informer.on('error', (error) => {
    failure = error;
  });
  await informer.start();
  return {
    values: () => {
      if (failure !== undefined) throw new Error(`the watch of ${path} ended: ${failure}`);
      return values;
    },
    reaches: (value) =>
      eventually(
        () => values.at(-1) === value,
        () => `should come to ${value}, but was ${values.join(' → ')}`,
      ),
    stop: () => void informer.stop(),
  };
}

/** What a deployment's status says of its split. */
export const splitsOf = (namespace: string): Promise<History> =>
  history(`/apis/modelplane.ai/v1alpha1/namespaces/${namespace}/modeldeployments`, ({ metadata, status }) =>
    metadata?.name === NAME ? status?.split : undefined,
  );

/** What the front door's route of a deployment says of it: who gets which share, by the names of placements. */
export const routedOf = (namespace: string): Promise<History> =>
  history(`/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`, (route) =>
    route.metadata?.labels?.['modelplane.ai/service'] === NAME ? sharesOf(route) : undefined,
  );

interface BackendRef {
  readonly weight: number;
  readonly filters: readonly { readonly urlRewrite?: { readonly path: { readonly replacePrefixMatch: string } } }[];
}

function sharesOf({ spec }: AnyObject): string {
  const backends: readonly BackendRef[] = spec.rules[0].backendRefs;
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  return backends.map((backend) => `${placementOf(backend)} ${(100 * backend.weight) / total}%`).join(', ');
}

/** The last part of the path on the inference cluster's gateway, before that of the API. */
const placementOf = ({ filters }: BackendRef): string | undefined =>
  filters
    .flatMap(({ urlRewrite }) => urlRewrite?.path.replacePrefixMatch ?? [])[0]
    ?.replace(/\/v1$/, '')
    .split('/')
    .at(-1);
