import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { run } from '../../cli/program.ts';
import { buildTool } from '../../tools/build.ts';
import type { Answer } from '../../why/answer.ts';
import { conditionsOf, GATEWAY } from '../front-door.ts';
import { GATEWAY as INFERENCE_GATEWAY } from '../inference/manifests.ts';
import type { Ref } from '../kube.ts';
import { behave } from './inference/engines.ts';
import { leaveNamespace, makeNamespace } from './inference/namespaces.ts';
import { deployment, deploymentRef, inside, poolOf } from './inference/testing.ts';
import { applyReady, endpoint, endpointRef, service, serviceRef, to, URLS } from './objects.ts';
import { apply, test as base, eventually, waitUntilReady } from './testing.ts';
import { admin, frontDoor, tenantOf } from './world.ts';

const execute = promisify(execFile);
const KUBECONFIG = process.env.E2E_KUBECONFIG ?? '';

/** What `modelplane why` prints for programs, with its exit code. */
async function why(namespace: string, what: string, kubeconfig = KUBECONFIG): Promise<Answer & { code: number }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  // As kubectl takes it: what is given as an option would be in every command that is printed.
  process.env.KUBECONFIG = kubeconfig;
  const code = await run(['why', what, '--namespace', namespace, '--output', 'json'], { stdout, stderr });
  stdout.end();
  stderr.end();
  const [answer, said] = [await text(stdout), await text(stderr)];
  if (answer === '') throw new Error(said);
  return { ...JSON.parse(answer), code };
}

/** Runs a command that `why` printed, as somebody would who copies it: in the inference cluster that it is for. */
async function runs({ run: line, cluster }: NonNullable<Answer['cause']>['command']): Promise<string> {
  const [program, ...args] = line.split(' ');
  expect(program).toBe('kubectl');
  // Those that are declared by the scenario are other names of this one.
  const name = cluster !== undefined && ['us', 'eu', 'envoy'].includes(cluster) ? cluster : 'us';
  const kubeconfig =
    cluster === undefined ? KUBECONFIG : join(dirname(KUBECONFIG), 'inference', name, 'admin.kubeconfig');
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(KUBECONFIG), 'kubectl-why') };
  const { stdout, stderr } = await execute(await buildTool('kubectl'), args, { env });
  return stdout + stderr;
}

interface Expected {
  readonly what: string;
  /** Its kind, and where it is no object of the control plane the inference cluster. */
  readonly blames: string;
  readonly reason: string;
  readonly message: RegExp;
  readonly run: RegExp;
  /** What the command shows. */
  readonly shows: RegExp;
}

/** Waits until `why` finds the cause, and runs the command that it names. */
async function blamed(namespace: string, { what, blames, reason, message, run: line, shows }: Expected): Promise<void> {
  let answer = await why(namespace, what);
  const found = () => {
    const { cause } = answer;
    const place = cause?.thing.cluster === undefined ? '' : ` on ${cause.thing.cluster}`;
    return `${answer.serves} ${cause?.thing.kind}${place} ${cause?.reason}`;
  };
  await eventually(
    async () => {
      answer = await why(namespace, what);
      return found() === `false ${blames} ${reason}`;
    },
    () => `why ${what} should blame ${blames} (${reason}), but says ${found()}: ${answer.answer}`,
  );
  expect(answer.code).toBe(1);
  expect(answer.answer).toContain('does not serve because');
  expect(answer.cause?.message).toMatch(message);
  const { command } = answer.cause as NonNullable<Answer['cause']>;
  expect(command.run).toMatch(line);
  expect(await runs(command)).toMatch(shows);
}

const serves = async (namespace: string, what: string): Promise<void> => {
  let answer = await why(namespace, what);
  await eventually(
    async () => {
      answer = await why(namespace, what);
      return answer.code === 0 && answer.state === 'Serves';
    },
    () => `why ${what} should say that it serves, but says ${answer.answer}`,
  );
  expect(answer.answer).toMatch(/ serves\.$/);
};

const test = base.extend<{ readonly namespace: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which other fixtures are wanted.
  namespace: async ({}, use) => {
    const name = await makeNamespace();
    await use(name);
    await leaveNamespace(name);
  },
});

/** Causes one after the other, each of which has to arrive and to go: three minutes, and more on a busy machine. */
const MANY = { timeout: 400_000 };

describe('the first cause, with a command that shows it', () => {
  test(
    'of a service: endpoint, selector, Service, route, path and certificate, each planted and mended',
    MANY,
    async ({ namespace, onTestFinished }) => {
      const model = [endpoint('a', { url: URLS.first }), service('model', [to('a')])];
      await applyReady(namespace, ...model);
      await serves(namespace, 'modelservice/model');
      await serves(namespace, `/${namespace}/model/v1/chat/completions`);

      await admin.merge(endpointRef(namespace, 'a'), { spec: { url: 'http://169.254.169.254' } });
      await blamed(namespace, {
        what: 'ms/model',
        blames: 'ModelEndpoint',
        reason: 'NotAllowed',
        message: /169\.254\.169\.254/,
        run: /^kubectl describe modelendpoint a /,
        shows: /SpecAccepted/,
      });
      await admin.merge(endpointRef(namespace, 'a'), { spec: { url: URLS.first } });
      await serves(namespace, 'ms/model');

      await admin.merge(serviceRef(namespace, 'model'), { spec: { endpoints: [to('nobody')] } });
      await blamed(namespace, {
        what: 'ms/model',
        blames: 'ModelService',
        reason: 'NoEndpoints',
        message: /No ModelEndpoint in this namespace/,
        run: /^kubectl get modelendpoint .* --show-labels$/,
        shows: /endpoint=a/,
      });
      await admin.merge(serviceRef(namespace, 'model'), { spec: { endpoints: [to('a')] } });
      await serves(namespace, 'ms/model');

      const [backend] = await admin.list('v1', 'Service', { namespace, labels: 'modelplane.ai/endpoint=a' });
      const edited: Ref = { apiVersion: 'v1', kind: 'Service', namespace, name: backend?.metadata?.name ?? '' };
      await admin.merge(edited, { spec: { ports: [{ name: 'api', port: 81, protocol: 'TCP', appProtocol: 'http' }] } });
      await blamed(namespace, {
        what: 'ms/model',
        blames: 'Service',
        reason: 'PortMissing',
        message: /Delete it, and it is made again\./,
        run: /^kubectl describe service /,
        shows: /81\/TCP/,
      });
      await admin.remove(edited);
      await serves(namespace, 'ms/model');

      onTestFinished(() => admin.merge(GATEWAY, { spec: { routes: null, http: null, tls: null } }).then(() => {}));
      await admin.merge(GATEWAY, { spec: { routes: { namespaceSelector: { matchLabels: { nobody: 'has-this' } } } } });
      await blamed(namespace, {
        what: `/${namespace}/model/v1`,
        blames: 'HTTPRoute',
        reason: 'NotAllowedByListeners',
        message: /The front door refuses the route/,
        run: /^kubectl describe httproute/,
        shows: /NotAllowedByListeners/,
      });
      await admin.merge(GATEWAY, { spec: { routes: null } });
      await serves(namespace, 'ms/model');
      await blamed(namespace, {
        what: `/${namespace}/model/tokenize`,
        blames: 'URL',
        reason: 'PathNotPublished',
        message: /is not published/,
        run: /^kubectl describe modelservice model /,
        shows: /RoutingReady/,
      });

      await admin.merge(GATEWAY, { spec: { http: 'Enabled', tls: { certificateRef: { name: 'nobody-made-this' } } } });
      await blamed(namespace, {
        what: 'ms/model',
        blames: 'Gateway',
        reason: 'ListenersNotValid',
        message: /Secret modelplane-system\/nobody-made-this must be there/,
        run: /^kubectl describe gateway/,
        shows: /InvalidCertificateRef/,
      });
      await admin.merge(GATEWAY, { spec: { http: null, tls: null } });
      await serves(namespace, 'ig/default');
      await serves(namespace, 'ms/model');
    },
  );

  test('of a deployment: engines, quota, refusal, cluster and gateway', MANY, async ({ namespace, onTestFinished }) => {
    const on = { placements: [{ name: 'only', clusterSelector: { matchLabels: { region: 'us' } } }] };
    const claim = (name: string, more: object = {}) => deployment(name, { model: 'Qwen/Qwen3-8B', ...on, ...more });
    const cluster = (name: string, spec: object) => ({
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'InferenceCluster',
      metadata: { name },
      spec,
    });
    const secret = { namespace: 'modelplane-system', name: 'us-kubeconfig', key: 'kubeconfig' };
    onTestFinished(async () => {
      for (const name of ['why-nowhere', 'why-doorless']) await admin.remove({ ...cluster(name, {}), name });
    });
    await apply([
      cluster('why-nowhere', {
        kubeconfigSecretRef: { ...secret, name: 'nobody-made-this' },
        gateway: INFERENCE_GATEWAY,
      }),
      cluster('why-doorless', { kubeconfigSecretRef: secret, gateway: { ...INFERENCE_GATEWAY, name: 'doorless' } }),
    ]);
    await apply([claim('qwen')], namespace);
    await waitUntilReady(deploymentRef(namespace, 'qwen'));
    await serves(namespace, 'modeldeployment/qwen');
    const pool = await poolOf('us', namespace, 'only');

    onTestFinished(() => behave('us', pool, {}).then(() => {}));
    await behave('us', pool, { absent: true });
    await blamed(namespace, {
      what: 'md/qwen',
      blames: 'Deployment on us',
      reason: 'EnginesNotAvailable',
      message: /^0 of 1 engines are available\.$/,
      run: new RegExp(`^kubectl describe pods --namespace=mp-${namespace} --selector=modelplane.ai/pool=`),
      shows: /Name: +qwen-only/,
    });
    await behave('us', pool, {});
    await serves(namespace, 'md/qwen');

    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: `mp-${namespace}`, name: 'no-more-gpus' };
    const hard = { 'requests.nvidia.com/gpu': '1' };
    const metadata = { namespace: quota.namespace, name: quota.name };
    await inside('us').apply({ apiVersion: quota.apiVersion, kind: quota.kind, metadata, spec: { hard } });
    // Nobody counts in these clusters, and what is not counted is not refused.
    await inside('us').merge(quota, { status: { hard, used: hard } }, 'status');
    await apply([claim('more')], namespace);
    await blamed(namespace, {
      what: 'md/more',
      blames: 'Deployment on us',
      reason: 'ReplicaFailure',
      message: /exceeded quota: no-more-gpus/,
      run: /^kubectl describe resourcequotas /,
      shows: /no-more-gpus/,
    });

    await apply(
      [claim('refused', { endpointPicker: { config: { plugins: [{ type: 'queue-scorer' }], nonsense: true } } })],
      namespace,
    );
    await blamed(namespace, {
      what: 'md/refused',
      blames: 'ModelDeployment',
      reason: 'InvalidPicker',
      message: /nonsense/,
      run: /^kubectl describe modeldeployment refused /,
      shows: /InvalidPicker/,
    });

    await blamed(namespace, {
      what: 'ic/why-nowhere',
      blames: 'InferenceCluster',
      reason: 'CannotConnect',
      message: /nobody-made-this/,
      run: /^kubectl describe inferencecluster why-nowhere$/,
      shows: /CannotConnect/,
    });
    await blamed(namespace, {
      what: 'ic/why-doorless',
      blames: 'Gateway on why-doorless',
      reason: 'GatewayNotFound',
      message: /There is no Gateway inference\/doorless/,
      run: /^kubectl get gateways\.gateway\.networking\.k8s\.io --all-namespaces$/,
      shows: /inference-gateway/,
    });
  });
});

test('preview --live tells what files change on the cluster that is there, and writes nothing', async ({
  namespace,
}) => {
  const both = [endpoint('a', { url: URLS.first }), endpoint('b', { url: URLS.second })];
  await applyReady(namespace, ...both, service('model', [to('a')]));
  const file = join(dirname(KUBECONFIG), `${namespace}.yaml`);
  await writeFile(file, stringify(service('model', [to('a', { weight: 3 }), to('b')])));
  const before = await admin.get(serviceRef(namespace, 'model'));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const argv = ['preview', '--live', '--namespace', namespace, '--kubeconfig', KUBECONFIG, '--output', 'json', file];
  const code = await run(argv, { stdout, stderr });
  stdout.end();
  stderr.end();
  const answer = JSON.parse(await text(stdout));
  expect({ code, stderr: await text(stderr), problems: answer.problems }).toEqual({
    code: 0,
    stderr: '',
    problems: [],
  });
  const request = `${await frontDoor()}/${namespace}/model/v1/chat/completions`;
  const sharesIn = (paths: { request: string; shares: { name: string; percent: number }[] }[]) =>
    paths.find((path) => path.request === request)?.shares.map(({ name, percent }) => `${name} ${percent}`);
  expect([sharesIn(answer.before), sharesIn(answer.paths)]).toEqual([['a 100'], ['a 75', 'b 25']]);
  expect(answer.changes.deleted).toEqual([]);
  expect((await admin.get(serviceRef(namespace, 'model'))).metadata?.generation).toBe(before.metadata?.generation);
});

/** A kubeconfig of somebody else than its administrator. */
async function kubeconfigAs(name: string): Promise<string> {
  const config = parse(await readFile(KUBECONFIG, 'utf8'));
  const users = config.users.map((one: { user: object }) => ({ ...one, user: { ...one.user, as: name } }));
  const file = join(dirname(KUBECONFIG), `${name}.kubeconfig`);
  await writeFile(file, stringify({ ...config, users }), { mode: 0o600 });
  return file;
}

test('a tenant is told what he may not see, and nobody says without knowing that it serves', async ({ namespace }) => {
  await applyReady(namespace, endpoint('a', { url: URLS.first }), service('model', [to('a')]));
  await tenantOf(namespace);
  const name = `tenant-of-${namespace}`;
  const tenant = await kubeconfigAs(name);
  const blind = await why(namespace, 'ms/model', tenant);
  expect(blind).toMatchObject({ code: 1, serves: null, cause: { reason: 'Forbidden' } });
  expect(blind.answer).toContain('You may not read InferenceGateway default.');

  const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name } };
  await admin.apply({
    ...binding,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'modelplane-catalogue' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
  });
  const seeing = await why(namespace, 'ms/model', tenant);
  await admin.remove({ ...binding, name });
  expect(seeing).toMatchObject({ code: 0, serves: true });
  expect(seeing.unseen.map(({ kind }) => kind)).toContain('Deployment');
  expect(seeing.unseen.filter(({ namespace: where }) => where === namespace)).toEqual([]);
  const elsewhere = await why('default', 'ms/model', tenant);
  expect(elsewhere).toMatchObject({ code: 1, serves: null });

  const broken = await admin.get(endpointRef(namespace, 'a'));
  await admin.merge(endpointRef(namespace, 'a'), { spec: { url: 'http://169.254.169.254' } });
  await eventually(
    async () => {
      const object = await admin.get(serviceRef(namespace, 'model'));
      return conditionsOf(object).some(({ type, status }) => type === 'RoutingReady' && status === 'False');
    },
    () => `${broken.metadata?.name} should be withdrawn`,
  );
  expect(await why(namespace, 'ms/model', tenant)).toMatchObject({
    code: 1,
    serves: false,
    cause: { reason: 'NotAllowed' },
  });
});
