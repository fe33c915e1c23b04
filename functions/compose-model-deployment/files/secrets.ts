import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { remoteKey, remoteObject } from '../cluster/object.ts';
import { type ObservedObject, type ObservedSite, objectOf, toldOf } from '../observed.ts';
import { type Cluster, namespaceAt, poolName, remoteLabels, type Site } from '../site.ts';

/** A Secret of the deployment's namespace that its clusters get a copy of. */
export interface Brought {
  readonly source: string;
  /** The one key that is brought, as TOKEN; all of them where nothing is said. */
  readonly key?: string | undefined;
}

/** The variable of a Hugging Face token, and its key in the copy. */
export const TOKEN = 'HF_TOKEN';

export const tokenOf = ({ huggingFaceToken: token }: ModelDeployment['spec']): Brought | undefined =>
  token && { source: token.secretRef.name, key: token.secretRef.key };

/** Every Secret that a deployment brings. */
export const broughtBy = (spec: ModelDeployment['spec']): Brought[] => [
  ...(spec.secrets ?? []).map((source) => ({ source })),
  ...[tokenOf(spec)].filter((token) => token !== undefined),
];

/**
 * Name of a copy. It is a site's own: two deployments that bring the same Secret never share one, a Secret that the
 * cluster's own people called the same stays theirs, and a copy goes with the last of its site that names it.
 */
export const copyName = (site: Site, { source, key }: Brought): string =>
  uniqueName(`${site.deployment.name}-${site.placement}-${source}`, [
    'Secret',
    poolName(site),
    source,
    ...(key === undefined ? [] : [key]),
  ]);

/** On the Objects of a copy: which Secret it is of. */
const SOURCE = 'modelplane.ai/secret';

export const sourceOf = ({ metadata }: KubernetesObject): string => metadata?.annotations?.[SOURCE] ?? '';

const secret = (site: Site, name: string) =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: namespaceAt(site) } }) as const;

/** In the cluster's install, bound in the tenants' namespaces alone: no Secret of another can be read. */
const ROLE = 'modelplane-secrets';

/** Who the control plane is in an inference cluster, by its install. */
const CONTROL_PLANE = { kind: 'ServiceAccount', namespace: 'modelplane-system', name: 'modelplane' };

/** The right to Secrets in a tenant's namespace. All of its deployments apply the same one, and none deletes it. */
const rights = (site: Site): KubernetesObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: ROLE, namespace: namespaceAt(site), labels: { 'app.kubernetes.io/managed-by': 'modelplane' } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ROLE },
  subjects: [CONTROL_PLANE],
});

/** How often a copy is looked at: a watch would need the right to list every Secret of the cluster. */
const POLL_INTERVAL = '1m';

/** A copy as an Object that makes it, empty, and takes it away. */
function copyObject(site: Site, brought: Brought, cluster: Cluster): KubernetesObject {
  const manifest = { ...secret(site, copyName(site, brought)), type: 'Opaque' };
  const labelled = { ...manifest, metadata: { ...manifest.metadata, labels: remoteLabels(site) } };
  return annotated(remoteObject(site, labelled, cluster), brought);
}

/**
 * The Object that fills a copy, which never makes one: what provider-kubernetes has read stands in an Object's spec as
 * soon as it writes that, and it does so for its finalizer, and once more for whatever it creates. So this one is first
 * composed without a reference, and gets them when it has been through all that.
 */
function dataObject(site: Site, brought: Brought, cluster: Cluster, isFilling: boolean): KubernetesObject {
  const object = remoteObject(site, secret(site, copyName(site, brought)), cluster);
  const name = uniqueName(`${site.deployment.name}-${site.placement}-secret-data`, [
    'data',
    object.metadata?.name ?? '',
  ]);
  const { metadata, spec } = annotated({ ...object, metadata: { ...object.metadata, name } }, brought);
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata?.annotations, 'crossplane.io/external-name': name } },
    spec: {
      ...(spec as object),
      managementPolicies: ['Observe', 'Update'],
      readiness: { policy: 'DeriveFromCelQuery', celQuery: FILLED },
      ...(isFilling && { references: references(site, brought) }),
    },
  };
}

/** CEL by which an Object says that the copy has something. provider-kubernetes asks it before it hides the values. */
const FILLED = 'has(object.data) && size(object.data) > 0';

/** What is read, always in the claim's own namespace: the provider would read in any. Another type is refused by the API server. */
function references({ deployment }: Site, { source, key }: Brought): object[] {
  const from = { apiVersion: 'v1', kind: 'Secret', namespace: deployment.namespace, name: source };
  const data = key === undefined ? { from: 'data', to: 'data' } : { from: `data[${key}]`, to: `data.${TOKEN}` };
  return [data, { from: 'type', to: 'type' }].map(({ from: fieldPath, to: toFieldPath }) => ({
    patchesFrom: { ...from, fieldPath },
    toFieldPath,
  }));
}

const annotated = (object: KubernetesObject, { source }: Brought): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata?.annotations, 'crossplane.io/poll-interval': POLL_INTERVAL, [SOURCE]: source },
  },
});

const copyKey = (site: Site, brought: Brought): string => remoteKey(site, secret(site, copyName(site, brought)));

const dataKey = (site: Site, brought: Brought): string =>
  uniqueName(`${site.placement}-secret-data`, ['data', copyKey(site, brought)]);

/** What there is of a copy, and of how it is filled. */
export interface Copy {
  readonly copy: ObservedObject | undefined;
  readonly data: ObservedObject | undefined;
}

export const copyOf = ({ site, objects }: ObservedSite, brought: Brought): Copy => ({
  copy: objects.find(({ key }) => key === copyKey(site, brought)),
  data: objects.find(({ key }) => key === dataKey(site, brought)),
});

/** An Object that fills a copy: what is wrong with it is wrong at its source, and no matter to what serves. */
export const isData = (object: ObservedObject): boolean =>
  object.kind === 'Secret' && toldOf(object).managementPolicies?.join() === 'Observe,Update';

export const isFilling = (object: ObservedObject): boolean => toldOf(object).references !== undefined;

/**
 * provider-kubernetes hides values from the statuses that it writes: of an empty Secret too, so it shows in time. Of an
 * object that was there before it tells half a minute late, so both are asked.
 */
const hidesValues = (copy: Copy): boolean => seenKeys(copy) === 'redacted';

/** Whether it would show them. */
export const showsValues = (copy: Copy): boolean => seenKeys(copy) !== undefined && !hidesValues(copy);

/** Keys of data that some Object shows; undefined before anybody has looked. */
function seenKeys({ copy, data }: Copy): string | undefined {
  const seen = copy?.seen ?? data?.seen;
  return seen && Object.keys((seen.data as object | undefined) ?? {}).join();
}

/** A value got into its spec, from a backup for one: it goes, and is made anew. */
const isExposed = (object: ObservedObject): boolean => toldOf(object).manifest?.data !== undefined;

/** What may stay of a site as it is: all but an Object that has a value in its spec. */
export const withoutValues = (objects: readonly ObservedObject[]): readonly ObservedObject[] =>
  objects.filter((object) => !(isData(object) && isExposed(object)));

/** The copies of a site, each step when the one before it has been taken. */
export function secretsDesired(
  brought: readonly Brought[],
  observed: ObservedSite,
  cluster: Cluster,
): Record<string, Desired> {
  if (brought.length === 0) return {};
  const { site } = observed;
  const binding = objectOf(observed, 'RoleBinding', ROLE);
  const shared = remoteObject(site, rights(site) as never, cluster);
  return {
    [remoteKey(site, rights(site) as never)]: {
      resource: {
        ...shared,
        spec: { ...(shared.spec as object), managementPolicies: ['Observe', 'Create', 'Update'] },
      },
      ready: binding?.ready === true,
    },
    ...Object.assign({}, ...brought.map((one) => copyDesired(one, observed, cluster, binding?.synced === true))),
  };
}

function copyDesired(
  brought: Brought,
  observed: ObservedSite,
  cluster: Cluster,
  mayWrite: boolean,
): Record<string, Desired> {
  const { site } = observed;
  const { copy, data } = copyOf(observed, brought);
  if (copy === undefined && !mayWrite) return {};
  const isDue = (data !== undefined && !isExposed(data)) || (data === undefined && copy?.synced === true);
  const fills = data !== undefined && (isFilling(data) || (data.synced && hidesValues({ copy, data })));
  return {
    [copyKey(site, brought)]: { resource: copyObject(site, brought, cluster), ready: copy?.ready === true },
    ...(isDue && {
      [dataKey(site, brought)]: {
        resource: dataObject(site, brought, cluster, fills),
        ready: data?.ready === true,
      },
    }),
  };
}

/** Whether engines that name a copy would find something in it. */
export const isFilled = (observed: ObservedSite, brought: Brought): boolean =>
  copyOf(observed, brought).data?.ready === true;
