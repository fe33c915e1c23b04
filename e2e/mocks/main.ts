import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { json } from 'node:stream/consumers';
import { hasIPv6 } from '../netns.ts';
import type { KeyPair } from '../pki.ts';
import { ADMIN, type Behaviour, MOCKS, type MockName } from './catalogue.ts';
import { type Mock, startMock } from './provider.ts';

/** All mocks in one process. Its argument is a file with the certificates of those that speak TLS. */
async function main(): Promise<void> {
  const certificates: Partial<Record<MockName, KeyPair>> = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const mocks = new Map<string, Mock>();
  const names = (Object.keys(MOCKS) as MockName[]).filter((name) => hasIPv6() || !isIPv6(MOCKS[name].address));
  for (const name of names) {
    mocks.set(name, await startMock(name, MOCKS[name], certificates[name]));
  }
  createServer((req, res) => {
    administer(mocks, req).then(
      () => res.end('{}'),
      (error) => res.writeHead(400).end(String(error)),
    );
  }).listen(ADMIN.port, ADMIN.address);
}

/** `PUT /NAME` says how a mock behaves from now on; `GET /` answers once there are mocks. */
async function administer(mocks: ReadonlyMap<string, Mock>, req: IncomingMessage): Promise<void> {
  if (req.method !== 'PUT') return;
  const name = req.url?.slice(1) ?? '';
  const mock = mocks.get(name);
  if (!mock) throw new Error(`no mock is called ${name}`);
  await mock.behave((await json(req)) as Behaviour);
}

await main();
