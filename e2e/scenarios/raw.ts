import { connect } from 'node:net';
import { frontDoor } from './world.ts';

/** What came back on one connection: the status of each answer, and all of it as text. */
export interface RawAnswer {
  readonly statuses: readonly number[];
  readonly text: string;
}

const TIMEOUT_MS = 10_000;

/** Bytes of our own on a connection: what no client would send. It is over when the server ends it or says no more. */
export async function raw(request: string | Buffer, quietMs = 400): Promise<RawAnswer> {
  const { hostname, port } = new URL(await frontDoor());
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 80), hostname);
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(quiet);
      clearTimeout(deadline);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ statuses, text });
    };
    const deadline = setTimeout(end, TIMEOUT_MS);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(end, quietMs);
    });
    socket.once('close', end);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? end() : reject(error),
    );
    socket.write(request);
  });
}

/** A request by its target, exactly as it is written. */
export const rawRequest = (
  target: string,
  headers: readonly string[] = [],
  method = 'GET',
  version = 'HTTP/1.1',
): string =>
  [`${method} ${target} ${version}`, 'Host: models.example.com', ...headers, 'Connection: close', '', ''].join('\r\n');
