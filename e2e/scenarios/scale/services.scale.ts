import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyObject } from '../../kube.ts';
import { MOCKS } from '../../mocks/catalogue.ts';
import { chat } from '../client.ts';
import { endpoint, service, URLS } from '../objects.ts';
import { apply } from '../testing.ts';
import { admin } from '../world.ts';
import { showActivity } from './figures.ts';
import { type Measured, measure } from './measure.ts';
import { type Counts, tally } from './metrics.ts';
import {
  census,
  expectClosedCircuits,
  expectQuiet,
  forEach,
  range,
  say,
  size,
  untilAllReady,
  untilNoMoreThan,
} from './testing.ts';

const NAMESPACES = size('NAMESPACES', 50);
const SERVICES = size('SERVICES', 4);
const ENDPOINTS = size('ENDPOINTS', 5);

const LABELS = { 'e2e.modelplane.ai/scale': 'services' };
const SELECTOR = 'e2e.modelplane.ai/scale=services';

const namespaces = range(NAMESPACES).map((index) => `scale-services-${index + 1}`);
const services = namespaces.flatMap((namespace) =>
  range(SERVICES).map((index) => ({ namespace, name: `model-${index + 1}` })),
);

/** Engines of one's own, and a provider that takes a tenth. */
const serviceWithEndpoints = (name: string): AnyObject[] =>
  [
    ...range(ENDPOINTS - 1).map((index) =>
      endpoint(`${name}-own-${index + 1}`, { url: index % 2 ? URLS.second : URLS.first }, { own: name }),
    ),
    endpoint(`${name}-provider`, { url: `https://${MOCKS.groq.name}/openai/v1` }, { provider: name }),
    service(name, [
      { name: 'own', weight: 90, selector: { matchLabels: { own: name } } },
      { name: 'provider', weight: 10, selector: { matchLabels: { provider: name } } },
    ]),
  ].map(labelled);

const labelled = (object: AnyObject): AnyObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata?.labels, ...LABELS } },
});

const deleteNamespaces = (): Promise<void> =>
  forEach(namespaces, (name) => admin.remove({ apiVersion: 'v1', kind: 'Namespace', name }));

describe(`${NAMESPACES} namespaces with ${SERVICES} services of ${ENDPOINTS} endpoints each`, () => {
  let before: Counts;
  let making: Measured;

  beforeAll(async () => {
    before = await census(admin);
    making = await measure(async () => {
      await apply(namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
      await forEach(services, ({ namespace, name }) => apply(serviceWithEndpoints(name), namespace));
      say('everything is applied');
      await untilAllReady('ModelService', SELECTOR, services.length);
      await untilAllReady('ModelEndpoint', SELECTOR, services.length * ENDPOINTS);
    });
    say(`all are ready after ${Math.round(making.seconds)} s`);
    showActivity('until all were ready', making);
  });

  afterAll(deleteNamespaces);

  test("Crossplane's circuit breaker never opens", () => expectClosedCircuits(making));

  test('a request to each service is answered', async () => {
    const statuses: string[] = [];
    await forEach(services, async ({ namespace, name }) => {
      statuses.push(String((await chat(`/${namespace}/${name}`)).status));
    });
    expect(tally(statuses)).toEqual({ 200: services.length });
  });

  test('when nothing changes no function is called before its last answer has run out', () => expectQuiet(making));

  test('deleting the namespaces leaves nothing', async () => {
    const began = Date.now();
    await deleteNamespaces();
    await untilNoMoreThan(before, admin);
    say(`all is gone after ${Math.round((Date.now() - began) / 1000)} s`);
  });
});
