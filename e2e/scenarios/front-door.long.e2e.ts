import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { describe, expect, onTestFinished } from 'vitest';
import { conditionsOf, GATEWAY } from '../front-door.ts';
import { type Authority, authority, type KeyPair } from '../pki.ts';
import { chat, type Load, type LoadOptions, load, waitUntilServed } from './client.ts';
import { kubectl } from './kubectl.ts';
import { applyReady, endpoint, service, to, URLS } from './objects.ts';
import { eventually, test, waitFor, waitUntilReady } from './testing.ts';
import { admin } from './world.ts';

/** What Traefik may still have to read after a status says so: it takes up changes once a second. */
const SETTLED_MS = 2_500;

const NAME = 'models.example.com';

/** The Gateway that the front door is. */
const DOOR = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  namespace: 'modelplane-system',
  name: 'modelplane',
} as const;

/** The InferenceGateway with nothing but this in its spec. */
const applyDoor = (spec: object) =>
  admin.apply({ apiVersion: GATEWAY.apiVersion, kind: GATEWAY.kind, metadata: { name: GATEWAY.name }, spec });

async function openDoor(spec: object): Promise<void> {
  await applyDoor(spec);
  await waitUntilReady(GATEWAY);
}

interface Door {
  readonly path: string;
  readonly plain: LoadOptions;
  /** By HTTPS, with these authorities trusted. */
  secure(...authorities: KeyPair[]): LoadOptions & { to: string; ca: string };
}

/** What is served, and how, before the front door changes. Afterwards it is as every other scenario expects it. */
async function doorFor(namespace: string, spec: object): Promise<Door> {
  onTestFinished(() => openDoor({}));
  await openDoor(spec);
  await applyReady(namespace, endpoint('a', { url: URLS.first }), service('model', [to('a')]));
  const path = `/${namespace}/model`;
  const { address } = (await admin.get(GATEWAY)).status;
  const byName = { headers: { host: NAME }, servername: NAME };
  const door = {
    path,
    plain: { to: `http://${address}`, ...byName },
    secure: (...authorities: KeyPair[]) => ({
      to: `https://${address}`,
      ca: authorities.map(({ cert }) => cert).join('\n'),
      ...byName,
    }),
  };
  await waitUntilServed(path, door.plain);
  return door;
}

/** Clients of one path: most keep their connections, and some make a new one for every request. */
async function clientsOf(path: string, options: LoadOptions): Promise<Load> {
  const clients = [await load(path, options), await load(path, { ...options, rate: 20, keepAlive: false })];
  return {
    stop: async () => {
      const [kept, fresh] = (await Promise.all(clients.map((client) => client.stop()))) as [Result, Result];
      return {
        sent: kept.sent + fresh.sent,
        failures: [...kept.failures, ...fresh.failures],
        answeredBy: kept.answeredBy,
        servedLastAt: Math.max(kept.servedLastAt, fresh.servedLastAt),
      };
    },
  };
}

type Result = Awaited<ReturnType<Load['stop']>>;

/** Changes the front door while clients call it, none of whom may see it. */
async function unnoticed(path: string, options: LoadOptions, change: () => Promise<unknown>): Promise<void> {
  const clients = await clientsOf(path, options);
  await change();
  await delay(SETTLED_MS);
  const { sent, failures } = await clients.stop();
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(500);
}

/** The same, and the pods of Traefik are what they were. */
async function unnoticedInPlace(...args: Parameters<typeof unnoticed>): Promise<void> {
  const pods = await traefikPods();
  await unnoticed(...args);
  expect(await traefikPods()).toEqual(pods);
}

const traefikPods = async () =>
  (await admin.list('v1', 'Pod', { namespace: DOOR.namespace, labels: 'app.kubernetes.io/name=traefik' }))
    .map(({ metadata }) => metadata?.uid)
    .sort();

const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace: DOOR.namespace, name });

/** Writes a new certificate into a Secret. */
async function certify(name: string, { issue }: Authority): Promise<void> {
  const { cert, key } = await issue({ commonName: NAME, names: [NAME] });
  await admin.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: DOOR.namespace, name },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  });
}

type Names = readonly [first: string, second: string];

/** Secrets of this scenario's own names, gone at its end. */
function secretsFor(namespace: string): Names {
  const names: Names = [`${namespace}-first`, `${namespace}-second`];
  onTestFinished(async () => {
    for (const name of names) await admin.remove(secret(name));
  });
  return names;
}

const withCertificate = (name: string) => ({ hostname: NAME, tls: { certificateRef: { name } }, http: 'Enabled' });

/** Who issued the certificate that a new connection is shown. */
const shownIssuer = ({ to: door = '', servername = '' }: LoadOptions) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({ host: new URL(door).hostname, port: 443, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.issuer ?? '');
      socket.end();
    });
    socket.once('error', reject);
  });

/** Both pods of Traefik, which take turns, show it, each more than once. */
const ASKED_TIMES = 6;

const untilShown = (options: LoadOptions, issuer: string) =>
  eventually(
    async () => {
      for (let i = 0; i < ASKED_TIMES; i++) if ((await shownIssuer(options)) !== `CN=${issuer}`) return false;
      return true;
    },
    () => `the certificate by ${issuer} should be shown`,
  );

const attachableTo = (labels: object) => ({ routes: { namespaceSelector: { matchLabels: labels } } });

/** Waits until the Gateway takes routes of namespaces with these labels, or of all, as it was told last. */
const untilAttachable = (labels: object | undefined) =>
  waitFor(
    DOOR,
    ({ metadata, spec, status }) =>
      JSON.stringify(spec.listeners[0].allowedRoutes.namespaces.selector?.matchLabels) === JSON.stringify(labels) &&
      status.listeners[0].conditions.every(
        ({ observedGeneration }: { observedGeneration: number }) => observedGeneration === metadata?.generation,
      ),
    `takes routes of namespaces with ${JSON.stringify(labels)}`,
  );

describe('at 200 requests a second not one fails, and Traefik stays as it is, while the front door', () => {
  test('gets a listener for HTTPS beside the one for HTTP, and loses it again', async ({ namespace }) => {
    const [name] = secretsFor(namespace);
    const ca = await authority('First');
    await certify(name, ca);
    const door = await doorFor(namespace, { hostname: NAME });
    await unnoticedInPlace(door.path, door.plain, async () => {
      await openDoor(withCertificate(name));
      await waitFor(GATEWAY, ({ status }) => status.url === `https://${NAME}`, 'is published under https');
      await waitUntilServed(door.path, door.secure(ca));
      await unnoticedInPlace(door.path, door.secure(ca), () => delay(SETTLED_MS));
      await openDoor({ hostname: NAME });
      await eventually(
        async () => (await shownIssuer(door.secure(ca))) !== 'CN=First',
        () => 'HTTPS is still served',
      );
    });
  });

  test('is opened to some namespaces, to others by another label, and to all', async ({ namespace }) => {
    const first = { [`${namespace}/first`]: 'served' };
    const second = { [`${namespace}/second`]: 'served' };
    const label = (labels: object) =>
      admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
    const door = await doorFor(namespace, {});
    await unnoticedInPlace(door.path, door.plain, async () => {
      await label({ ...first, ...second });
      for (const labels of [first, second]) {
        await openDoor(attachableTo(labels));
        await untilAttachable(labels);
        await delay(SETTLED_MS);
      }
      await openDoor({});
      await untilAttachable(undefined);
    });
    // And it is by that label alone that a namespace is served.
    await openDoor(attachableTo(second));
    await label(first);
    await eventually(
      async () => (await chat(door.path, door.plain)).status === 404,
      () => 'a namespace without the label is still served',
    );
  });

  test('is told to select namespaces in a way that makes no sense', async ({ namespace }) => {
    const door = await doorFor(namespace, {});
    await unnoticedInPlace(door.path, door.plain, async () => {
      const withoutValues = [{ key: 'team', operator: 'In' }];
      await expect(applyDoor({ routes: { namespaceSelector: { matchExpressions: withoutValues } } })).rejects.toThrow(
        'values belong to operators In and NotIn',
      );
      await applyDoor(attachableTo({ 'no label': 'x' }));
      await waitFor(
        GATEWAY,
        (object) => conditionsOf(object).some(({ message }) => message?.includes('"no label" is no key of a label')),
        'says what is wrong',
      );
    });
  });

  test.for([
    {
      name: 'gets a new certificate in its Secret',
      renews: async ([first]: Names, ca: Authority) => certify(first, ca),
    },
    {
      name: 'is pointed at the certificate in another Secret',
      renews: async ([, second]: Names, ca: Authority) => {
        await certify(second, ca);
        await openDoor(withCertificate(second));
      },
    },
  ])('$name', async ({ renews }, { namespace }) => {
    const names = secretsFor(namespace);
    const [before, after] = [await authority('Before'), await authority('After')];
    await certify(names[0], before);
    const door = await doorFor(namespace, withCertificate(names[0]));
    await untilShown(door.secure(), 'Before');
    await unnoticedInPlace(door.path, door.secure(before, after), async () => {
      await renews(names, after);
      await untilShown(door.secure(), 'After');
    });
    expect((await chat(door.path, door.secure(after))).status).toBe(200);
  });
});

/** Waits until there are so many pods of Traefik and no others, those that are about to go among them. */
const untilPods = (count: number, without: readonly unknown[] = []) =>
  eventually(
    async () => {
      const pods = await traefikPods();
      return pods.length === count && !pods.some((pod) => without.includes(pod));
    },
    () => `Traefik should run in ${count} pods${without.length > 0 ? ' and all of them new' : ''}`,
  );

describe('at 200 requests a second not one fails while Traefik', () => {
  test.for([
    {
      name: 'gets a replica more, and one less',
      change: async () => {
        await openDoor({ traefik: { replicas: 3 } });
        await untilPods(3);
        await kubectl('rollout', 'status', 'deployment/traefik', '--namespace', DOOR.namespace);
        await openDoor({ traefik: { replicas: 2 } });
        await untilPods(2);
      },
    },
    {
      name: 'is restarted, one pod after the other, as for a new version',
      change: async () => {
        const before = await traefikPods();
        await kubectl('rollout', 'restart', 'deployment/traefik', '--namespace', DOOR.namespace);
        await kubectl('rollout', 'status', 'deployment/traefik', '--namespace', DOOR.namespace);
        await untilPods(2, before);
      },
    },
  ])('$name', async ({ change }, { namespace }) => {
    const door = await doorFor(namespace, {});
    await unnoticed(door.path, door.plain, change);
  });
});
