import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type AnyObject, refOf } from '../../kube.ts';
import { admin } from '../world.ts';

/** Says of a namespace that it goes at the end of all scenarios. */
const LATER = 'e2e.modelplane.ai/goes-later';

/**
 * A namespace for deployments. It goes after them: in one that is being deleted provider-kubernetes can no longer note
 * which configuration it uses, and lets go of nothing. And it goes at the end of all scenarios, because
 * provider-kubernetes looks half a minute later whether what it deleted is gone.
 */
export async function makeNamespace(name = `e2e-${randomBytes(4).toString('hex')}`): Promise<string> {
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [LATER]: '' } } });
  return name;
}

/** Deletes every deployment of a namespace, and waits for nothing. */
export async function leaveNamespace(namespace: string): Promise<void> {
  for (const object of await admin.list('modelplane.ai/v1alpha1', 'ModelDeployment', { namespace })) {
    await admin.remove(refOf(object));
  }
}

/** What a cluster does not let go of in this time stays, and whoever looks will see it. */
const LEAVE_TIMEOUT_MS = 60_000;
const POLL_MS = 500;

/** Removes the namespaces of scenarios that are over, once their deployments have left every cluster. */
export async function removeNamespaces(): Promise<void> {
  const deadline = Date.now() + LEAVE_TIMEOUT_MS;
  for (const namespace of await admin.list('v1', 'Namespace', { labels: LATER })) {
    while (await isInUse(namespace.metadata?.name ?? '')) {
      if (Date.now() > deadline) return;
      await delay(POLL_MS);
    }
    await admin.remove(refOf(namespace));
  }
}

/** What provider-kubernetes looks after for a namespace. */
export const objectsIn = (namespace: string): Promise<AnyObject[]> =>
  admin.list('kubernetes.m.crossplane.io/v1alpha1', 'Object', { namespace });

const isInUse = async (namespace: string): Promise<boolean> => (await objectsIn(namespace)).length > 0;
