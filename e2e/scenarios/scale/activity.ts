import { CROSSPLANE_METRICS } from '../../crossplane.ts';
import { INFERENCE_CLUSTER_NAMES } from '../../inference/catalogue.ts';
import type { AnyObject, Kube } from '../../kube.ts';
import { textOf } from '../../rest.ts';
import { inside } from '../inference/testing.ts';
import { admin } from '../world.ts';
import { type Counts, countBy, type Sample, samplesOf, since, total } from './metrics.ts';

/** What was done since the control plane's start, each count by who or what. */
export interface Activity {
  /** Calls that our functions have answered. */
  readonly calls: Counts;
  /** Of Crossplane and provider-kubernetes; the stand-in for provider-helm counts nothing. */
  readonly reconciles: Counts;
  /** Requests to the API servers that change something. */
  readonly writes: Counts;
  /** How often Crossplane stopped listening to an XR whose objects change too often, and the events that it counts for it. */
  readonly circuitOpens: Counts;
  readonly circuitEvents: Counts;
}

export async function activity(): Promise<Activity> {
  const crossplane = await textAt(CROSSPLANE_METRICS);
  const provider = await metricsOfPods('pkg.crossplane.io/provider=crossplane-contrib-provider-kubernetes');
  const clusters = INFERENCE_CLUSTER_NAMES.map((name) => writesTo(inside(name), ` in ${name}`));
  return {
    calls: total(await callsOfFunctions()),
    reconciles: total([
      reconcilesIn(crossplane, 'Crossplane'),
      ...provider.map(({ text }) => reconcilesIn(text, 'provider-kubernetes')),
    ]),
    writes: total([await writesTo(admin, ''), ...(await Promise.all(clusters))]),
    circuitOpens: countBy(samplesOf(crossplane, 'circuit_breaker_opens_total'), ({ controller }) => controller),
    circuitEvents: countBy(samplesOf(crossplane, 'circuit_breaker_events_total'), ({ controller }) => controller),
  };
}

export const activitySince = (before: Activity, after: Activity): Activity => ({
  calls: since(before.calls, after.calls),
  reconciles: since(before.reconciles, after.reconciles),
  writes: since(before.writes, after.writes),
  circuitOpens: since(before.circuitOpens, after.circuitOpens),
  circuitEvents: since(before.circuitEvents, after.circuitEvents),
});

/** Calls by function, from each of its pods. */
export async function callsOfFunctions(): Promise<Counts[]> {
  const pods = await metricsOfPods('pkg.crossplane.io/function');
  return pods.map(({ pod, text }) => {
    const name = pod.metadata?.labels?.['pkg.crossplane.io/function']?.replace('modelplane-', '');
    return countBy(samplesOf(text, 'function_requests_total'), () => name);
  });
}

async function metricsOfPods(labels: string): Promise<{ readonly pod: AnyObject; readonly text: string }[]> {
  const pods = await admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels });
  return Promise.all(
    pods.map(async (pod) => ({ pod, text: await textAt(`http://${pod.status?.podIP}:8080/metrics`) })),
  );
}

async function textAt(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.text();
}

const reconcilesIn = (text: string, program: string): Counts =>
  countBy(samplesOf(text, 'controller_runtime_reconcile_total'), ({ controller }) => `${program}: ${controller}`);

const CHANGING: ReadonlySet<string | undefined> = new Set([
  'POST',
  'PUT',
  'PATCH',
  'APPLY',
  'DELETE',
  'DELETECOLLECTION',
]);

/** Reviews of rights and tokens are questions, and leases are how programs say that they are alive. */
const NO_CHANGE = /review|^leases$|^tokens?$/;

async function writesTo(kube: Kube, where: string): Promise<Counts> {
  const text = await textOf(kube.config, { method: 'GET', path: '/metrics' });
  return countBy(samplesOf(text, 'apiserver_request_total'), (labels) => kindOfWrite(labels, where));
}

function kindOfWrite({ verb, resource = '', subresource }: Sample['labels'], where: string): string | undefined {
  if (!CHANGING.has(verb) || NO_CHANGE.test(resource) || subresource === 'token') return undefined;
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${where}`;
}
