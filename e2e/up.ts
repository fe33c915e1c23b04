import { fork } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem, runMain } from '../tools/problem.ts';
import { runSteps } from '../tools/progress.ts';
import { writeKubeconfig } from './apiserver.ts';
import { clientsOf } from './clients.ts';
import { DEMO_PATH } from './front-door.ts';
import { CONTROLLER } from './inference/manifests.ts';
import { type Instance, instanceDir, logsDir, socketPath } from './instance.ts';
import { type AnyObject, kubeFrom } from './kube.ts';
import { listenOn } from './relay.ts';
import { currentInstance, startSteps } from './start.ts';

const HELP = `npm run up [-- OPTIONS]: a control plane on this machine, until npm run down.

  --port PORT        Where the front door answers by http, on 127.0.0.1 (default 8000)
  --tls-port PORT    and by https (default 8443)
  --api-port PORT    Where the Kubernetes API answers (default 6443)
  --help             Print this
`;

const OPTIONS = {
  port: { type: 'string', default: '8000' },
  'tls-port': { type: 'string', default: '8443' },
  'api-port': { type: 'string', default: '6443' },
  help: { type: 'boolean', default: false },
} as const;

interface Ports {
  readonly web: number;
  readonly websecure: number;
  readonly api: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const ports = {
    web: portOf('--port', values.port),
    websecure: portOf('--tls-port', values['tls-port']),
    api: portOf('--api-port', values['api-port']),
  };
  const began = Date.now();
  if (await currentInstance()) return console.log(await readFile(summaryFile(), 'utf8'));
  // Before the minute that it takes to get there.
  await requireFree(Object.values(ports));
  const { steps, result } = startSteps('up');
  let summary = '';
  const open = async () => {
    await startRelay(result().instance, ports);
    summary = await describe(ports, Date.now() - began);
    await writeFile(summaryFile(), summary);
    result().stay();
  };
  await runSteps([...steps, { title: `Ports ${ports.web}, ${ports.websecure} and ${ports.api}`, run: open }]);
  console.log(summary);
}

function portOf(option: string, value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Problem(`${option} is a port, not ${JSON.stringify(value)}.`);
}

/** Listens at all of them at once, so that none of them is asked for twice either. */
async function requireFree(ports: readonly number[]): Promise<void> {
  const servers: Server[] = [];
  try {
    for (const port of ports) {
      const server = createServer();
      await listenOn(server, port);
      servers.push(server);
    }
  } finally {
    for (const server of servers) server.close();
  }
}

const summaryFile = (): string => join(instanceDir(), 'summary.txt');

/** Outside of the namespaces, in a process of its own, which ends with the control plane. */
async function startRelay({ sockets }: Instance, ports: Ports): Promise<void> {
  const pairs = (['web', 'websecure', 'api'] as const).map((name) => `${ports[name]}=${socketPath(sockets, name)}`);
  const relay = fork(join(import.meta.dirname, 'relay.ts'), ['--watch', socketPath(sockets, 'heartbeat'), ...pairs], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  relay.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  await new Promise<void>((resolve, reject) => {
    relay.once('message', () => resolve());
    relay.once('exit', () => reject(new Problem(complaint.trim())));
  });
  relay.stderr?.destroy();
  relay.unref();
}

async function describe(ports: Ports, tookMs: number): Promise<string> {
  const inside = JSON.parse(await readFile(join(instanceDir(), 'admin.kubeconfig'), 'utf8'));
  const ca = Buffer.from(inside.clusters[0].cluster['certificate-authority-data'], 'base64').toString();
  const kubeconfig = join(instanceDir(), 'kubeconfig');
  await writeKubeconfig(kubeconfig, `https://127.0.0.1:${ports.api}`, ca, inside.users[0].user);
  const gateways = (await kubeFrom(kubeconfig).list('modelplane.ai/v1alpha1', 'InferenceCluster')).map(gatewayOf);
  const url = `http://127.0.0.1:${ports.web}${DEMO_PATH}`;
  const { curl, python } = clientsOf(url, 'qwen');
  return `
The control plane runs (started in ${(tookMs / 1000).toFixed(0)} s). npm run down ends it.

  Kubernetes   export KUBECONFIG=${kubeconfig}
  Front door   http://127.0.0.1:${ports.web}
  Model        ${url}/v1, for any client of OpenAI's (OPENAI_BASE_URL)
  Gateways     ${gateways.join('\n               ')}
  Logs         ${logsDir()}

Ask it:

${curl}

${python}
`;
}

/** Which gateway serves in an inference cluster, and where the front door sends its requests. */
function gatewayOf({ metadata, status }: AnyObject): string {
  const { controllerName, address, port } = status?.gateway ?? {};
  const whose = controllerName === CONTROLLER ? `${controllerName}, a stand-in` : controllerName;
  return `${metadata?.name}: ${whose} at ${address}:${port}`;
}

await runMain(main);
