import { isDeepStrictEqual } from 'node:util';
import { type AnyObject, type Kube, objectsOf, refOf } from '../kube.ts';
import { ApiError } from '../rest.ts';
import { type Chart, render } from './traefik.ts';

const API_VERSION = 'helm.m.crossplane.io/v1beta1';
const FINALIZER = 'finalizer.managedresource.crossplane.io';

const FIELD_MANAGER = 'helm';

/** The label by which the objects of a release are found again. */
const RELEASE_LABEL = 'app.kubernetes.io/instance';

/** Brings what a Release asks for about, or what is left of one that is deleted away. */
export async function reconcile(kube: Kube, chart: Chart, key: string): Promise<void> {
  const [namespace = '', name = ''] = key.split('/');
  const release = await kube.find({ apiVersion: API_VERSION, kind: 'Release', namespace, name });
  if (!release) return;
  if (release.metadata?.deletionTimestamp) return uninstall(kube, release);
  await setFinalizers(kube, release, [FINALIZER]);
  const outcome = await install(kube, chart, release).catch((error) => ({ refused: (error as Error).message }));
  await writeStatus(kube, release, outcome);
  // The queue tries again what is not there yet.
  if ('refused' in outcome || outcome.state !== 'deployed')
    throw new Error('refused' in outcome ? outcome.refused : 'not available yet');
}

type Outcome =
  | { readonly refused: string }
  | { readonly state: 'deployed' | 'pending-install'; readonly version: string };

async function install(kube: Kube, chart: Chart, release: AnyObject): Promise<Outcome> {
  await requireIdentity(kube, release);
  const { forProvider } = release.spec;
  const { objects, version } = render(chart, nameOf(release), forProvider);
  if (!forProvider.skipCRDs) await installCrds(kube, chart);
  for (const object of objects) await kube.apply(labelled(release, object), { fieldManager: FIELD_MANAGER });
  await prune(kube, release, objects);
  const isThere = !forProvider.wait || (await isAvailable(kube, objects));
  return { state: isThere ? 'deployed' : 'pending-install', version };
}

/** Helm calls a release as its external name says. */
const nameOf = ({ metadata }: AnyObject): string =>
  metadata?.annotations?.['crossplane.io/external-name'] ?? metadata?.name ?? '';

/** The stand-in acts with its own rights only, as InjectedIdentity says; a kubeconfig would be another cluster. */
async function requireIdentity(kube: Kube, { metadata, spec }: AnyObject): Promise<void> {
  const { kind, name } = spec.providerConfigRef;
  const namespace = kind === 'ProviderConfig' ? { namespace: metadata?.namespace ?? '' } : {};
  const config = await kube.find({ apiVersion: API_VERSION, kind, name, ...namespace });
  if (!config) throw new Error(`cannot get ${kind} ${name}`);
  const { source } = config.spec.credentials;
  if (source !== 'InjectedIdentity')
    throw new Error(`the stand-in knows credentials of source InjectedIdentity, not ${source}`);
}

/** Helm creates a chart's CRDs where they are missing, and neither upgrades nor deletes them. */
async function installCrds(kube: Kube, { crds }: Chart): Promise<void> {
  for (const crd of objectsOf(crds)) {
    await kube.create(crd).catch((error) => {
      if (!isConflict(error)) throw error;
    });
  }
}

const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === 409;

const labelled = (release: AnyObject, object: AnyObject): AnyObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: {
      ...object.metadata?.labels,
      'app.kubernetes.io/managed-by': 'Helm',
      [RELEASE_LABEL]: instanceOf(release),
    },
  },
});

const instanceOf = (release: AnyObject): string => `${nameOf(release)}-${release.spec.forProvider.namespace}`;

/** Every kind that the chart may make an object of, in the order in which they go. */
const KINDS = [
  { apiVersion: 'v1', kind: 'Service', isNamespaced: true },
  { apiVersion: 'apps/v1', kind: 'Deployment', isNamespaced: true },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', isNamespaced: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', isNamespaced: false },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', isNamespaced: false },
  { apiVersion: 'v1', kind: 'ServiceAccount', isNamespaced: true },
] as const;

/** Deletes what the release made before and does not name now. */
async function prune(kube: Kube, release: AnyObject, wanted: readonly AnyObject[]): Promise<void> {
  const labels = `app.kubernetes.io/managed-by=Helm,${RELEASE_LABEL}=${instanceOf(release)}`;
  const identity = (object: AnyObject) => `${object.kind}/${object.metadata?.name}`;
  const kept = new Set(wanted.map(identity));
  const { namespace } = release.spec.forProvider;
  for (const { apiVersion, kind, isNamespaced } of KINDS) {
    for (const object of await kube.list(apiVersion, kind, { labels, ...(isNamespaced && { namespace }) })) {
      if (!kept.has(identity(object))) await kube.remove(refOf(object));
    }
  }
}

async function isAvailable(kube: Kube, objects: readonly AnyObject[]): Promise<boolean> {
  const deployments = await Promise.all(
    objects.filter(({ kind }) => kind === 'Deployment').map((object) => kube.get(refOf(object))),
  );
  return deployments.every(
    ({ metadata, spec, status }) =>
      status?.observedGeneration === metadata?.generation &&
      status?.updatedReplicas === spec.replicas &&
      status?.availableReplicas === spec.replicas,
  );
}

async function uninstall(kube: Kube, release: AnyObject): Promise<void> {
  const policies: string[] = release.spec.managementPolicies;
  if (policies.includes('*') || policies.includes('Delete')) await prune(kube, release, []);
  await setFinalizers(kube, release, []);
}

async function setFinalizers(kube: Kube, release: AnyObject, finalizers: string[]): Promise<void> {
  const others = (release.metadata?.finalizers ?? []).filter((name) => name !== FINALIZER);
  const wanted = [...others, ...finalizers];
  if (JSON.stringify(wanted) === JSON.stringify(release.metadata?.finalizers ?? [])) return;
  await kube.merge(refOf(release), { metadata: { finalizers: wanted } });
}

/** As Crossplane's managed resources say it. A condition keeps its time while it says the same. */
async function writeStatus(kube: Kube, release: AnyObject, outcome: Outcome): Promise<void> {
  const isDeployed = !('refused' in outcome) && outcome.state === 'deployed';
  const synced =
    'refused' in outcome
      ? { type: 'Synced', status: 'False', reason: 'ReconcileError', message: outcome.refused }
      : { type: 'Synced', status: 'True', reason: 'ReconcileSuccess' };
  const ready = isDeployed
    ? { type: 'Ready', status: 'True', reason: 'Available' }
    : { type: 'Ready', status: 'False', reason: 'Unavailable' };
  const atProvider = 'refused' in outcome ? {} : { state: outcome.state, revision: 1, version: outcome.version };
  const status = { atProvider, conditions: [synced, ready].map((condition) => timed(release, condition)) };
  if (isDeepStrictEqual(status, pick(release.status))) return;
  await kube.merge(refOf(release), { status }, 'status');
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

function timed({ status }: AnyObject, condition: Condition): Condition {
  const known = (status?.conditions ?? []).find(({ type }: Condition) => type === condition.type);
  const isSame = known?.status === condition.status && known?.message === condition.message;
  return isSame ? known : { ...condition, lastTransitionTime: new Date().toISOString() };
}

const pick = (status: AnyObject | undefined) => ({ atProvider: status?.atProvider, conditions: status?.conditions });
