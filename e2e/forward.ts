import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** Passes every connection on to whatever `target` says at that moment; without a target it is closed. */
export function forwarder(target: () => NetConnectOpts | undefined): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const to = target();
    if (!to) return client.destroy();
    join(client, connect({ ...to, allowHalfOpen: true, noDelay: true } as NetConnectOpts));
  });
}

/** Each side hears what the other says, its end included; a side that breaks breaks the other. */
function join(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  for (const [socket, other] of [
    [a, b],
    [b, a],
  ] as const) {
    socket.once('error', () => other.destroy());
    socket.once('close', (hadError) => hadError && other.destroy());
  }
}
