import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { KeyPair } from '../pki.ts';
import { ADMIN, type Behaviour, MOCKS, type MockName } from './catalogue.ts';
import { type Mock, startMock } from './provider.ts';

/** All mocks in one process. Its argument is a file with the certificates of those that speak TLS. */
async function main(): Promise<void> {
  const certificates: Partial<Record<MockName, KeyPair>> = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const mocks = new Map<string, Mock>();
  for (const name of Object.keys(MOCKS) as MockName[]) {
    mocks.set(name, await startMock(name, MOCKS[name], certificates[name]));
  }
  createServer((req, res) => {
    administer(mocks, req.url?.slice(1) ?? '', req.method === 'PUT' ? () => json(req) : undefined).then(
      (answer) => res.end(JSON.stringify(answer)),
      (error) => res.writeHead(400).end(String(error)),
    );
  }).listen(ADMIN.port, ADMIN.address);
}

/** `GET /NAME` counts requests; `PUT /NAME` says how to behave from now on; `PUT /` says so to all. */
async function administer(
  mocks: ReadonlyMap<string, Mock>,
  name: string,
  read: (() => Promise<unknown>) | undefined,
): Promise<object> {
  const mock = mocks.get(name);
  if (name !== '' && !mock) throw new Error(`no mock is called ${name}`);
  const chosen = mock ? [mock] : [...mocks.values()];
  if (read) {
    const behaviour = (await read()) as Behaviour;
    for (const each of chosen) await each.behave(behaviour);
  }
  return { requests: chosen.reduce((sum, each) => sum + each.requests(), 0) };
}

await main();
