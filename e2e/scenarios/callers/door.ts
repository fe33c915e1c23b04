import { createHash } from 'node:crypto';
import { VERIFIER_REPOSITORY, VERSION } from '../../../packages/repositories.ts';
import { conditionsOf, GATEWAY } from '../../front-door.ts';
import type { AnyObject } from '../../kube.ts';
import { REGISTRY } from '../../registry.ts';
import { chat, waitUntilServed } from '../client.ts';
import { applyReady, endpoint, service, to, URLS } from '../objects.ts';
import { eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { CORP } from './issuer.ts';

export const MINUTES = 60_000;

const IMAGE = `${REGISTRY}/${VERIFIER_REPOSITORY.split('/').slice(1).join('/')}:${VERSION}`;

/** A front door that takes keys, and tokens of an issuer of ours. */
export const KEYS_AND_TOKENS = { authentication: { keys: {}, jwt: [CORP], image: IMAGE } };

const conditionOf = (object: AnyObject): string => {
  const { status, reason } = conditionsOf(object).find(({ type }) => type === 'AuthenticationReady') ?? {};
  return `${status} ${reason}`;
};

async function applyDoor(spec: object, says: string): Promise<void> {
  await admin.apply({ apiVersion: GATEWAY.apiVersion, kind: GATEWAY.kind, metadata: { name: GATEWAY.name }, spec });
  await waitFor(GATEWAY, (object) => conditionOf(object) === says, `should say ${says}`, 4 * MINUTES);
}

export const shutDoor = (spec: object = KEYS_AND_TOKENS) => applyDoor(spec, 'True Enforced');

/** As every other scenario has it, and nothing of a verifier is left. */
export async function openDoor(): Promise<void> {
  await applyDoor({}, 'True AnybodyIsLetIn');
  await waitUntilReady(GATEWAY, 4 * MINUTES);
  const verifier = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'modelplane-system', name: 'verifier' };
  await eventually(
    async () => (await admin.find(verifier)) === undefined,
    () => 'the verifier should go when nobody asks it any more',
    4 * MINUTES,
  );
}

export const keyOf = (caller: string): string => `mpk_${caller}_${'0123456789'.repeat(4)}`;

export const hashOf = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

/** An entry for the key that `keyOf` makes. */
export const entry = (caller: string, services: readonly string[] = ['*'], more: object = {}): string =>
  JSON.stringify({ keyHash: hashOf(keyOf(caller)), services, ...more });

export const accessList = (namespace: string, data: Readonly<Record<string, string>>, name = 'callers') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels: { 'modelplane.ai/access': '' } },
  data,
});

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** The status of a request with a key or a token, or without one. */
export const statusFor = async (path: string, key?: string): Promise<number> =>
  (await chat(path, key === undefined ? {} : { headers: bearer(key) })).status;

/** OpenAI's `code` in the body of an answer. */
export function codeOf(body: string): string | undefined {
  try {
    return JSON.parse(body).error?.code;
  } catch {
    return undefined;
  }
}

/** Waits until a key counts: an access list is seen by each of two verifiers a moment after it was written. */
export const untilLetIn = (path: string, key: string) => waitUntilServed(path, { headers: bearer(key) });

export const untilServed = (path: string, key: string) =>
  eventually(
    async () => (await statusFor(path, key)) === 200,
    () => 'who may should be served again',
    2 * MINUTES,
  );

/** Two services of a namespace, and keys for some of it: alice's for qwen, bob's for both. */
export async function withCallers(namespace: string): Promise<{ readonly qwen: string; readonly secret: string }> {
  await admin.apply(
    accessList(namespace, { alice: entry(`${namespace}-alice`, ['qwen']), bob: entry(`${namespace}-bob`) }),
  );
  await applyReady(
    namespace,
    endpoint('a', { url: URLS.first }),
    service('qwen', [to('a')]),
    service('secret', [to('a')]),
  );
  const qwen = `/${namespace}/qwen`;
  await untilLetIn(qwen, keyOf(`${namespace}-alice`));
  return { qwen, secret: `/${namespace}/secret` };
}

/** What is said of an access list where it stands. */
export const eventsOf = async (namespace: string, list: string): Promise<string[]> =>
  (await admin.list('v1', 'Event', { namespace }))
    .filter(({ involvedObject }) => involvedObject?.name === list)
    .map(({ message }) => message as string);
