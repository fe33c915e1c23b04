import { describe, expect, test } from 'vitest';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { ACCESS_LISTS, AUTHORIZE } from './admission/callers.ts';
import { CROSSPLANE_ONLY } from './admission/crossplane-only.ts';
import { ENVOY_GATEWAY } from './admission/envoy-gateway.ts';
import { ATTACHMENTS, TRAEFIK_KINDS } from './admission/front-door.ts';
import { INFERENCE_CLUSTER } from './admission/inference-cluster.ts';
import { type AdmissionRequest, type Verdict, validationsOf, verdicts } from './admission/policies.ts';
import { ROUTES } from './admission/routes.ts';
import { SECRETS } from './admission/secrets.ts';
import { type AdmissionCase, SETUP, USERS } from './admission/users.ts';
import { playExamples } from './composed.ts';
import { FOLDERS, type Folder, manifestsIn } from './manifests.ts';
import { groupOf, pluralOf } from './rules.ts';

/** The ConfigMaps that the policies take for the front doors. */
const frontDoors: readonly KubernetesObject[] = [...manifestsIn('.').map(({ object }) => object), ...SETUP].filter(
  ({ metadata }) => metadata?.labels?.['modelplane.ai/front-door'] === 'true',
);

/** What users may do, as far as policies ask. */
const ALLOWED: Partial<Readonly<Record<AdmissionCase['as'], readonly string[]>>> = {
  // What crossplane-edit gives in the whole cluster. Crossplane has it too, once its RBAC manager has seen our XRDs.
  platform: ['update inferenceclusters.modelplane.ai', 'update inferencegateways.modelplane.ai'],
  // What edit gives in a namespace.
  editor: ['get secrets. in admission-a'],
};

function requestOf({ as, before, object, subresource }: AdmissionCase): AdmissionRequest {
  const subject = object ?? before;
  if (subject === undefined) throw new Error('a case is about an object');
  const plural = pluralOf(subject.kind);
  return {
    operation: before === undefined ? 'CREATE' : object === undefined ? 'DELETE' : 'UPDATE',
    group: groupOf(subject),
    resource: subresource ? `${plural}/${subresource}` : plural,
    // A Namespace is in itself.
    namespace: subject.kind === 'Namespace' ? nameOf(subject) : namespaceOf(subject),
    kind: subject.kind,
    user: { username: USERS[as], groups: groupsOf(USERS[as]) },
    allowed: ALLOWED[as] ?? [],
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

const verdictsOn = (one: AdmissionCase, folder: Folder = '.') => verdicts(folder, requestOf(one), frontDoors);

const refusals = (one: AdmissionCase, folder?: Folder): string[] =>
  verdictsOn(one, folder).flatMap(({ refused }) => refused ?? []);

test('whatever the functions compose, Crossplane may write', () => {
  const refused = composed.flatMap((object) =>
    refusals({ name: '', as: 'crossplane', object }).map((message) => [object.kind, message]),
  );
  expect(refused).toEqual([]);
});

const GROUPS: readonly { readonly about: string; readonly folder: Folder; readonly cases: readonly AdmissionCase[] }[] =
  [
    { about: 'what only Crossplane writes', folder: '.', cases: CROSSPLANE_ONLY },
    { about: 'routes', folder: '.', cases: ROUTES },
    { about: 'what attaches to the front door', folder: '.', cases: ATTACHMENTS },
    { about: "Traefik's own kinds", folder: '.', cases: TRAEFIK_KINDS },
    { about: 'what the front door asks', folder: '.', cases: AUTHORIZE },
    { about: 'access lists', folder: '.', cases: ACCESS_LISTS },
    { about: 'Secrets that are brought', folder: '.', cases: SECRETS },
    { about: 'an inference cluster', folder: 'inference-cluster', cases: INFERENCE_CLUSTER },
    { about: 'its Gateway', folder: 'inference-cluster/envoy-gateway', cases: ENVOY_GATEWAY },
  ];

describe.each(GROUPS)('$about', ({ folder, cases }) => {
  // All that refuse a case: one that two validations refuse would say nothing of either.
  test.each(cases)('$name', ({ refused, ...one }) => {
    expect(refusals(one, folder)).toEqual(refused === undefined ? [] : [refused]);
  });
});

describe.each(FOLDERS)('every validation in install/%s', (folder) => {
  const said = GROUPS.filter((group) => group.folder === folder)
    .flatMap(({ cases }) => cases)
    .flatMap((one) => verdictsOn(one, folder));

  test.each([
    { name: 'refuses a request of some case', judges: ({ refused }: Verdict) => refused !== undefined },
    { name: 'lets one of some case pass that it is about', judges: ({ refused }: Verdict) => refused === undefined },
  ])('$name', ({ judges }) => {
    const judged = new Set(said.filter(judges).map(({ validation }) => validation));
    expect(validationsOf(folder).filter((validation) => !judged.has(validation))).toEqual([]);
  });
});
