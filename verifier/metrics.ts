import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Problem } from './access.ts';

export interface Metrics {
  answered(what: 'authorize' | 'other', status: number, seconds: number): void;
  failed(): void;
  brokenHandshake(): void;
  problems(problems: readonly Problem[]): void;
  entries(count: number): void;
  redis(up: boolean): void;
  issuer(name: string, ok: boolean): void;
  watching(what: string, ok: boolean): void;
  certificateExpires(at: Date): void;
  expose(): Promise<string>;
}

/** In seconds: a decision takes a fraction of a millisecond, and what asks Redis a few. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2];

export function metrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'verifier_requests_total',
    help: 'Requests answered, by what was asked and by status.',
    labelNames: ['what', 'status'],
    registers,
  });
  for (const status of [200, 401, 403, 429, 503]) requests.inc({ what: 'authorize', status }, 0);
  const duration = new Histogram({
    name: 'verifier_request_duration_seconds',
    help: 'Time to decide whether a request may go on.',
    buckets: BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: 'verifier_failures_total',
    help: 'Requests refused because of an exception.',
    registers,
  });
  const handshakes = new Counter({
    name: 'verifier_broken_handshakes_total',
    help: 'TLS handshakes that clients gave up, which happens when they do not trust the certificate.',
    registers,
  });
  const bad = new Gauge({
    name: 'verifier_access_list_problems',
    help: 'Entries that let nobody in because something is wrong with them, by list; Events there say what.',
    labelNames: ['namespace', 'list'],
    registers,
  });
  const entries = new Gauge({ name: 'verifier_access_list_entries', help: 'Entries in use.', registers });
  const redis = new Gauge({
    name: 'verifier_redis_up',
    help: 'Whether Redis answers in time; while it does not, each verifier counts by itself. Only with spec.redis.',
    registers,
  });
  const issuer = new Gauge({
    name: 'verifier_issuer_up',
    help: 'Whether the keys of an issuer of tokens could last be fetched.',
    labelNames: ['issuer'],
    registers,
  });
  const watching = new Gauge({
    name: 'verifier_watching',
    help: 'Whether the API server was last heard; while it is not, what was known before counts.',
    labelNames: ['what'],
    registers,
  });
  const expiry = new Gauge({
    name: 'verifier_certificate_expiry_timestamp_seconds',
    help: 'When the certificate that is being served expires.',
    registers,
  });
  return {
    answered: (what, status, seconds) => {
      requests.inc({ what, status });
      if (what === 'authorize') duration.observe(seconds);
    },
    failed: () => failures.inc(),
    brokenHandshake: () => handshakes.inc(),
    problems: (problems) => {
      bad.reset();
      for (const { namespace, list } of problems) bad.inc({ namespace, list });
    },
    entries: (count) => entries.set(count),
    redis: (up) => redis.set(up ? 1 : 0),
    issuer: (name, ok) => issuer.set({ issuer: name }, ok ? 1 : 0),
    watching: (what, ok) => watching.set({ what }, ok ? 1 : 0),
    certificateExpires: (at) => expiry.set(at.getTime() / 1000),
    expose: () => registry.metrics(),
  };
}
