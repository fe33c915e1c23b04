import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type Answer, composeWith, example } from '#shared/testing.ts';
import { modelEndpoint } from './compose.ts';

/** Name of everything that endpoint ml/us is composed of. */
export const BACKEND = 'us-ef95d9de1a';

/** An endpoint as the API server hands it out: with the defaults of its XRD. */
export const endpoint = (spec: object, status?: object): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelEndpoint',
  metadata: { name: 'us', namespace: 'ml', uid: 'uid-of-us' },
  spec: { authorization: 'Forward', draining: false, ...spec },
  ...(status && { status }),
});

/** A composed object that is there. */
export const there = (kind: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: BACKEND },
  ...more,
});

/** The Service that is there, with a port for each scheme unless others are given. */
export const service = (...ports: readonly number[]): KubernetesObject =>
  there('Service', { spec: { ports: (ports.length > 0 ? ports : [80, 443]).map((port) => ({ port })) } });

/** A front door that denies these networks. */
export const frontDoor = (deniedCIDRs: readonly string[] = [], more: object = {}): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceGateway',
  metadata: { name: 'default' },
  spec: { backend: 'Traefik', traefik: { version: '41.4.0', replicas: 2 }, endpoints: { deniedCIDRs } },
  ...more,
});

const authority = example('failover-tiers').find(({ kind }) => kind === 'ConfigMap') as KubernetesObject;

/** A certificate. */
export const PEM = (authority.data as Record<string, string>)['ca.crt'] ?? '';

/** An object that holds a certificate, or what is given. */
export const holding = (kind: string, name: string, pem: string | undefined = PEM): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'ml' },
  data: { 'ca.crt': kind === 'Secret' ? Buffer.from(pem).toString('base64') : pem },
});

export interface Beside {
  /** The cluster whose gateway it is at. */
  readonly cluster?: string;
  readonly status?: object | undefined;
  readonly observed?: Readonly<Record<string, KubernetesObject>>;
  readonly required?: Readonly<Record<string, readonly KubernetesObject[]>>;
}

/** What becomes of a spec, where there is a front door. */
export function composed(spec: object, { cluster, status, observed = {}, required = {} }: Beside = {}): Answer {
  const { metadata, ...xr } = endpoint(spec, status);
  const labels = cluster !== undefined && { labels: { 'modelplane.ai/cluster': cluster } };
  return composeWith(modelEndpoint, {
    xr: { ...xr, metadata: { ...metadata, ...labels } } as KubernetesObject,
    observed,
    required: { gateway: [frontDoor()], ...required },
  });
}

/** What becomes of a spec once what it became first is there, as often as it takes. */
export function settled(spec: object, beside: Beside = {}): Beside & { readonly answer: Answer } {
  const answer = composed(spec, beside);
  const next = { ...beside, status: answer.status, observed: answer.desired };
  return JSON.stringify(answer) === JSON.stringify(composed(spec, next)) ? { ...next, answer } : settled(spec, next);
}
