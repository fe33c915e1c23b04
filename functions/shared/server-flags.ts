import { parseArgs } from 'node:util';

/** Where to listen. Without a host it is every address, IPv6 ones too where the machine has them. */
export interface Address {
  readonly host?: string;
  readonly port: number;
}

export interface Flags {
  readonly address: Address;
  readonly metricsAddress: Address;
  readonly insecure: boolean;
  readonly debug: boolean;
  readonly help: boolean;
  readonly certificatesDir: string;
  readonly clientName: string;
  readonly shutdownSeconds: number;
}

type ParsedFlags = { readonly ok: true; readonly flags: Flags } | { readonly ok: false; readonly message: string };

const OPTIONS = {
  address: { type: 'string', default: '0.0.0.0:9443' },
  insecure: { type: 'boolean', default: false },
  debug: { type: 'boolean', short: 'd', default: false },
  'tls-server-certs-dir': { type: 'string' },
  'client-name': { type: 'string', default: 'crossplane.crossplane-system' },
  'metrics-address': { type: 'string', default: '0.0.0.0:8080' },
  'shutdown-timeout': { type: 'string', default: '10' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const HELP = `A Crossplane composition function.

  --address HOST:PORT            Where Crossplane calls; [::]:9443 for IPv6 (default ${OPTIONS.address.default})
  --tls-server-certs-dir DIR     tls.key, tls.crt and ca.crt, read again when they are renewed
                                 (default $TLS_SERVER_CERTS_DIR, then /tls/server)
  --client-name NAME             The DNS name in Crossplane's client certificate, which is its service account and
                                 namespace (default ${OPTIONS['client-name'].default})
  --insecure                     Serve anyone in plain text, without certificates: for development
  --metrics-address HOST:PORT    HTTP: /metrics, /healthz and /readyz (default ${OPTIONS['metrics-address'].default})
  --shutdown-timeout SECONDS     How long a shutdown waits for calls in progress (default ${OPTIONS['shutdown-timeout'].default})
  --debug, -d                    Log what exceptions say as well, which may quote what is in a resource
  --help, -h                     Print this
`;

export function parseFlags(argv: readonly string[], env: NodeJS.ProcessEnv): ParsedFlags {
  const values = parseValues(argv);
  if (typeof values === 'string') return { ok: false, message: values };
  const address = parseAddress(values.address);
  const metricsAddress = parseAddress(values['metrics-address']);
  const { insecure, debug, help, 'client-name': clientName, 'shutdown-timeout': shutdown } = values;
  const certificatesDir = values['tls-server-certs-dir'] ?? env.TLS_SERVER_CERTS_DIR ?? '/tls/server';
  if (!address) return invalid('address', values.address, 'HOST:PORT');
  if (!metricsAddress) return invalid('metrics-address', values['metrics-address'], 'HOST:PORT');
  if (!/^\d{1,4}$/.test(shutdown)) return invalid('shutdown-timeout', shutdown, 'a number of seconds');
  if (clientName === '') return invalid('client-name', clientName, 'a DNS name');
  if (certificatesDir === '') return invalid('tls-server-certs-dir', certificatesDir, 'a directory');
  const shutdownSeconds = Number(shutdown);
  return {
    ok: true,
    flags: { address, metricsAddress, insecure, debug, help, certificatesDir, clientName, shutdownSeconds },
  };
}

function parseValues(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    // Node goes on to explain how to pass an argument that starts with a dash, and nothing here takes one.
    return `${(error as Error).message.split(/\.\s/)[0]}; see --help`;
  }
}

const invalid = (flag: string, value: string, want: string): ParsedFlags => ({
  ok: false,
  message: `--${flag} is ${want}, not ${JSON.stringify(value)}`,
});

const ADDRESS = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+(?:%\w+)?)\]|(?<host>[^:[\]]*)):(?<port>\d{1,5})$/;

function parseAddress(value: string): Address | undefined {
  const { ipv6, host, port } = ADDRESS.exec(value)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { ...((ipv6 || host) && { host: ipv6 || host }), port: Number(port) };
}
