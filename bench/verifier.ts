import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type HOOK_KEYS, hookArguments, hookObjects } from '../functions/compose-inference-gateway/hook.ts';
import { temporaryFolder } from '../packages/folders.ts';
import { buildTool } from '../tools/build.ts';
import { keyOf } from '../verifier/testing.ts';

const REQUESTS = 2_000;
const IN_FLIGHT = [1, 32] as const;

/**
 * What asking for every request costs, through the real Traefik with one route that asks and one that does not. The
 * verifier is a process of its own, as it is in a cluster. Times are of this machine at this moment, and of a client that
 * shares it.
 */
async function main(): Promise<void> {
  const traefik = await buildTool('traefik');
  await using folder = await temporaryFolder('bench');
  const backend = createServer((_req, res) => void res.end('{}')).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const verifier = spawn(process.execPath, [join(import.meta.dirname, 'verifier-process.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port, cert, memory, entries }] = (await once(verifier, 'message')) as [Started];
  await writeFile(join(folder.path, 'ca.crt'), cert);
  const files = { ca: join(folder.path, 'ca.crt'), dynamic: join(folder.path, 'dynamic.yaml') };
  await writeFile(files.dynamic, JSON.stringify(dynamic(port, (backend.address() as AddressInfo).port, files.ca)));
  const door = 18_999;
  const flags = [
    `--entryPoints.web.address=127.0.0.1:${door}`,
    ...hookArguments().filter((argument) => argument.startsWith('--entryPoints.authorize.')),
    `--providers.file.filename=${files.dynamic}`,
    '--log.level=ERROR',
  ];
  const proxy = spawn(traefik, flags, { stdio: 'inherit' });
  try {
    await untilServed(door);
    const rows: Record<string, object> = {};
    for (const inFlight of IN_FLIGHT)
      for (const asks of [false, true]) {
        await measure(door, asks, inFlight, REQUESTS / 4);
        rows[`${inFlight} in flight, ${asks ? 'asking' : 'not asking'}`] = await measure(
          door,
          asks,
          inFlight,
          REQUESTS,
        );
      }
    console.log(`${entries} entries; the verifier has ${memory} MB resident:`);
    console.table(rows);
  } finally {
    proxy.kill();
    verifier.kill();
    backend.close();
    backend.closeAllConnections();
  }
}

interface Started {
  readonly port: number;
  readonly cert: string;
  readonly memory: number;
  readonly entries: number;
}

/** What is composed for Traefik's provider of its own kinds, as its provider of files reads it. */
function dynamic(verifier: number, backend: number, ca: string) {
  const { authorize, authorizeroute, authorizeretry, authorizetransport } = COMPOSED;
  const [{ match, middlewares, services } = NO_RULE] = authorizeroute.spec.routes ?? [];
  const [strategy] = services.map((service) => service.strategy);
  return {
    http: {
      routers: {
        asks: { rule: 'PathPrefix(`/ml-team`)', entryPoints: ['web'], service: 'backend', middlewares: ['authorize'] },
        open: { rule: 'PathPrefix(`/open`)', entryPoints: ['web'], service: 'backend' },
        decides: {
          rule: match,
          entryPoints: authorizeroute.spec.entryPoints,
          service: 'verifier',
          middlewares: middlewares.map(({ name }) => name),
        },
      },
      services: {
        backend: { loadBalancer: { servers: [{ url: `http://127.0.0.1:${backend}` }] } },
        verifier: {
          loadBalancer: {
            strategy,
            serversTransport: 'verifier',
            servers: [{ url: `https://localhost:${verifier}` }],
          },
        },
      },
      middlewares: { authorize: authorize.spec, [authorizeretry.metadata.name]: authorizeretry.spec },
      serversTransports: {
        verifier: { ...authorizetransport.spec, serverName: 'localhost', rootCAs: [ca] },
      },
    },
  };
}

interface Composed {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly entryPoints?: readonly string[];
    readonly routes?: readonly Rule[];
  };
}

interface Rule {
  readonly match: string;
  readonly middlewares: readonly { readonly name: string }[];
  readonly services: readonly { readonly strategy: string }[];
}

const NO_RULE: Rule = { match: '', middlewares: [], services: [] };

const COMPOSED = hookObjects({ secret: '', host: '', port: 0, labels: {} }) as Record<
  (typeof HOOK_KEYS)[number],
  Composed
>;

async function untilServed(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const status = await one(port, '/open/x', new Agent()).catch(() => 0);
    if (status === 200) return;
    await delay(100);
  }
  throw new Error('Traefik does not serve');
}

async function measure(port: number, asks: boolean, inFlight: number, count: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const path = asks ? '/ml-team/qwen/v1/chat/completions' : '/open/qwen/v1/chat/completions';
  const times: number[] = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const began = performance.now();
      const status = await one(port, path, agent);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      times.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: inFlight }, client));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(2);
  return { 'p50, ms': at(0.5), 'p99, ms': at(0.99), 'requests/s': Math.round(count / seconds) };
}

const one = (port: number, path: string, agent: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    const req = request(
      { port, host: '127.0.0.1', path, agent, headers: { authorization: `Bearer ${keyOf('c7')}` } },
      (res) => {
        res.resume();
        res.once('end', () => resolve(res.statusCode ?? 0));
      },
    );
    req.once('error', reject);
    req.end();
  });

await main();
