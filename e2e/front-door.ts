import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../tools/progress.ts';
import { type AnyObject, type Kube, objectsOf, type Ref, refOf } from './kube.ts';
import { MOCKS } from './mocks/catalogue.ts';

export const GATEWAY: Ref = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'InferenceGateway', name: 'default' };

/** The front door as a platform team asks for it: everything else is its default. */
export async function openFrontDoor(kube: Kube, report: Report): Promise<void> {
  await kube.apply({ ...header(GATEWAY), spec: {} });
  await untilReady(kube, GATEWAY, report);
}

const header = ({ apiVersion, kind, name }: Ref) => ({ apiVersion, kind, metadata: { name } });

/** Of the demo's service, without /v1. */
export const DEMO_PATH = '/ml-team/qwen';

/** Something to call: a model of one's own that passes every tenth request on to a provider. */
const DEMO = `
apiVersion: v1
kind: Namespace
metadata: { name: ml-team }
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: { name: own, namespace: ml-team, labels: { serves: qwen-own } }
spec: { url: "http://${MOCKS.first.address}:${MOCKS.first.port}" }
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: { name: groq, namespace: ml-team, labels: { serves: qwen-groq } }
spec: { url: "https://${MOCKS.groq.name}/openai/v1" }
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelService
metadata: { name: qwen, namespace: ml-team }
spec:
  endpoints:
    - { weight: 90, selector: { matchLabels: { serves: qwen-own } } }
    - { weight: 10, selector: { matchLabels: { serves: qwen-groq } } }
`;

export async function applyDemo(kube: Kube, report: Report): Promise<void> {
  const objects = objectsOf(DEMO);
  for (const object of objects) await kube.apply(object);
  for (const object of objects.filter(({ kind }) => kind !== 'Namespace'))
    await untilReady(kube, refOf(object), report);
}

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 200;

export async function untilReady(kube: Kube, ref: Ref, report: Report, timeout = READY_TIMEOUT_MS): Promise<void> {
  const deadline = Date.now() + timeout;
  while (true) {
    const object = await kube.get(ref);
    if (isReady(object)) return;
    if (Date.now() > deadline) throw new Error(`${ref.kind} ${ref.name} is not ready: ${whyNot(object)}`);
    report(whyNot(object));
    await delay(READY_POLL_MS);
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

export const conditionsOf = ({ status }: AnyObject): Condition[] => status?.conditions ?? [];

export const isReady = (object: AnyObject): boolean =>
  conditionsOf(object).some(({ type, status }) => type === 'Ready' && status === 'True');

/** What an object says of why it isn't ready. */
export const whyNot = (object: AnyObject): string =>
  conditionsOf(object)
    .filter(({ status }) => status !== 'True')
    .map(({ type, reason, message }) => `${type}: ${message ?? reason}`)
    .join('; ') || 'it says nothing yet';
