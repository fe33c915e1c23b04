import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, test as base } from 'vitest';
import { conditionsOf, isReady, whyNot } from '../front-door.ts';
import { type AnyObject, type Kube, objectsOf, type Ref, refOf } from '../kube.ts';
import { keepEvidence } from './evidence.ts';
import { admin } from './world.ts';

interface Fixtures {
  /** A namespace of the scenario's own, gone at its end. */
  readonly namespace: string;
}

/** Scenarios share a control plane and nothing else: each has a namespace of its own. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which other fixtures are wanted.
  namespace: async ({}, use) => {
    const name = `e2e-${randomBytes(4).toString('hex')}`;
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await use(name);
    await admin.remove({ apiVersion: 'v1', kind: 'Namespace', name });
  },
});

// In every file that imports this one, and before a fixture takes away what there is to see.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const dir = join(process.env.E2E_EVIDENCE ?? '', task.name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 100));
  await keepEvidence(admin, dir);
  console.error(`Evidence: ${dir}`);
});

/** Applies manifests, given as YAML or as objects; those that don't say where go into the namespace. */
export async function apply(
  manifests: string | readonly object[],
  namespace?: string,
  as: Kube = admin,
): Promise<Ref[]> {
  const objects = typeof manifests === 'string' ? objectsOf(manifests) : (manifests as readonly AnyObject[]);
  const applied: Ref[] = [];
  for (const object of objects) applied.push(refOf(await as.apply(inNamespace(object, namespace))));
  return applied;
}

const inNamespace = (object: AnyObject, namespace: string | undefined): AnyObject =>
  namespace && !object.metadata?.namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object;

const TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Waits until an object is as it should be, and says at the end why it isn't. */
export async function waitFor(
  ref: Ref,
  isSo: (object: AnyObject) => boolean,
  what: string,
  timeoutMs = TIMEOUT_MS,
): Promise<AnyObject> {
  let last: AnyObject | undefined;
  await eventually(
    async () => {
      last = await admin.find(ref);
      return last !== undefined && isSo(last);
    },
    () => `${ref.kind} ${ref.name}: ${what}, but ${last ? whyNot(last) : 'it is not there'}`,
    timeoutMs,
  );
  return last as AnyObject;
}

export const waitUntilReady = (ref: Ref, timeoutMs = TIMEOUT_MS): Promise<AnyObject> =>
  waitFor(ref, isCurrentlyReady, 'should be ready', timeoutMs);

/** Ready, and of what was asked for last. */
export const isCurrentlyReady = (object: AnyObject): boolean =>
  isReady(object) &&
  conditionsOf(object).every(
    ({ observedGeneration }) => (observedGeneration ?? Infinity) >= (object.metadata?.generation ?? 0),
  );

export const waitUntilGone = (ref: Ref, timeoutMs = TIMEOUT_MS): Promise<void> =>
  eventually(
    async () => !(await admin.find(ref)),
    () => `${ref.kind} ${ref.name} should be gone, but it is there`,
    timeoutMs,
  );

/** Tries until something is so. */
export async function eventually(
  isSo: () => Promise<boolean> | boolean,
  complaint: () => string,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${complaint()} after ${timeoutMs / 1000} s`);
    await delay(POLL_MS);
  }
}
