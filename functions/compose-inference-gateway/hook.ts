import { CALLER_HEADER, FAIRNESS_HEADERS, TENANT_HEADER } from '#shared/headers.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { LEAVING, MIDDLEWARE_LABEL } from './values.ts';

/** The Middleware that asks, the route by which it does, and their entry point; pinned by admission policies of install/. */
const AUTHORIZE = 'authorize';

/** How often the route asks, until a verifier has answered. */
const RETRY = `${AUTHORIZE}-retry`;

/** How the route reaches a verifier. */
const TRANSPORT = 'verifier';

/** Of the pod itself: nobody else reaches it, so it needs no TLS. */
const INSIDE = '127.0.0.1:9444';

/**
 * The Middleware as Traefik knows it. With safeNaming, which is on, namespace and name are joined by an underscore; under
 * any other name every route would be 404.
 */
export const HOOK = `${PLATFORM_NAMESPACE}_${AUTHORIZE}@kubernetescrd`;

/** What a client's headers may be in all, in bytes, where each request is shown to a verifier with the key in it. */
const MAX_HEADER_BYTES = 65_536;

/** A Middleware of every route of an entry point, so that no route can forget it, and the entry point that it asks at. */
export const hookArguments = (): string[] => [
  ...['web', 'websecure'].flatMap((name) => [
    `--entryPoints.${name}.http.middlewares=${HOOK}`,
    `--entryPoints.${name}.http.maxHeaderBytes=${MAX_HEADER_BYTES}`,
    // A route that names no entry point is on these two, and not on the one that decides.
    `--entryPoints.${name}.asDefault=true`,
  ]),
  `--entryPoints.${AUTHORIZE}.address=${INSIDE}`,
  // What the Middleware says of a request is what is decided about; a client's own headers do not get so far.
  `--entryPoints.${AUTHORIZE}.forwardedHeaders.trustedIPs=127.0.0.1/32`,
  // A pod that is about to stop goes on accepting, and so has to go on asking, for a moment longer.
  `--entryPoints.${AUTHORIZE}.transport.lifeCycle.requestAcceptGraceTimeout=${LEAVING + 5}s`,
  ...['accessLogs', 'metrics', 'tracing'].map((what) => `--entryPoints.${AUTHORIZE}.observability.${what}=false`),
  // A route to a Service without endpoints answers 503 by it; it would be 404, as if there were no such model.
  '--providers.kubernetesCRD.allowEmptyServices=true',
];

export const HOOK_KEYS = ['authorize', 'authorizeroute', 'authorizeretry', 'authorizetransport'] as const;

export interface Asked {
  /** Of the certificate: `ca.crt` is what is trusted. */
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Everything by which Traefik asks a verifier. Its own question (`forwardAuth`) waits for 30 seconds for somebody who is
 * gone, and there is no option for it; so it asks an entry point of the same pod, and a route with deadlines goes from
 * there to the verifiers, to whichever has the fewest open questions, and to another one if it does not answer. Without
 * the label Traefik would read none of it, and serve nothing.
 */
export const hookObjects = (asked: Asked): Record<(typeof HOOK_KEYS)[number], object> => ({
  authorize: traefik('Middleware', AUTHORIZE, asked, FORWARD_AUTH),
  authorizeroute: traefik('IngressRoute', AUTHORIZE, asked, route(asked)),
  authorizeretry: traefik('Middleware', RETRY, asked, ANOTHER_ONE),
  authorizetransport: traefik('ServersTransport', TRANSPORT, asked, transport(asked)),
});

const traefik = (kind: string, name: string, { labels }: Asked, spec: object): object => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind,
  metadata: { name, namespace: PLATFORM_NAMESPACE, labels: { ...labels, [MIDDLEWARE_LABEL]: '' } },
  spec,
});

/**
 * Traefik's question. What a client says of these headers itself is gone, whatever the verifier answers; and of what it
 * shows, nothing goes on but to the list of models.
 */
const FORWARD_AUTH = {
  forwardAuth: {
    address: `http://${INSIDE}/authorize`,
    trustForwardHeader: false,
    maxResponseBodySize: 4096,
    authRequestHeaders: ['Authorization', 'X-Api-Key'],
    authResponseHeaders: [CALLER_HEADER, TENANT_HEADER, 'Authorization', 'X-Api-Key', ...FAIRNESS_HEADERS],
    headerField: CALLER_HEADER,
  },
};

const route = ({ port }: Asked) => ({
  entryPoints: [AUTHORIZE],
  routes: [
    {
      kind: 'Rule',
      match: 'Path(`/authorize`)',
      middlewares: [{ name: RETRY }],
      services: [
        { kind: 'Service', name: TRANSPORT, port, scheme: 'https', serversTransport: TRANSPORT, strategy: 'p2c' },
      ],
    },
  ],
});

/**
 * By what Traefik says of a verifier that it cannot reach or that does not answer; 503 is a verifier's own word. By status
 * alone: of an answer that is quicker than the sender's own bookkeeping Traefik 3.7.12 believes that nothing was sent, and
 * would ask, and count, twice. Without the option for bodies it takes memory for one of 2 MB at each request.
 */
const ANOTHER_ONE = {
  retry: { attempts: 3, status: ['500-502', '504'], disableRetryOnNetworkError: true, maxRequestBodyBytes: 0 },
};

/** Three attempts of a second each. Who does not answer a ping is gone, and what is asked of him fails at once. */
const transport = ({ secret, host }: Asked) => ({
  serverName: host,
  rootCAs: [{ secret }],
  forwardingTimeouts: {
    dialTimeout: '1s',
    responseHeaderTimeout: '1s',
    readIdleTimeout: '1s',
    pingTimeout: '1s',
    idleConnTimeout: '90s',
  },
});
