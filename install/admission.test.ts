import { describe, expect, test } from 'vitest';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { CROSSPLANE_ONLY } from './admission/crossplane-only.ts';
import { ATTACHMENTS, TRAEFIK_KINDS } from './admission/front-door.ts';
import { type AdmissionRequest, refusals } from './admission/policies.ts';
import { ROUTES } from './admission/routes.ts';
import { type AdmissionCase, SETUP, USERS } from './admission/users.ts';
import { playExamples } from './composed.ts';
import { manifestsIn } from './manifests.ts';
import { groupOf, pluralOf } from './rules.ts';

/** The ConfigMaps that the policies take for the front doors. */
const frontDoors: readonly KubernetesObject[] = [...manifestsIn('.').map(({ object }) => object), ...SETUP].filter(
  ({ metadata }) => metadata?.labels?.['modelplane.ai/front-door'] === 'true',
);

/** What crossplane-edit gives in the whole cluster. Crossplane has it too, once its RBAC manager has seen our XRDs. */
const PLATFORM = ['update inferenceclusters.modelplane.ai', 'update inferencegateways.modelplane.ai'];

function requestOf({ as, before, object, subresource }: AdmissionCase): AdmissionRequest {
  const subject = object ?? before;
  if (subject === undefined) throw new Error('a case is about an object');
  const plural = pluralOf(subject.kind);
  return {
    operation: before === undefined ? 'CREATE' : object === undefined ? 'DELETE' : 'UPDATE',
    group: groupOf(subject),
    resource: subresource ? `${plural}/${subresource}` : plural,
    namespace: namespaceOf(subject),
    kind: subject.kind,
    user: { username: USERS[as], groups: groupsOf(USERS[as]) },
    allowed: as === 'platform' ? PLATFORM : [],
    object: object ?? null,
    oldObject: before ?? null,
  };
}

/** The groups that an API server puts a user in by his name alone. */
function groupsOf(username: string): string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):/.exec(username) ?? [];
  const accounts = namespace ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : [];
  return [...accounts, 'system:authenticated'];
}

const { composed } = playExamples();

test('whatever the functions compose, Crossplane may write', () => {
  const refused = composed.flatMap((object) =>
    refusals(requestOf({ name: '', as: 'crossplane', object }), frontDoors).map((message) => [object.kind, message]),
  );
  expect(refused).toEqual([]);
});

describe.each([
  { policy: 'what only Crossplane writes', cases: CROSSPLANE_ONLY },
  { policy: 'routes', cases: ROUTES },
  { policy: 'what attaches to the front door', cases: ATTACHMENTS },
  { policy: "Traefik's own kinds", cases: TRAEFIK_KINDS },
])('$policy', ({ cases }) => {
  test.each(cases)('$name', ({ refused, ...one }) => {
    expect(refusals(requestOf(one), frontDoors)).toEqual(refused === undefined ? [] : [refused]);
  });
});
