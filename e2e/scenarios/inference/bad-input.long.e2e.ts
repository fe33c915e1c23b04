import { describe, expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { type AnyObject, type Ref, refOf } from '../../kube.ts';
import { ApiError } from '../../rest.ts';
import { load } from '../client.ts';
import { applyReady, service, serviceRef, to } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { objectsIn } from './namespaces.ts';
import {
  type Kubeconfig,
  kubeconfigOf,
  lookNow,
  ownCluster,
  ownName,
  removeCluster,
  SECRET,
  secretOf,
} from './own-clusters.ts';
import { deployment, deploymentRef, test } from './testing.ts';

const US = { clusterSelector: { matchLabels: { region: 'us' } } };
const SERVES = { model: 'Qwen/Qwen3-8B', placements: [{ name: 'only', ...US }] };

/** The placement that serves, with more in it. */
const only = (more: object): object => ({ ...SERVES, placements: [{ name: 'only', ...US, ...more }] });

const pods = (spec: object): object => ({ ...SERVES, template: { spec } });

/** Edits that the API server does not take, with what it says. */
const REFUSED: readonly (readonly [name: string, spec: object, says: string])[] = [
  [
    'two placements of one name',
    { ...SERVES, placements: [...SERVES.placements, { name: 'only' }] },
    '.spec.placements: duplicate entries for key [name="only"]',
  ],
  [
    'a template without engine',
    { placements: SERVES.placements, template: { spec: { containers: [{ name: 'server', image: 'i' }] } } },
    'spec: Invalid value: template needs a container named engine, the one that serves the model, unless model is set',
  ],
  [
    'ports that differ',
    pods({ containers: [{ name: 'engine', ports: [{ containerPort: 8080 }] }] }),
    'spec: Invalid value: the ports of container engine in template do not hold engine.port; make them the same, or leave ' +
      "the container's ports out",
  ],
  [
    'a privileged engine',
    pods({ containers: [{ name: 'engine', securityContext: { privileged: true } }] }),
    'spec.template.spec.containers[0].securityContext.privileged: Invalid value: true: engines may not be privileged; remove ' +
      'privileged, GPUs come by resources.limits',
  ],
  [
    "the node's files",
    only({ template: { spec: { volumes: [{ name: 'disk', hostPath: { path: '/' } }] } } }),
    "spec.placements[0].template.spec.volumes[0].hostPath: Invalid value: engines may not see the node's files; use emptyDir " +
      'or persistentVolumeClaim instead of hostPath',
  ],
  [
    "the node's network",
    pods({ hostNetwork: true }),
    "spec.template.spec.hostNetwork: Invalid value: true: engines may not use the node's network; remove hostNetwork",
  ],
  [
    "another's service account",
    pods({ serviceAccountName: 'admin' }),
    'spec.template.spec.serviceAccountName: Invalid value: "admin": ' +
      "engines run without access to the cluster's API, and have no identity in its cloud; bring credentials by a Secret in " +
      'env, and remove serviceAccountName',
  ],
  [
    'a priority outside of 32 bits',
    { ...SERVES, priority: 2147483648 },
    'spec.priority: Invalid value: 2147483648: spec.priority in body should be less than or equal to 2147483647',
  ],
  [
    'a class whose name would be too long',
    { ...SERVES, trafficClasses: [{ name: 'q'.repeat(41) }] },
    'spec.trafficClasses[0].name: Too long: may not be more than 40 bytes',
  ],
];

/** Edits that only a function can judge, with the condition that says what is wrong. */
const TAKEN: readonly (readonly [name: string, spec: object, condition: string])[] = [
  [
    'no cluster matches',
    { ...SERVES, placements: [{ name: 'only', clusterName: 'mars' }] },
    'PlacementsScheduled False NoClusterMatches: only: It stays on us for now. There is no InferenceCluster mars; there are: ' +
      'envoy, eu, us.',
  ],
  [
    'a container without an image',
    pods({ containers: [{ name: 'log-shipper' }] }),
    'SpecAccepted False InvalidTemplate: Cannot deploy: placement only: container log-shipper has no image; name one in ' +
      'template. What was accepted before goes on.',
  ],
  [
    'a picker configuration with an unknown field',
    { ...SERVES, endpointPicker: { config: { plugins: [], profiles: [] } } },
    'SpecAccepted False InvalidPicker: Cannot deploy: spec.endpointPicker.config.profiles is not a known field; there ' +
      'are: featureGates, plugins, schedulingProfiles, flowControl, parser, saturationDetector, dataLayer. What was accepted ' +
      'before goes on.',
  ],
  [
    "a traffic class whose service's name somebody else has",
    { ...SERVES, trafficClasses: [{ name: 'batch' }] },
    'SpecAccepted False NameTaken: Cannot serve: ModelService qwen-batch is not of this deployment; delete it, set spec.service to ' +
      'Disabled, or give this deployment or its class another name. What was accepted before goes on.',
  ],
];

/** What the API server says of an edit; undefined where it takes it. */
async function refusal(namespace: string, spec: object): Promise<string | undefined> {
  try {
    await apply([deployment('qwen', spec)], namespace);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** The conditions of an object that are about it as it is now, as `type status reason: message`. */
const said = (object: AnyObject): string[] =>
  conditionsOf(object)
    .filter(({ observedGeneration = Infinity }) => observedGeneration >= (object.metadata?.generation ?? 0))
    .map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);

const untilSaid = (ref: Ref, condition: string): Promise<AnyObject> =>
  waitFor(ref, (object) => said(object).includes(condition), `should say "${condition}"`);

test('a bad edit of a deployment that serves is answered in a sentence, and not one request fails', async ({
  namespace,
}) => {
  const others = service('qwen-batch', [to('x')]);
  await apply([others], namespace);
  await applyReady(namespace, deployment('qwen', SERVES));
  const clients = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 20 });
  for (const [name, spec, says] of REFUSED) expect(await refusal(namespace, spec), name).toContain(says);
  for (const [name, spec, condition] of TAKEN) {
    expect(await refusal(namespace, spec), name).toBeUndefined();
    await untilSaid(deploymentRef(namespace, 'qwen'), condition);
  }
  await applyReady(namespace, deployment('qwen', SERVES));
  const { sent, failures } = await clients.stop();
  expect(sent).toBeGreaterThan(0);
  expect(failures).toEqual([]);
  const { metadata, spec } = await admin.get(serviceRef(namespace, 'qwen-batch'));
  expect({ owners: metadata?.ownerReferences, endpoints: spec.endpoints.length }).toEqual({
    owners: undefined,
    endpoints: 1,
  });
});

test('a claim that cannot be served says what is wrong with it, and takes nothing of anybody', async ({
  namespace,
}) => {
  const theirs = service('taken', [to('x')]);
  await apply([theirs], namespace);
  const nowhere = { ...SERVES, placements: [{ name: 'only', clusterSelector: { matchLabels: { region: 'mars' } } }] };
  await apply([deployment('taken', SERVES), deployment('nowhere', nowhere)], namespace);
  await untilSaid(
    deploymentRef(namespace, 'taken'),
    'SpecAccepted False NameTaken: Cannot serve: ModelService taken is not of this deployment; delete it, set spec.service to ' +
      'Disabled, or give this deployment or its class another name. What was accepted before goes on.',
  );
  for (const condition of [
    'PlacementsScheduled False NoClusterMatches: only: No cluster can take it: envoy: has no label region=mars; eu: has no ' +
      'label region=mars; us: has no label region=mars. Change clusterSelector, or make a cluster fit.',
    'PlacementsReady False Progressing: only: It has no cluster; PlacementsScheduled says why.',
    'RoutingReady False WaitingForEndpoints: Requests get 503. only: It has no cluster; PlacementsScheduled says why.',
  ])
    await untilSaid(deploymentRef(namespace, 'nowhere'), condition);
  expect(await objectsIn(namespace)).toEqual([]);
  const { metadata } = await admin.get(serviceRef(namespace, 'taken'));
  expect(metadata?.ownerReferences).toBeUndefined();
});

describe('a kubeconfig that does not work', () => {
  /** The kubeconfig of cluster us, and what becomes of it. */
  const BROKEN: readonly {
    readonly name: string;
    readonly broken: (good: Kubeconfig) => object | string;
    readonly says: (secret: string) => string;
  }[] = [
    {
      name: 'is none',
      broken: () => 'hello',
      says: (secret) =>
        `${secret} does not hold a whole kubeconfig with a current context; put one there as docs/clusters.md says.`,
    },
    {
      name: 'has a token that the cluster refuses',
      broken: ({ users, ...rest }) => ({
        ...rest,
        // As one of which the account was deleted.
        users: users.map(({ name, user }) => ({
          name,
          user: { token: user.token.replace(/[^.]+$/, 'x'.repeat(342)) },
        })),
      }),
      says: (secret) =>
        `The cluster refuses the credentials of the kubeconfig in ${secret}, which have expired or were revoked; make others ` +
        'as docs/clusters.md says.',
    },
    {
      name: 'has its token by a program',
      broken: ({ users, ...rest }) => ({
        ...rest,
        users: users.map(({ name }) => ({
          name,
          user: {
            exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' },
          },
        })),
      }),
      says: (secret) =>
        `The kubeconfig in ${secret} gets its credentials by a program that provider-kubernetes does not have; make one with a ` +
        'token as docs/clusters.md says.',
    },
    {
      name: 'has its token in a file',
      broken: ({ users, ...rest }) => ({
        ...rest,
        users: users.map(({ name }) => ({ name, user: { tokenFile: '/home/me/token' } })),
      }),
      says: (secret) =>
        `The kubeconfig in ${secret} has its token in a file of the machine that it was made on; make one with the token itself ` +
        'as docs/clusters.md says.',
    },
    {
      name: 'has its authority in a file',
      broken: ({ clusters, ...rest }) => ({
        ...rest,
        clusters: clusters.map(({ name, cluster: { server } }) => ({
          name,
          cluster: { server, 'certificate-authority': '/home/me/ca.crt' },
        })),
      }),
      says: (secret) =>
        `The certificate of the server is not signed by the authority of the kubeconfig in ${secret}; put that of the cluster ` +
        'there as certificate-authority-data, not as the name of a file.',
    },
    {
      name: 'is for another API',
      broken: ({ clusters, ...rest }) => ({
        ...rest,
        clusters: clusters.map(({ name }) => ({ name, cluster: { server: 'http://10.90.2.4' } })),
      }),
      says: (secret) =>
        `What answers at the server of the kubeconfig in ${secret} is not the API server of a cluster; correct its server.`,
    },
  ];

  /** Deletes the claim, then its cluster. */
  async function takeOut(namespace: string, cluster: string): Promise<void> {
    await admin.remove(deploymentRef(namespace, 'qwen'));
    await eventually(
      async () => (await objectsIn(namespace)).length === 0,
      () => 'nothing should be left of the claim',
    );
    await removeCluster(cluster);
  }

  test('is named by its Secret with the way out, and what runs by it goes on', async ({ namespace }) => {
    const name = ownName();
    const secret = `Secret ${SECRET.namespace}/${name}, key kubeconfig`;
    const good = await kubeconfigOf('us');
    const cluster = ownCluster(name, name);
    const placements = [{ name: 'only', clusterName: name }];
    try {
      await apply([secretOf(name, good), cluster]);
      await waitUntilReady(refOf(cluster));
      await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
      const clients = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 20 });
      for (const { broken, says } of BROKEN) {
        await apply([secretOf(name, broken(good))]);
        await lookNow(name);
        await untilSaid(
          refOf(cluster),
          `Connected False CannotConnect: ${says(secret)} What runs there stays as it is.`,
        );
      }
      await waitFor(
        deploymentRef(namespace, 'qwen'),
        ({ status }) => status?.placements?.[0]?.phase === 'Unknown',
        'should not know how its placement is',
      );
      await apply([secretOf(name, good)]);
      await lookNow(name);
      await waitUntilReady(refOf(cluster));
      const { sent, failures } = await clients.stop();
      expect(sent).toBeGreaterThan(0);
      expect(failures).toEqual([]);
    } finally {
      await apply([secretOf(name, good)]);
      await takeOut(namespace, name);
      await admin.remove(refOf(secretOf(name, good)));
    }
  });
});
