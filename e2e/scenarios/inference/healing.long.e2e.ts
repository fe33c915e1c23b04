import { isDeepStrictEqual } from 'node:util';
import { describe, expect } from 'vitest';
import { type AnyObject, type Ref, refOf } from '../../kube.ts';
import { eventually } from '../testing.ts';
import { admin } from '../world.ts';
import { test } from './placements.ts';
import { inside } from './testing.ts';
import { answered, watched } from './watched.ts';

interface Harm {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** What its name has after the pool's. */
  readonly suffix?: string;
  /** What somebody makes of it, as a merge patch; undefined where it is deleted. */
  readonly edit?: object;
  /** Nobody who sends requests notices. */
  readonly harmless?: boolean;
}

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const ROUTE = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' };
const OBJECTIVE = { apiVersion: 'inference.networking.x-k8s.io/v1alpha2', kind: 'InferenceObjective' };
const PICKER = '-epp';

const ELSEWHERE = [{ matches: [{ path: { type: 'PathPrefix', value: '/elsewhere' } }] }];

const HARMS: readonly Harm[] = [
  { name: 'more engines than were asked for', ...DEPLOYMENT, edit: { spec: { replicas: 3 } }, harmless: true },
  { name: 'a route that matches another path', ...ROUTE, edit: { spec: { rules: ELSEWHERE } } },
  { name: 'no Deployment of the engines', ...DEPLOYMENT },
  { name: 'no Service of the picker', apiVersion: 'v1', kind: 'Service', suffix: PICKER },
  { name: 'no pool', apiVersion: 'inference.networking.k8s.io/v1', kind: 'InferencePool' },
  { name: 'no route', ...ROUTE },
];

/** What was asked for, without what a cluster gives each object anew. */
function specOf({ spec }: AnyObject): object {
  const { clusterIP, clusterIPs, ...rest } = spec;
  return rest;
}

/** Seconds. Without a watch provider-kubernetes would look at what is ready every ten minutes. */
const HEALED_MS = 30_000;

/** Harms an object in the cluster, and waits until it is as it was. */
async function harm(ref: Ref, patch: object | undefined): Promise<void> {
  const us = inside('us');
  const before = await us.get(ref);
  const same = ({ metadata }: AnyObject) => metadata?.uid === before.metadata?.uid;
  if (patch === undefined) await us.remove(ref);
  else expect(specOf(await us.merge(ref, patch))).not.toEqual(specOf(before));
  await eventually(
    async () => {
      const now = await us.find(ref);
      return now !== undefined && isDeepStrictEqual(specOf(now), specOf(before)) && (patch !== undefined || !same(now));
    },
    () => `${ref.kind} ${ref.name} should be as it was`,
    HEALED_MS,
  );
}

const EVEN = 'a 50%, b 50%';

describe('what somebody changes by hand in a cluster is put back in seconds, and served as before: there is', () => {
  test.for(HARMS)('$name', async ({ apiVersion, kind, suffix = '', edit, harmless }, { tenant }) => {
    const { failures, routed, told } = await watched(tenant, async (gauges) => {
      await harm({ apiVersion, kind, namespace: `mp-${tenant}`, name: gauges.pool + suffix }, edit);
      await gauges.routed.reaches(EVEN);
      return answered(tenant, 'us', 'eu');
    });
    expect(failures.filter(({ sentAt }) => harmless || sentAt > told)).toEqual([]);
    if (harmless) expect(routed).toEqual([EVEN]);
  });

  test('no objective, when provider-kubernetes was not there to see it go', async ({ tenant }) => {
    const { failures, routed } = await watched(tenant, async ({ pool }) => {
      const labels = 'pkg.crossplane.io/provider=crossplane-contrib-provider-kubernetes';
      for (const pod of await admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels })) {
        await admin.remove(refOf(pod));
      }
      await harm({ ...OBJECTIVE, namespace: `mp-${tenant}`, name: `${pool}-default` }, undefined);
    });
    expect({ failures, routed }).toEqual({ failures: [], routed: [EVEN] });
  });
});
