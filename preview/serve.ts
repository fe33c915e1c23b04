import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseAllDocuments } from 'yaml';
import { startServer } from '#shared/server.ts';
import { runMain } from '../tools/problem.ts';
import { FUNCTIONS } from './functions.ts';
import { folderOf } from './world.ts';

const FILE = 'examples/functions.yaml';
const TARGET = 'render.crossplane.io/runtime-development-target';

interface DevelopmentFunction {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
}

/** Every function where `crossplane composition render` looks for it by examples/functions.yaml, until Ctrl-C. */
async function main(): Promise<void> {
  const log = pino({ level: 'warn' });
  const documents = parseAllDocuments(readFileSync(join(import.meta.dirname, '..', FILE), 'utf8'));
  for (const { metadata } of documents.map((document) => document.toJS() as DevelopmentFunction)) {
    const handler = FUNCTIONS[folderOf(metadata.name)];
    if (!handler) throw new Error(`${FILE} names ${metadata.name}, which functions.ts does not have`);
    const [host = '', port] = metadata.annotations[TARGET]?.split(':') ?? [];
    const metricsAddress = { host, port: 0 };
    const options = {
      address: { host, port: Number(port) },
      metricsAddress,
      tls: 'insecure',
      shutdownMs: 1000,
    } as const;
    await startServer(handler, { ...options, log });
    console.log(`${metadata.name} on ${host}:${port}`);
  }
  console.log('Ctrl-C ends them.');
}

await runMain(main);
