import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Supervisor } from './processes.ts';

/** What the control plane can be told, from inside and outside of its namespaces. */
export type Command =
  | { readonly do: 'list' }
  | { readonly do: 'stop'; readonly name: string; readonly signal?: NodeJS.Signals }
  | { readonly do: 'start'; readonly name: string }
  | { readonly do: 'down' };

export interface ControlHandlers {
  readonly processes: Supervisor;
  down(): void;
}

/** Answers commands on a Unix socket, one JSON document each way. */
export function controlServer(socket: string, handlers: ControlHandlers): Promise<Server> {
  const server = createServer(async (req, res) => {
    try {
      const answer = await obey(await commandOf(req), handlers);
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
    } catch (error) {
      res
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: (error as Error).message }));
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve(server));
  });
}

const commandOf = (req: IncomingMessage): Promise<Command> => json(req) as Promise<Command>;

async function obey(command: Command, { processes, down }: ControlHandlers): Promise<unknown> {
  switch (command.do) {
    case 'list':
      return processes.list();
    case 'stop':
      return processes.stop(command.name, command.signal);
    case 'start':
      return processes.restart(command.name);
    case 'down':
      return down();
    default:
      throw new Error(`no such command: ${JSON.stringify(command satisfies never)}`);
  }
}

/** Sends one command and waits until it is done. */
export function control<T = unknown>(socketPath: string, command: Command): Promise<T> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, method: 'POST', path: '/' }, async (res) => {
      const answer = (await json(res)) as T & { error?: string };
      if (res.statusCode === 200) resolve(answer);
      else reject(new Error(answer.error));
    });
    req.once('error', reject);
    req.end(JSON.stringify(command));
  });
}

/** Takes connections and never says a word: who is connected hears when this process ends, however it ends. */
export function serveHeartbeat(socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createRawServer((connection) => connection.on('error', () => {}));
    server.once('error', reject);
    server.listen(socket, resolve);
  });
}
