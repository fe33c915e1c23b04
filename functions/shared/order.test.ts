import { describe, expect, test } from 'vitest';
import type { Desired } from './desired.ts';
import type { KubernetesObject } from './kubernetes.ts';
import { inOrder } from './order.ts';

const object = (kind: string, name: string, rest: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...rest,
});

const authority = object('ConfigMap', 'authority');
const policy = (...refs: readonly object[]): KubernetesObject =>
  object('BackendTLSPolicy', 'backend', {
    spec: { targetRefs: [{ kind: 'Service', name: 'backend' }], validation: { caCertificateRefs: refs } },
  });
const BY_AUTHORITY = policy({ group: '', kind: 'ConfigMap', name: 'authority' });
const BY_SYSTEM = policy();
const SERVICE = object('Service', 'backend');

/** An object in another cluster, as it is asked for and, once the provider has made it, as it is there. */
function remote(manifest: KubernetesObject, status?: object): KubernetesObject {
  const spec = { providerConfigRef: { kind: 'ClusterProviderConfig', name: 'us' }, forProvider: { manifest } };
  return object('Object', `us-${manifest.kind}`, { spec, ...(status && { status }) });
}
const MADE = { conditions: [{ type: 'Synced', status: 'True' }] };
const there = (manifest: KubernetesObject): KubernetesObject => remote(manifest, MADE);

const inTenant = (kind: string, name: string, rest: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'mp-ml' },
  ...rest,
});
const NAMESPACE = object('Namespace', 'mp-ml');
const CONFIG = inTenant('ConfigMap', 'config-1');
const NEXT_CONFIG = inTenant('ConfigMap', 'config-2');
const picker = (config: string) =>
  inTenant('Deployment', 'picker', {
    spec: {
      template: { spec: { serviceAccountName: 'picker', volumes: [{ name: 'config', configMap: { name: config } }] } },
    },
  });
const COPY = inTenant('Secret', 'copy');
const engine = (sources: readonly object[]) =>
  inTenant('Deployment', 'engine', {
    spec: { template: { spec: { volumes: [{ name: 'files', projected: { sources } }] } } },
  });
const POOL = inTenant('InferencePool', 'pool', { spec: { endpointPickerRef: { kind: 'Service', name: 'picker' } } });
const PICKER_SERVICE = inTenant('Service', 'picker');

const want = (objects: Readonly<Record<string, KubernetesObject>>): Record<string, Desired> =>
  Object.fromEntries(Object.entries(objects).map(([key, resource]) => [key, { resource, ready: false }]));

const composed = (
  desired: Readonly<Record<string, KubernetesObject>>,
  observed: Readonly<Record<string, KubernetesObject>>,
): Record<string, object> =>
  Object.fromEntries(Object.entries(inOrder(want(desired), observed)).map(([key, { resource }]) => [key, resource]));

describe('what is named', () => {
  test.each([
    {
      name: 'stays while an object that is there names it',
      desired: { policy: BY_SYSTEM },
      observed: { policy: BY_AUTHORITY, authority },
      want: { policy: BY_SYSTEM, authority },
    },
    {
      name: 'goes once nobody names it any more',
      desired: { policy: BY_SYSTEM },
      observed: { policy: BY_SYSTEM, authority },
      want: { policy: BY_SYSTEM },
    },
    {
      name: 'goes although an object of another kind has its name',
      desired: { policy: BY_SYSTEM },
      observed: { policy: BY_SYSTEM, backend: object('ConfigMap', 'backend') },
      want: { policy: BY_SYSTEM },
    },
    {
      name: 'stays in another cluster while what is there names it, whatever was asked for since',
      desired: { picker: remote(picker('config-2')), next: remote(NEXT_CONFIG) },
      observed: {
        picker: remote(picker('config-2'), { atProvider: { manifest: picker('config-1') }, ...MADE }),
        config: there(CONFIG),
        next: there(NEXT_CONFIG),
      },
      want: { picker: remote(picker('config-2')), next: remote(NEXT_CONFIG), config: remote(CONFIG) },
    },
    {
      name: 'stays in another cluster while a file of a projected volume is of it',
      desired: { engine: remote(engine([])) },
      observed: { engine: there(engine([{ secret: { name: 'copy' } }])), secret: there(COPY) },
      want: { engine: remote(engine([])), secret: remote(COPY) },
    },
    {
      name: 'goes in the order in which it is named: a pool before the Service of its picker, the namespace last',
      desired: {},
      observed: { namespace: there(NAMESPACE), pool: there(POOL), service: there(PICKER_SERVICE) },
      want: { namespace: remote(NAMESPACE), service: remote(PICKER_SERVICE) },
    },
    {
      name: 'goes where somebody else makes the same',
      desired: { namespace: remote(NAMESPACE), service: remote(PICKER_SERVICE) },
      observed: { namespace: there(NAMESPACE), again: there(NAMESPACE), service: there(PICKER_SERVICE) },
      want: { namespace: remote(NAMESPACE), service: remote(PICKER_SERVICE) },
    },
    {
      name: 'waits for nobody who goes from a cluster that does not answer',
      desired: {},
      observed: {
        pool: {
          ...remote(POOL, { conditions: [{ type: 'Synced', status: 'False' }] }),
          metadata: { name: 'us-InferencePool', deletionTimestamp: '2026-01-01T00:00:00Z' },
        },
        service: there(PICKER_SERVICE),
      },
      want: {},
    },
  ])('$name', ({ desired, observed, want }) => expect(composed(desired as never, observed as never)).toEqual(want));
});

describe('who names something', () => {
  test.each([
    {
      name: 'is made together with it where nothing is there yet',
      desired: { policy: BY_AUTHORITY, authority, service: SERVICE },
      observed: {},
      want: ['policy', 'authority', 'service'],
    },
    {
      name: 'waits for it where it would be about something that is there',
      desired: { policy: BY_AUTHORITY, authority, service: SERVICE },
      observed: { service: SERVICE },
      want: ['authority', 'service'],
    },
    {
      name: 'comes once it has been seen',
      desired: { policy: BY_AUTHORITY, authority, service: SERVICE },
      observed: { service: SERVICE, authority },
      want: ['policy', 'authority', 'service'],
    },
    {
      name: 'does not wait for what is named by nobody here',
      desired: { policy: BY_AUTHORITY, service: SERVICE },
      observed: { service: SERVICE },
      want: ['policy', 'service'],
    },
    {
      name: 'waits in another cluster even if all is new, and for the namespace first',
      desired: { namespace: remote(NAMESPACE), pool: remote(POOL), service: remote(PICKER_SERVICE) },
      observed: {},
      want: ['namespace'],
    },
    {
      name: 'waits in another cluster until the provider has made it',
      desired: { namespace: remote(NAMESPACE), pool: remote(POOL), service: remote(PICKER_SERVICE) },
      observed: { namespace: there(NAMESPACE), service: remote(PICKER_SERVICE) },
      want: ['namespace', 'service'],
    },
    {
      name: 'comes in another cluster once it is there',
      desired: { namespace: remote(NAMESPACE), pool: remote(POOL), service: remote(PICKER_SERVICE) },
      observed: { namespace: there(NAMESPACE), service: there(PICKER_SERVICE) },
      want: ['namespace', 'pool', 'service'],
    },
  ])('$name', ({ desired, observed, want }) =>
    expect(Object.keys(composed(desired as never, observed as never)).sort()).toEqual(want.toSorted()),
  );

  test('stays as it was until what it is to name has been seen', () => {
    const desired = { policy: BY_AUTHORITY, authority, service: SERVICE };
    const observed = { policy: BY_SYSTEM, service: SERVICE };
    expect(composed(desired, observed).policy).toEqual(BY_SYSTEM);
  });

  test('is not held back by what it names already and somebody has deleted', () => {
    const desired = { policy: BY_AUTHORITY, authority, service: SERVICE };
    const changed = { ...BY_AUTHORITY, metadata: { name: 'backend', labels: { a: 'b' } } };
    expect(composed({ ...desired, policy: changed }, { policy: BY_AUTHORITY, service: SERVICE }).policy).toEqual(
      changed,
    );
  });
});
