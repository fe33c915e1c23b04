import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { Answer } from '#shared/testing.ts';
import { schemaProblem } from '#shared/testing.ts';
import { parseFlags } from '../../verifier/config.ts';
import { HOOK, HOOK_KEYS } from './hook.ts';
import { composed, MIDDLEWARES, running, says, specOf } from './testing.ts';
import { VERIFIER_KEYS } from './verifier.ts';

const KEYS = { authentication: { keys: {} } };
const OBJECTS: readonly string[] = VERIFIER_KEYS;

interface World {
  /** Whether what was observed of Traefik has the hook: its Release, and its pods. */
  readonly release?: boolean;
  readonly pods?: 'hooked' | 'rolling' | 'leaving' | 'open';
  readonly verifier?: number | 'deleted' | undefined;
  readonly status?: object;
  readonly spec?: object;
}

const object = (kind: string, name: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'modelplane-system', generation: 1 },
  ...more,
});

const traefik = (pods: World['pods']): KubernetesObject =>
  object('Deployment', 'traefik', {
    spec: {
      replicas: 2,
      template: {
        spec: { containers: [{ args: pods === 'open' ? [] : [`--entryPoints.web.http.middlewares=${HOOK}`] }] },
      },
    },
    status: {
      observedGeneration: 1,
      replicas: pods === 'rolling' ? 3 : 2,
      updatedReplicas: pods === 'rolling' ? 1 : 2,
      availableReplicas: 2,
      ...(pods === 'leaving' && { terminatingReplicas: 1 }),
    },
  });

/** All that a front door with authentication is made of, as it was made. */
const made = composed(KEYS, { required: { middlewares: MIDDLEWARES } }).desired as Record<string, KubernetesObject>;
const madeWithout = composed({}, { required: { middlewares: MIDDLEWARES } }).desired as Record<
  string,
  KubernetesObject
>;

/** A front door that runs, as it is seen in the middle of a change. */
function seen({ release = false, pods = 'open', verifier, status = {}, spec = KEYS }: World): Answer {
  const kept = OBJECTS.filter((key) => key !== 'verifier' || verifier !== 'deleted');
  const own = Object.fromEntries(kept.map((key) => [key, made[key] as KubernetesObject]));
  const { providerconfig, release: hooked } = made as { providerconfig: KubernetesObject; release: KubernetesObject };
  return composed(spec, {
    observed: {
      ...running,
      providerconfig,
      release: {
        ...says('Ready', 'True'),
        ...(release ? hooked : madeWithout.release),
        status: says('Ready', 'True').status,
      },
      ...(verifier !== undefined && own),
      ...(typeof verifier === 'number' && { verifier: withReplicas(own.verifier, verifier) }),
    },
    required: { middlewares: MIDDLEWARES, deployment: [traefik(pods)] },
    status,
  });
}

const withReplicas = (deployment: KubernetesObject | undefined, availableReplicas: number): KubernetesObject => ({
  ...(deployment as KubernetesObject),
  status: { availableReplicas },
});

const argumentsOf = ({ desired }: Answer): readonly string[] =>
  specOf<{ forProvider: { values: { additionalArguments: string[] } } }>(desired.release as KubernetesObject)
    .forProvider.values.additionalArguments;

interface EntryPoint {
  readonly transport: { readonly lifeCycle: { readonly requestAcceptGraceTimeout: string } };
}

const portsOf = ({ desired }: Answer): Readonly<Record<string, EntryPoint>> =>
  specOf<{ forProvider: { values: { ports: Record<string, EntryPoint> } } }>(desired.release as KubernetesObject)
    .forProvider.values.ports;

/** For how long an entry point goes on accepting in a pod that is about to stop. */
const secondsOf = (answer: Answer, entryPoint: string): number => {
  const flag = `--entryPoints.${entryPoint}.transport.lifeCycle.requestAcceptGraceTimeout=`;
  return Number.parseInt(
    argumentsOf(answer)
      .find((one) => one.startsWith(flag))
      ?.slice(flag.length) ?? '',
    10,
  );
};

const isHooked = (answer: Answer): boolean => argumentsOf(answer).some((argument) => argument.includes(HOOK));

const said = ({ conditions }: Answer): string => conditions.find((one) => one.startsWith('AuthenticationReady')) ?? '';

const facts = (answer: Answer) => ({
  hooked: isHooked(answer),
  verifier: Object.keys(answer.desired).filter((key) => OBJECTS.includes(key)).length,
  status: (answer.status as { authentication?: string }).authentication,
  ready: answer.xrReady,
  said: said(answer).split(':')[0],
});

describe('switching it on and off, step by step', () => {
  const enforced = { status: { authentication: 'Enforced' } };
  test.each([
    {
      name: 'it is off by default, and says so',
      world: { spec: {} },
      want: {
        hooked: false,
        verifier: 0,
        status: undefined,
        ready: true,
        said: 'AuthenticationReady=True AnybodyIsLetIn',
      },
    },
    {
      name: 'first the verifier and its Middleware are made, its route after its Service, and everything serves as before',
      world: {},
      want: {
        hooked: false,
        verifier: 7,
        status: 'Off',
        ready: false,
        said: 'AuthenticationReady=False WaitingForVerifier',
      },
    },
    {
      name: 'nobody asks a verifier that has no pod yet',
      world: { verifier: 0 },
      want: {
        hooked: false,
        verifier: 8,
        status: 'Off',
        ready: false,
        said: 'AuthenticationReady=False WaitingForVerifier',
      },
    },
    {
      name: 'with a pod available Traefik is told to ask',
      world: { verifier: 1 },
      want: { hooked: true, verifier: 8, status: 'Off', ready: false, said: 'AuthenticationReady=False RollingOut' },
    },
    {
      name: 'while Traefik rolls out some pods let anybody in',
      world: { verifier: 2, release: true, pods: 'rolling' as const },
      want: { hooked: true, verifier: 8, status: 'Off', ready: false, said: 'AuthenticationReady=False RollingOut' },
    },
    {
      name: 'while one that does not ask is leaving it lets anybody in on connections that it has',
      world: { verifier: 2, release: true, pods: 'leaving' as const },
      want: { hooked: true, verifier: 8, status: 'Off', ready: false, said: 'AuthenticationReady=False RollingOut' },
    },
    {
      name: 'it is enforced once every pod asks',
      world: { verifier: 2, release: true, pods: 'hooked' as const },
      want: { hooked: true, verifier: 8, status: 'Enforced', ready: true, said: 'AuthenticationReady=True Enforced' },
    },
    {
      name: 'a later rollout of Traefik opens nothing',
      world: { verifier: 2, release: true, pods: 'rolling' as const, ...enforced },
      want: { hooked: true, verifier: 8, status: 'Enforced', ready: true, said: 'AuthenticationReady=True Enforced' },
    },
    {
      name: 'a verifier without a pod shuts the door and opens nothing',
      world: { verifier: 0, release: true, pods: 'hooked' as const, ...enforced },
      want: {
        hooked: true,
        verifier: 8,
        status: 'Enforced',
        ready: false,
        said: 'AuthenticationReady=False WaitingForVerifier',
      },
    },
    {
      name: 'a verifier that somebody has deleted neither',
      world: { verifier: 'deleted' as const, release: true, pods: 'hooked' as const, ...enforced },
      want: {
        hooked: true,
        verifier: 8,
        status: 'Enforced',
        ready: false,
        said: 'AuthenticationReady=False WaitingForVerifier',
      },
    },
    {
      name: 'switched off, Traefik is told first, and the verifier stays for those who ask still',
      world: { spec: {}, verifier: 2, release: true, pods: 'hooked' as const, ...enforced },
      want: {
        hooked: false,
        verifier: 8,
        status: 'Off',
        ready: true,
        said: 'AuthenticationReady=True AnybodyIsLetIn',
      },
    },
    {
      name: 'and stays while Traefik rolls out',
      world: { spec: {}, verifier: 2, pods: 'rolling' as const, status: { authentication: 'Off' } },
      want: {
        hooked: false,
        verifier: 8,
        status: 'Off',
        ready: true,
        said: 'AuthenticationReady=True AnybodyIsLetIn',
      },
    },
    {
      name: 'and goes when no pod asks any more, its Service when no route names it',
      world: { spec: {}, verifier: 2, pods: 'open' as const, status: { authentication: 'Off' } },
      want: {
        hooked: false,
        verifier: 1,
        status: 'Off',
        ready: true,
        said: 'AuthenticationReady=True AnybodyIsLetIn',
      },
    },
  ])('$name', ({ world, want }) => {
    expect(facts(seen(world))).toEqual(want);
  });

  test('a new front door asks from its first moment, so that it is never open', () => {
    expect(facts(composed(KEYS))).toMatchObject({ hooked: true, verifier: 4, status: 'Off' });
  });

  test("the Middleware waits for its kind, which Traefik's chart brings", () => {
    expect(Object.keys(composed(KEYS).desired)).not.toContain('authorize');
    expect(Object.keys(composed(KEYS, { required: { middlewares: MIDDLEWARES } }).desired)).toContain('authorize');
  });
});

describe('what is composed', () => {
  const whole = () => seen({ verifier: 2, release: true, pods: 'hooked' });

  test('fits the schemas of its kinds', async () => {
    const { desired } = whole();
    // Those of Traefik's are nobody's model; its CRDs judge them in the suite with the real API server.
    for (const key of ['verifierservice', 'verifierpolicy', 'catalogue', 'verifier'])
      expect(await schemaProblem(desired[key] as KubernetesObject)).toBeUndefined();
  });

  test('every entry point asks, by the name that safe naming gives the Middleware, and takes no header that a verifier could not', () => {
    const answer = whole();
    const { metadata } = answer.desired.authorize as KubernetesObject;
    const name = `${metadata?.namespace}_${metadata?.name}@kubernetescrd`;
    expect(argumentsOf(answer)).toContain('--providers.kubernetesCRD.safeNaming=true');
    for (const entryPoint of ['web', 'websecure'])
      expect(argumentsOf(answer)).toEqual(
        expect.arrayContaining([
          `--entryPoints.${entryPoint}.http.middlewares=${name}`,
          `--entryPoints.${entryPoint}.http.maxHeaderBytes=65536`,
        ]),
      );
  });

  test('the Middleware is one that Traefik reads, asks with what is needed, and takes from the verifier what goes on', () => {
    expect(specOf(whole().desired.authorize as KubernetesObject)).toEqual({
      forwardAuth: {
        address: 'http://127.0.0.1:9444/authorize',
        trustForwardHeader: false,
        maxResponseBodySize: 4096,
        authRequestHeaders: ['Authorization', 'X-Api-Key'],
        authResponseHeaders: [
          'x-modelplane-caller',
          'x-modelplane-tenant',
          'Authorization',
          'X-Api-Key',
          'x-llm-d-inference-fairness-id',
          'x-gateway-inference-fairness-id',
        ],
        headerField: 'x-modelplane-caller',
      },
    });
  });

  test('where it asks is reached from the same pod alone, and from there a route leads to verifiers by TLS', () => {
    const answer = whole();
    const object = (key: string) => answer.desired[key] as KubernetesObject;
    const { forwardAuth } = specOf<{ forwardAuth: { address: string } }>(object('authorize'));
    const route = specOf<{ entryPoints: string[]; routes: { services: object[]; middlewares: { name: string }[] }[] }>(
      object('authorizeroute'),
    );
    const asked = new URL(forwardAuth.address);
    expect(argumentsOf(answer)).toContain(`--entryPoints.${route.entryPoints[0]}.address=${asked.host}`);
    expect(asked.hostname).toBe('127.0.0.1');
    expect(secondsOf(answer, 'authorize')).toBeGreaterThan(
      Number.parseInt(portsOf(answer).web?.transport.lifeCycle.requestAcceptGraceTimeout ?? '', 10),
    );
    expect(route.routes).toHaveLength(1);
    expect(route.routes[0]?.middlewares).toEqual([{ name: object('authorizeretry').metadata?.name }]);
    expect(route.routes[0]?.services).toEqual([
      {
        kind: 'Service',
        name: object('verifierservice').metadata?.name,
        port: 9443,
        scheme: 'https',
        serversTransport: object('authorizetransport').metadata?.name,
        strategy: 'p2c',
      },
    ]);
    expect(specOf(object('authorizetransport'))).toMatchObject({
      serverName: 'verifier.modelplane-system.svc',
      rootCAs: [{ secret: 'verifier-tls' }],
    });
  });

  test('all of it is what Traefik reads, and Traefik is told to ask when all of it is there', () => {
    for (const key of HOOK_KEYS) {
      expect((whole().desired[key] as KubernetesObject).metadata?.labels).toHaveProperty(['modelplane.ai/service'], '');
      const { [key]: _gone, ...rest } = made;
      const answer = composed(KEYS, {
        observed: {
          ...rest,
          ...running,
          verifier: withReplicas(made.verifier, 2),
          release: { ...madeWithout.release, status: says('Ready', 'True').status } as KubernetesObject,
        },
        required: { middlewares: MIDDLEWARES, deployment: [traefik('open')] },
      });
      expect({ key, hooked: isHooked(answer) }).toEqual({ key, hooked: false });
    }
  });

  test('a verifier understands what it is told', () => {
    const jwt = [
      {
        name: 'corp',
        issuer: 'https://id.example.com',
        audiences: ['models'],
        algorithms: ['ES256'],
        callerClaim: 'sub',
        jwksURL: 'https://id.example.com/jwks',
      },
    ];
    const redis = { address: 'redis.db.svc:6379', tls: true, secretRef: { name: 'redis' } };
    const { desired } = seen({ spec: { authentication: { jwt }, redis }, verifier: 1 });
    const [container] = specOf<{ template: { spec: { containers: { args: string[]; env: object[] }[] } } }>(
      desired.verifier as KubernetesObject,
    ).template.spec.containers;
    expect(parseFlags(container?.args ?? [])).toMatchObject({
      kind: 'flags',
      flags: {
        config: {
          platformNamespace: 'modelplane-system',
          certificateSecret: 'verifier-tls',
          serverNames: ['verifier.modelplane-system.svc'],
          keys: false,
          jwt,
          redis: 'rediss://redis.db.svc:6379',
        },
      },
    });
    expect(container?.env.map((one) => (one as { name: string }).name)).toEqual([
      'REDIS_USERNAME',
      'REDIS_PASSWORD',
      'REDIS_CA',
    ]);
  });

  test('it says that limits are counted apart where there is no Redis', () => {
    expect(said(whole())).toContain('up to twice a limit; set spec.redis');
    const spec = { ...KEYS, redis: { address: 'redis:6379' } };
    expect(said(seen({ spec, verifier: 2, release: true, pods: 'hooked' }))).not.toContain('twice');
  });

  test('without it what is composed is what it was', () => {
    const before = composed({}, { observed: running, required: { middlewares: MIDDLEWARES } });
    expect(Object.keys(before.desired)).toEqual(['providerconfig', 'release', 'gatewayclass', 'gateway']);
    expect(JSON.stringify(before.desired)).not.toMatch(/maxHeaderBytes|kubernetescrd|verifier/);
  });
});
