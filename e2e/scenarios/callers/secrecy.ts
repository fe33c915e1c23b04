import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { logsDir } from '../../instance.ts';
import { chat, request } from '../client.ts';
import { eventually, test } from '../testing.ts';
import { admin } from '../world.ts';
import { accessList, bearer, entry, eventsOf, keyOf, statusFor, withCallers } from './door.ts';
import { tokenOf } from './issuer.ts';

/** The longest log that is looked through whole; what is older than a scenario has nothing of it. */
const TAIL_BYTES = 64 * 1024 * 1024;

async function logsWith(texts: readonly string[]): Promise<string[]> {
  const files = (await readdir(logsDir())).filter((file) => file.endsWith('.log'));
  const found = await Promise.all(
    files.map(async (file) => {
      const log = (await readFile(join(logsDir(), file))).subarray(-TAIL_BYTES).toString('latin1');
      return texts.some((text) => log.includes(text)) ? [file] : [];
    }),
  );
  return found.flat();
}

/** Everything that the API server has of some kinds, as text. */
async function objectsAsText(): Promise<string> {
  const kinds = [
    ['v1', 'Event'],
    ['v1', 'ConfigMap'],
    ['v1', 'Pod'],
    ['apps/v1', 'Deployment'],
    ['modelplane.ai/v1alpha1', 'ModelService'],
    ['modelplane.ai/v1alpha1', 'ModelEndpoint'],
    ['modelplane.ai/v1alpha1', 'InferenceGateway'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ] as const;
  return JSON.stringify(await Promise.all(kinds.map(([apiVersion, kind]) => admin.list(apiVersion, kind, {}))));
}

export const nothingOfAKey = () =>
  test('nothing of a key or a token is in a log, a status, an Event, a metric or an answer', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const [good, wrong, token] = [keyOf(`${namespace}-alice`), `mpk_wrong_${namespace}`, await tokenOf()];
    const clear = `mpk_clear_${namespace}_${'9'.repeat(20)}`;
    const texts = [good, wrong, token.split('.')[2] ?? token, clear];
    const answers = [
      await chat(qwen, { headers: bearer(good) }),
      await chat(qwen, { headers: { 'x-api-key': wrong } }),
      await chat(qwen, { headers: bearer(token) }),
      await request(`${qwen}/v1/models?api_key=${wrong}`),
      await chat(qwen, { headers: { ...bearer(good), 'x-api-key': wrong } }),
    ];
    await expect(
      admin.apply(accessList(namespace, { oops: `keyHash: ${clear}\nservices: ["*"]` }, 'clear')),
    ).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining(clear) }));
    // One that the policy does not know for a key, and that the verifier has to speak of.
    const odd = `${clear.slice(4)}`;
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`c${index}`, entry(`c${index}`)]));
    await admin.call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      body: accessList(namespace, { ...many, odd: `keyHash: ${odd}\nservices: ["*"]` }, 'odd'),
    });
    await eventually(
      async () => (await eventsOf(namespace, 'odd')).length > 0,
      () => 'an Event should speak of the entry',
    );
    expect(await statusFor(qwen, odd)).toBe(401);
    await admin.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'odd' });
    expect(answers.map(({ body }) => texts.some((text) => body.includes(text)))).toEqual(answers.map(() => false));
    const objects = await objectsAsText();
    expect([...texts, odd].filter((text) => objects.includes(text))).toEqual([]);
    expect(await metricsWith([...texts, odd])).toEqual([]);
    expect(await logsWith([...texts, odd])).toEqual([]);
  });

/** Pods of verifiers and of Traefik whose metrics quote one of these. */
async function metricsWith(texts: readonly string[]): Promise<string[]> {
  const pods = await admin.list('v1', 'Pod', { namespace: 'modelplane-system' });
  const ports = { verifier: 8080, traefik: 9100 } as const;
  const found = await Promise.all(
    pods.map(async ({ metadata, status }) => {
      const name = metadata?.labels?.['app.kubernetes.io/name'] as keyof typeof ports;
      if (ports[name] === undefined || !status?.podIP) return [];
      const metrics = await (await fetch(`http://${status.podIP}:${ports[name]}/metrics`)).text();
      expect(metrics).toContain('process_cpu_seconds_total');
      return texts.some((text) => metrics.includes(text)) ? [metadata?.name ?? ''] : [];
    }),
  );
  return found.flat();
}
