import { setTimeout as delay } from 'node:timers/promises';
import type { InferenceClusterName } from '../../inference/catalogue.ts';
import type { AnyObject, Ref } from '../../kube.ts';
import { type Load, load } from '../client.ts';
import { apply, test as base, eventually, isCurrentlyReady } from '../testing.ts';
import { admin } from '../world.ts';
import { leaveNamespace, makeNamespace, objectsIn } from './namespaces.ts';
import { deployment, deploymentRef, inside } from './testing.ts';

export const US = { clusterSelector: { matchLabels: { region: 'us' } } };
export const EU = { clusterSelector: { matchLabels: { region: 'eu' } } };

/** A placement in each cluster, alike. */
export const BOTH = {
  model: 'Qwen/Qwen3-8B',
  placements: [
    { name: 'a', ...US },
    { name: 'b', ...EU },
  ],
};

/** How BOTH is placed when all is well. */
export const ALIKE = ['a@us 50%', 'b@eu 50%'];

/** A deployment that all scenarios of a file change, one after the other. Each begins by asking for what it needs. */
export const test = base.extend<{ $file: { readonly tenant: string } }>({
  tenant: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which other fixtures are wanted.
    async ({}, use) => {
      const namespace = await makeNamespace();
      await use(namespace);
      await leaveNamespace(namespace);
    },
    { scope: 'file' },
  ],
});

/** Of the deployment. */
export const NAME = 'qwen';

export const clusterRef = (name: InferenceClusterName): Ref => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  name,
});

export const claim = (namespace: string): Ref => deploymentRef(namespace, NAME);

export const pathOf = (namespace: string): string => `/${namespace}/${NAME}`;

export const edit = (namespace: string, spec: object): Promise<unknown> => apply([deployment(NAME, spec)], namespace);

/**
 * Waits until the placements are these and all is done for it: each as `a@us 50%`, in the order of the spec. Then they
 * are Ready, and of no other is anything left.
 */
export async function placed(namespace: string, ...wanted: readonly string[]): Promise<void> {
  let said = '';
  await eventually(
    async () => {
      const object = await admin.get(claim(namespace));
      said = (object.status?.placements ?? []).map(inWords).join(', ');
      return isCurrentlyReady(object) && said === wanted.map((one) => `${one} Ready`).join(', ');
    },
    () => `should be placed ${wanted.join(', ')}, but is ${said}`,
  );
  const sites = wanted.map((one) => one.split(' ')[0]).sort();
  let there: (string | undefined)[] = [];
  await eventually(
    async () => {
      there = [...new Set((await objectsIn(namespace)).map(siteOf))].sort();
      return there.join() === sites.join();
    },
    () => `there should be objects of ${sites.join(', ')} alone, but there are of ${there.join(', ')}`,
  );
}

interface PlacementStatus {
  readonly name: string;
  readonly cluster?: string;
  readonly percent?: number;
  readonly phase: string;
}

const inWords = ({ name, cluster, percent, phase }: PlacementStatus): string =>
  `${name}@${cluster} ${percent}% ${phase}`;

const siteOf = ({ metadata }: AnyObject): string =>
  `${metadata?.labels?.['modelplane.ai/placement']}@${metadata?.labels?.['modelplane.ai/cluster']}`;

/** Engines' pods of a tenant, those that are about to go among them. */
export const enginePods = (cluster: InferenceClusterName, namespace: string): Promise<AnyObject[]> =>
  inside(cluster).list('v1', 'Pod', { namespace: `mp-${namespace}`, labels: 'modelplane.ai/pool' });

/** Requests a second: each passes two gateways and a picker, and 200 of them would leave two cores little for the rest. */
export const RATE = 100;

/** A client of the deployment. */
export const clientOf = (namespace: string): Promise<Load> => load(pathOf(namespace), { model: NAME, rate: RATE });

/** What the front door's replicas may still have to read after our status says so. */
export const settled = (): Promise<void> => delay(1_500);
