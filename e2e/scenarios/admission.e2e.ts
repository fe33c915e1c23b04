import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { ACCESS_LISTS, AUTHORIZE } from '../../install/admission/callers.ts';
import { CROSSPLANE_ONLY } from '../../install/admission/crossplane-only.ts';
import { ATTACHMENTS, TRAEFIK_KINDS } from '../../install/admission/front-door.ts';
import { INFERENCE_CLUSTER, INFERENCE_CLUSTER_SETUP } from '../../install/admission/inference-cluster.ts';
import { ROUTES } from '../../install/admission/routes.ts';
import { SECRETS } from '../../install/admission/secrets.ts';
import { TENANT } from '../../install/admission/tenant.ts';
import { type AdmissionCase, SETUP, USERS } from '../../install/admission/users.ts';
import type { Kube, Ref } from '../kube.ts';
import { ApiError } from '../rest.ts';
import { inside, userInside } from './inference/testing.ts';
import { eventually } from './testing.ts';
import { admin, user } from './world.ts';

/** A cluster in which cases are tried. */
interface Place {
  readonly admin: Kube;
  readonly user: (name: string) => Kube;
  /** Whether its policies look at a write that is only tried. */
  readonly dryRun: boolean;
}

const CONTROL_PLANE: Place = { admin, user, dryRun: true };
// provider-kubernetes tries an apply even of what it may not write.
const INSIDE: Place = { admin: inside('us'), user: (name) => userInside('us', name), dryRun: false };

/** Tries what a case says, and answers with the words in which it is refused. Nothing of it stays. */
async function attempt(one: AdmissionCase, place: Place): Promise<string | undefined> {
  const { before, object } = one;
  if (before) await place.admin.apply(before);
  try {
    await write(place.user(USERS[one.as]), one, place.dryRun);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  } finally {
    for (const left of [before, place.dryRun ? undefined : object]) if (left) await remove(left, place.admin);
  }
}

async function write(kube: Kube, { before, object, subresource }: AdmissionCase, dryRun: boolean): Promise<void> {
  if (object && subresource) await kube.merge(refOf(object), { status: object.status }, subresource);
  else if (object) await kube.apply(object, { dryRun });
  else if (before) await kube.remove(refOf(before));
}

const refOf = (object: KubernetesObject): Ref => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: nameOf(object),
  ...(namespaceOf(object) !== '' && { namespace: namespaceOf(object) }),
});

/** Gone for good, because whatever comes next may begin with one of the same name. */
async function remove(object: KubernetesObject, kube: Kube): Promise<void> {
  await kube.remove(refOf(object));
  await eventually(
    async () => !(await kube.find(refOf(object))),
    () => `${object.kind} ${nameOf(object)} should be gone`,
  );
}

describe.each([
  {
    where: 'On the control plane',
    place: CONTROL_PLANE,
    setup: SETUP,
    groups: [
      { about: 'the tenant role', cases: TENANT },
      { about: 'what only Crossplane writes', cases: CROSSPLANE_ONLY },
      { about: 'routes', cases: ROUTES },
      { about: 'what attaches to the front door', cases: ATTACHMENTS },
      { about: "Traefik's own kinds", cases: TRAEFIK_KINDS },
      { about: 'Secrets that are brought', cases: SECRETS },
      { about: 'how the front door knows who calls', cases: AUTHORIZE },
      { about: 'access lists', cases: ACCESS_LISTS },
    ],
  },
  {
    where: 'In an inference cluster',
    place: INSIDE,
    setup: INFERENCE_CLUSTER_SETUP,
    groups: [{ about: "what is not a tenant's", cases: INFERENCE_CLUSTER }],
  },
])('$where', ({ place, setup, groups }) => {
  beforeAll(async () => {
    for (const object of setup) await place.admin.apply(object);
  });

  afterAll(async () => {
    for (const object of setup.toReversed()) await remove(object, place.admin);
  });

  describe.each(groups)('$about', ({ cases }) => {
    test.each(cases)('$name', async ({ refused, ...one }) => {
      const words = await attempt(one, place);
      // Before our words come those of the API server, which say which policy they are of.
      expect(refused === undefined ? words : words?.slice(-refused.length)).toBe(refused);
    });
  });
});
