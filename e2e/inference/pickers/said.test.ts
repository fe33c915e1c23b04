import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { AnyObject, Kube } from '../../kube.ts';
import type { PodContext } from '../../kubelet/pod.ts';
import { sayPods } from './said.ts';

const POD: V1Pod = {
  metadata: { namespace: 'mp-ml', name: 'epp-1', uid: '1' },
  spec: { containers: [{ name: 'epp', image: 'anything' }] },
};

test('a pod that is only said to run is reported as ready once, at an address of its own, and forgotten when deleted', async () => {
  const reports: AnyObject[] = [];
  const deleted: string[] = [];
  const kube = {
    merge: async (_ref: unknown, patch: AnyObject) => reports.push(patch),
    call: async ({ method, path }: { method: string; path: string }) => deleted.push(`${method} ${path}`),
  } as unknown as Kube;
  let index = 258;
  const pods = sayPods({ kube, nextIndex: () => index++ } as Partial<PodContext> as PodContext);
  pods.see(POD, false);
  pods.see(POD, false);
  pods.see({ ...POD, metadata: { ...POD.metadata, uid: '2' } }, false);
  pods.see({ ...POD, metadata: { ...POD.metadata, deletionTimestamp: new Date(0) } }, false);
  await new Promise(setImmediate);
  expect(
    reports.map(({ metadata, status }) => [metadata?.uid, status.podIP, status.containerStatuses[0].ready]),
  ).toEqual([
    ['1', '10.91.1.2', true],
    ['2', '10.91.1.3', true],
  ]);
  expect(deleted).toEqual(['DELETE /api/v1/namespaces/mp-ml/pods/epp-1']);
});
