import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Answer, RESULT_SEVERITIES } from './server-protocol.ts';

export interface Metrics {
  answered(answer: Omit<Answer, 'response'>, seconds: number): void;
  refused(): void;
  certificateExpires(at: Date): void;
  expose(): Promise<string>;
}

/** From a call that does nothing to one that decodes many megabytes. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function metrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'function_requests_total',
    help: 'Calls answered, by the worst severity among the results: fatal, warning, normal or none.',
    labelNames: ['severity'],
    registers,
  });
  // A rate needs a first value to start from.
  for (const severity of RESULT_SEVERITIES) requests.inc({ severity }, 0);
  const duration = new Histogram({
    name: 'function_request_duration_seconds',
    help: 'Time to decode, answer and encode a call.',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const refusals = new Counter({
    name: 'function_refusals_total',
    help: 'Calls about an XR whose spec is not carried out, by its kind and the reason of its condition SpecAccepted.',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const failures = new Counter({
    name: 'function_failures_total',
    help: 'Calls that had no answer, by the kind of the XR and what failed. Nothing of the XR changes meanwhile, so alert.',
    labelNames: ['kind', 'what'],
    registers,
  });
  const refused = new Counter({
    name: 'function_refused_connections_total',
    help: 'Connections cut before a call because the client did not prove that it is Crossplane.',
    registers,
  });
  const expiry = new Gauge({
    name: 'function_certificate_expiry_timestamp_seconds',
    help: 'When the certificate that is being served expires; 0 without TLS.',
    registers,
  });
  return {
    answered: ({ severity, xr, refusal, failure }, seconds) => {
      const kind = xr?.kind ?? '';
      requests.inc({ severity });
      if (refusal !== undefined) refusals.inc({ kind, reason: refusal });
      if (failure !== undefined) failures.inc({ kind, what: failure.what });
      duration.observe(seconds);
    },
    refused: () => refused.inc(),
    certificateExpires: (at) => expiry.set(at.getTime() / 1000),
    expose: () => registry.metrics(),
  };
}

/** Plain HTTP for Prometheus and for the kubelet, whose gRPC probe cannot speak TLS. */
export const metricsServer = (metrics: Metrics, isServing: () => boolean): Server =>
  createServer(async (req, res) => {
    const { code, body } = await page(req.url, metrics, isServing);
    res.writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
  });

interface Page {
  readonly code: number;
  readonly body: string;
}

async function page(url: string | undefined, metrics: Metrics, isServing: () => boolean): Promise<Page> {
  switch (url?.split('?')[0]) {
    case '/metrics':
      return { code: 200, body: await metrics.expose() };
    case '/healthz':
      return { code: 200, body: 'ok\n' };
    case '/readyz':
      return isServing() ? { code: 200, body: 'ok\n' } : { code: 503, body: 'shutting down\n' };
    default:
      return { code: 404, body: 'see /metrics, /healthz or /readyz\n' };
  }
}
