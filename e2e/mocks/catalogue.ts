/** A provider of models that stands in for a real one. Each has an address of its own, and all are this machine. */
export interface MockSpec {
  readonly address: string;
  readonly port: number;
  /** The paths that it serves; elsewhere it says what it saw with a 404, as a real one would refuse. */
  readonly serves: readonly string[];
  readonly tls?: {
    /** What its certificate says. */
    readonly certificateFor: readonly string[];
    /** Signed by an authority that every client here trusts, or by one that it has to be told of. */
    readonly authority: 'public' | 'private';
  };
  /** The name that leads to it. */
  readonly name?: string;
}

export const MOCKS = {
  /** Two engines as one runs them oneself. */
  first: { address: '10.90.2.1', port: 8000, serves: ['/v1', '/tokenize', '/health'] },
  second: { address: '10.90.2.2', port: 8000, serves: ['/v1', '/tokenize', '/health'] },
  /** A provider with a base of its own, by http. */
  nested: { address: '10.90.2.3', port: 8001, serves: ['/openai/v1'] },
  /** Anyone's gateway: every path is somebody's. */
  gateway: { address: '10.90.2.4', port: 80, serves: ['/'] },
  ipv6: { address: 'fd90::2:5', port: 8000, serves: ['/v1', '/tokenize'] },
  /** The public providers that examples name, behind certificates of an authority that counts as public here. */
  groq: {
    address: '10.90.2.6',
    port: 443,
    serves: ['/openai/v1'],
    name: 'api.groq.com',
    tls: { certificateFor: ['api.groq.com'], authority: 'public' },
  },
  together: {
    address: '10.90.2.7',
    port: 443,
    serves: ['/v1'],
    name: 'api.together.xyz',
    tls: { certificateFor: ['api.together.xyz'], authority: 'public' },
  },
  /** A company's own: another port, and an authority that nobody else knows. */
  company: {
    address: '10.90.2.8',
    port: 8443,
    serves: ['/v1'],
    name: 'models.company.example',
    tls: { certificateFor: ['models.company.example'], authority: 'private' },
  },
  /** Says that it is someone else. */
  impostor: {
    address: '10.90.2.9',
    port: 443,
    serves: ['/v1'],
    name: 'impostor.company.example',
    tls: { certificateFor: ['models.company.example'], authority: 'public' },
  },
} as const satisfies Record<string, MockSpec>;

export type MockName = keyof typeof MOCKS;

/** Where mocks are told how to behave. */
export const ADMIN = { address: '10.90.2.254', port: 80 } as const;

/** Lines of /etc/hosts. */
export const mockHosts = (): string[] =>
  Object.values(MOCKS).flatMap((mock) => ('name' in mock ? [`${mock.address} ${mock.name}`] : []));

/** How a mock answers: for one request by the header `x-mock`, for all by its administration. */
export interface Behaviour {
  readonly status?: number;
  /** Before the first byte of the answer. */
  readonly delayMs?: number;
  /** Takes the request and cuts the connection. */
  readonly reset?: boolean;
  /** Closes the port: nobody can connect. Only by administration. */
  readonly absent?: boolean;
  /** Of an answer in parts. */
  readonly chunks?: number;
  readonly intervalMs?: number;
  /** Adds this many bytes to the answer. */
  readonly padding?: number;
}

/** What a mock saw of a request: the answer's body. */
export interface Seen {
  readonly mock: MockName;
  readonly method: string;
  /** As it was sent, escapes included. */
  readonly path: string;
  readonly httpVersion: string;
  readonly host: string;
  readonly sni: string | null;
  readonly localAddress: string;
  readonly localPort: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly bodyBytes: number;
  readonly bodySha256: string;
}
