import { setTimeout as delay } from 'node:timers/promises';
import { type AnyObject, type Ref, refOf } from '../kube.ts';
import { MOCKS } from '../mocks/catalogue.ts';
import { apply, waitUntilReady } from './testing.ts';

const MODELPLANE = 'modelplane.ai/v1alpha1';

/** Base URLs of mocks that speak plain HTTP. */
export const URLS = {
  first: `http://${MOCKS.first.address}:${MOCKS.first.port}`,
  second: `http://${MOCKS.second.address}:${MOCKS.second.port}`,
  nested: `http://${MOCKS.nested.address}:${MOCKS.nested.port}/openai/v1`,
  gateway: `http://${MOCKS.gateway.address}`,
} as const;

/** A ModelEndpoint; its labels are its name's unless others are given. */
export const endpoint = (name: string, spec: object, labels: object = { endpoint: name }): AnyObject => ({
  apiVersion: MODELPLANE,
  kind: 'ModelEndpoint',
  metadata: { name, labels } as AnyObject['metadata'],
  spec,
});

/** The name of one of many endpoints. */
export const numbered = (index: number): string => `e${String(index).padStart(2, '0')}`;

/** Endpoints of one URL, numbered from one number up to another, which service entry `ALL` selects. */
export const endpointsOn = (url: string, from: number, until: number, more: object = {}): AnyObject[] =>
  Array.from({ length: until - from }, (_, index) =>
    endpoint(numbered(from + index), { url, ...more }, { serves: 'all' }),
  );

export const ALL = { selector: { matchLabels: { serves: 'all' } } } as const;

export const service = (name: string, endpoints: readonly object[], more: object = {}): AnyObject => ({
  apiVersion: MODELPLANE,
  kind: 'ModelService',
  metadata: { name },
  spec: { endpoints, ...more },
});

/** An entry of a service that selects one endpoint by name. */
export const to = (name: string, more: object = {}): object => ({
  selector: { matchLabels: { endpoint: name } },
  ...more,
});

export const serviceRef = (namespace: string, name: string): Ref =>
  refOf({ ...service(name, []), metadata: { namespace, name } });

export const endpointRef = (namespace: string, name: string): Ref =>
  refOf({ ...endpoint(name, {}), metadata: { namespace, name } });

/**
 * What the second replica of the front door may be behind the first on a machine that does all of this at once. Whether
 * Ready tells the truth at its own moment is the business of truth.e2e.ts.
 */
const SETTLE_MS = 1_000;

/** Applies objects of ours and waits until all of them are ready. */
export async function applyReady(namespace: string, ...objects: readonly object[]): Promise<void> {
  for (const ref of await apply(objects, namespace)) await waitUntilReady(ref);
  await delay(SETTLE_MS);
}
