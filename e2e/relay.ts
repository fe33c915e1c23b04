import type { Server } from 'node:net';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { Problem, runMain } from '../tools/problem.ts';
import { forwarder } from './forward.ts';

/**
 * Outside of the namespaces: passes ports of this machine on to sockets that lead inside, until the control plane ends.
 * `relay.ts --watch HEARTBEAT 8000=SOCKET ...`; says through its parent's channel when it listens.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { watch: { type: 'string' } }, allowPositionals: true });
  for (const pair of positionals) {
    const [port = '', path = ''] = pair.split('=');
    await listenOn(
      forwarder(() => ({ path })),
      Number(port),
    );
  }
  // This connection ends when the control plane does.
  connect({ path: values.watch ?? '' })
    .on('close', () => process.exit())
    .on('error', () => process.exit());
  process.send?.('listening');
  process.disconnect?.();
}

/** On this machine only; a port that is taken is a Problem. */
export function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Problem(explain(code, port, message))),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

const explain = (code: string | undefined, port: number, message: string): string =>
  code === 'EADDRINUSE'
    ? `port ${port} of 127.0.0.1 is in use: stop what uses it, or choose other ports (npm run up -- --help).`
    : `cannot listen on port ${port}: ${message}`;

if (import.meta.main) await runMain(main);
