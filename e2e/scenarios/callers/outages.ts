import { describe, expect } from 'vitest';
import { load } from '../client.ts';
import { eventually, test, waitFor } from '../testing.ts';
import { admin, processes } from '../world.ts';
import { accessList, bearer, entry, keyOf, MINUTES, untilServed, withCallers } from './door.ts';

/** What Traefik asks by. */
const HOOK = [
  { kind: 'Middleware', name: 'authorize' },
  { kind: 'IngressRoute', name: 'authorize' },
] as const;

/** What fails, and who is served and who is not meanwhile. */
export const outages = () =>
  describe('it stays closed, and who may is served, when', () => {
    const verifiers = () =>
      admin.list('v1', 'Pod', { namespace: 'modelplane-system', labels: 'app.kubernetes.io/name=verifier' });

    test('verifiers are replaced, one after the other', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const [mayCome, mayNot] = [
        await load(qwen, { rate: 50, headers: bearer(keyOf(`${namespace}-alice`)) }),
        await load(qwen, { rate: 20 }),
      ];
      await admin.merge(
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'modelplane-system', name: 'verifier' },
        { spec: { template: { metadata: { annotations: { restarted: String(Date.now()) } } } } },
      );
      await eventually(
        async () => {
          const pods = await verifiers();
          return (
            pods.length === 2 &&
            pods.every(
              ({ metadata, status }) =>
                metadata?.annotations?.restarted !== undefined &&
                status?.conditions?.some(
                  ({ type, status: so }: { type: string; status: string }) => type === 'Ready' && so === 'True',
                ),
            )
          );
        },
        () => 'both verifiers should be new',
        2 * MINUTES,
      );
      const [served, refused] = [await mayCome.stop(), await mayNot.stop()];
      expect(served.failures).toEqual([]);
      expect(refused.failures).toHaveLength(refused.sent);
    });

    test('pods of Traefik are replaced', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const headers = bearer(keyOf(`${namespace}-alice`));
      const [mayCome, keepsOn, mayNot] = [
        await load(qwen, { rate: 50, headers, keepAlive: false }),
        await load(qwen, { rate: 50, headers }),
        await load(qwen, { rate: 20 }),
      ];
      const traefik = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'modelplane-system', name: 'traefik' };
      await admin.merge(traefik, {
        spec: { template: { metadata: { annotations: { restarted: String(Date.now()) } } } },
      });
      await waitFor(
        traefik,
        ({ metadata, spec, status }) =>
          status?.observedGeneration === metadata?.generation &&
          status?.updatedReplicas === spec.replicas &&
          status?.replicas === spec.replicas &&
          status?.availableReplicas === spec.replicas &&
          status?.terminatingReplicas === 0,
        'every pod should be new',
        4 * MINUTES,
      );
      const [served, kept, refused] = [await mayCome.stop(), await keepsOn.stop(), await mayNot.stop()];
      expect(served.failures).toEqual([]);
      // What is sent at the moment in which a pod closes its connections is lost, with authentication or without.
      expect(kept.failures.filter(({ why }) => why !== 'socket hang up')).toEqual([]);
      expect(refused.failures).toHaveLength(refused.sent);
    });

    test('both verifiers are killed: nobody is let in meanwhile, and it heals by itself', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const stranger = await load(qwen, { rate: 50 });
      for (const { metadata } of await verifiers())
        await admin.call({
          method: 'DELETE',
          path: `/api/v1/namespaces/modelplane-system/pods/${metadata?.name}?gracePeriodSeconds=0`,
        });
      await untilServed(qwen, keyOf(`${namespace}-alice`));
      const { sent, failures } = await stranger.stop();
      expect(failures).toHaveLength(sent);
    });

    test('the API server is away', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const [mayCome, mayNot] = [
        await load(qwen, { rate: 50, headers: bearer(keyOf(`${namespace}-alice`)) }),
        await load(qwen, { rate: 20 }),
      ];
      try {
        await processes.stop('control-plane-apiserver');
        await new Promise((resolve) => setTimeout(resolve, 10_000));
      } finally {
        await processes.start('control-plane-apiserver');
      }
      const [served, refused] = [await mayCome.stop(), await mayNot.stop()];
      expect(served.failures).toEqual([]);
      expect(refused.failures).toHaveLength(refused.sent);
      // What changes afterwards is heard again.
      await admin.apply(accessList(namespace, { later: entry(`${namespace}-later`) }, 'later'));
      await untilServed(qwen, keyOf(`${namespace}-later`));
    });

    test.for(HOOK)('its $kind $name is deleted by hand', async (named, { namespace }) => {
      const { qwen } = await withCallers(namespace);
      const ref = { apiVersion: 'traefik.io/v1alpha1', namespace: 'modelplane-system', ...named };
      const { metadata: before } = await admin.get(ref);
      const stranger = await load(qwen, { rate: 50 });
      await admin.remove(ref);
      await waitFor(
        ref,
        ({ metadata }) => metadata?.uid !== before?.uid,
        'Crossplane should make it again',
        2 * MINUTES,
      );
      await untilServed(qwen, keyOf(`${namespace}-alice`));
      const { sent, failures } = await stranger.stop();
      expect(failures).toHaveLength(sent);
    });

    test('somebody turns the Middleware into another kind: he may not', async () => {
      const ref = { apiVersion: 'traefik.io/v1alpha1', namespace: 'modelplane-system', ...HOOK[0] };
      await expect(admin.merge(ref, { spec: { forwardAuth: null, headers: {} } })).rejects.toThrow(
        'is how the front door knows who calls',
      );
    });
  });
