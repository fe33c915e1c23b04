import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { CROSSPLANE_ONLY } from '../../install/admission/crossplane-only.ts';
import { ATTACHMENTS, TRAEFIK_KINDS } from '../../install/admission/front-door.ts';
import { ROUTES } from '../../install/admission/routes.ts';
import { TENANT } from '../../install/admission/tenant.ts';
import { type AdmissionCase, SETUP, USERS } from '../../install/admission/users.ts';
import type { Kube, Ref } from '../kube.ts';
import { ApiError } from '../rest.ts';
import { waitUntilGone } from './testing.ts';
import { admin, user } from './world.ts';

/** Tries what a case says, and answers with the words in which it is refused. Nothing of it stays. */
async function attempt(one: AdmissionCase): Promise<string | undefined> {
  const { before } = one;
  if (before) await admin.apply(before);
  try {
    await write(user(USERS[one.as]), one);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  } finally {
    if (before) await remove(before);
  }
}

async function write(kube: Kube, { before, object, subresource }: AdmissionCase): Promise<void> {
  if (object && subresource) await kube.merge(refOf(object), { status: object.status }, subresource);
  else if (object) await kube.apply(object, { dryRun: true });
  else if (before) await kube.remove(refOf(before));
}

const refOf = (object: KubernetesObject): Ref => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: nameOf(object),
  ...(namespaceOf(object) !== '' && { namespace: namespaceOf(object) }),
});

/** Gone for good, because whatever comes next may begin with one of the same name. */
async function remove(object: KubernetesObject): Promise<void> {
  await admin.remove(refOf(object));
  await waitUntilGone(refOf(object));
}

beforeAll(async () => {
  for (const object of SETUP) await admin.apply(object);
});

afterAll(async () => {
  for (const object of SETUP.toReversed()) await remove(object);
});

describe.each([
  { about: 'the tenant role', cases: TENANT },
  { about: 'what only Crossplane writes', cases: CROSSPLANE_ONLY },
  { about: 'routes', cases: ROUTES },
  { about: 'what attaches to the front door', cases: ATTACHMENTS },
  { about: "Traefik's own kinds", cases: TRAEFIK_KINDS },
])('$about', ({ cases }) => {
  test.each(cases)('$name', async ({ refused, ...one }) => {
    const words = await attempt(one);
    // Before our words come those of the API server, which say which policy they are of.
    expect(refused === undefined ? words : words?.slice(-refused.length)).toBe(refused);
  });
});
