import { parseArgs } from 'node:util';
import type { IssuerSpec } from './issuers.ts';

/** What the front door's function tells a verifier, as JSON in --config. It holds no secret. */
interface VerifierConfig {
  /** The namespace whose access lists may open services of every other. */
  readonly platformNamespace: string;
  /** Where its certificate is kept. */
  readonly certificateSecret: string;
  /** The names in it. */
  readonly serverNames: readonly string[];
  /** Whether keys are taken; without it tokens alone. */
  readonly keys: boolean;
  readonly jwt: readonly IssuerSpec[];
  /** redis: or rediss: and host and port. Who we are there is in the environment, from a Secret. */
  readonly redis?: string;
}

export interface Flags {
  readonly config: VerifierConfig;
  readonly port: number;
  readonly healthPort: number;
  readonly kubeconfig: string | undefined;
  readonly debug: boolean;
}

export const HELP = `Decides for the front door who may come in.

  --config JSON        What the InferenceGateway says: platformNamespace, certificateSecret, serverNames, keys, jwt, redis
  --port PORT          HTTPS with HTTP/2: /authorize and /v1/models (default 9443)
  --health-port PORT   HTTP: /metrics, /healthz and /readyz (default 8080)
  --kubeconfig FILE    The API server, outside a cluster
  --debug              Log what exceptions say as well
  --help               Print this

REDIS_USERNAME, REDIS_PASSWORD and REDIS_CA are who it is at Redis, and whom it believes there.
`;

export type ParsedFlags =
  | { readonly kind: 'flags'; readonly flags: Flags }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string };

export function parseFlags(argv: readonly string[]): ParsedFlags {
  let values: ReturnType<typeof read>;
  try {
    values = read(argv);
  } catch (error) {
    return mistake(`${(error as Error).message.split(/\.\s/)[0]}; see --help`);
  }
  if (values.help) return { kind: 'help' };
  const ports = [values.port, values['health-port']].map(Number);
  const [port = 0, healthPort = 0] = ports;
  if (ports.some((one) => !Number.isInteger(one) || one < 0 || one > 65_535))
    return mistake('--port and --health-port are numbers up to 65535');
  const config = readConfig(values.config);
  if (config === undefined)
    return mistake('--config is no JSON with platformNamespace, certificateSecret and serverNames');
  return { kind: 'flags', flags: { config, port, healthPort, kubeconfig: values.kubeconfig, debug: values.debug } };
}

const mistake = (message: string): ParsedFlags => ({ kind: 'mistake', message });

const read = (argv: readonly string[]) =>
  parseArgs({
    args: [...argv],
    allowPositionals: false,
    options: {
      config: { type: 'string', default: '' },
      port: { type: 'string', default: '9443' },
      'health-port': { type: 'string', default: '8080' },
      kubeconfig: { type: 'string' },
      debug: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;

function readConfig(text: string): VerifierConfig | undefined {
  try {
    const config = JSON.parse(text) as Partial<VerifierConfig>;
    const { platformNamespace, certificateSecret, serverNames, keys = true, jwt = [], redis } = config;
    if (!platformNamespace || !certificateSecret || !serverNames?.length) return undefined;
    return { platformNamespace, certificateSecret, serverNames, keys, jwt, ...(redis && { redis }) };
  } catch {
    return undefined;
  }
}
