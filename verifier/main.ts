import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import type { Problem } from './access.ts';
import { type CertificateData, expiryOf, issuerFor, nextData, type Pair, servable } from './certificate.ts';
import { type CertificateStore, certificateStore, kubeConfig, problemEvents, watchCluster } from './cluster.ts';
import { type Flags, HELP, parseFlags } from './config.ts';
import { hook } from './hook.ts';
import { issuers } from './issuers.ts';
import { knowledge } from './knowledge.ts';
import { limiter } from './limiter.ts';
import { type Metrics, metrics } from './metrics.ts';
import { redisRates } from './rates-redis.ts';
import { remarksOf } from './remarks.ts';
import { type RunningServer, startServer } from './server.ts';

/** How often the Secret is looked at. */
const CERTIFICATE_POLL_MS = 60_000;

/** At the start, and after what has gone wrong. */
const RETRY_MS = 1_000;

/** How often entries are held against the time and the services that there are. */
const REMARKS_MS = 10_000;

/** No more Events than these at once: a list of 10,000 bad entries is one person's mistake. */
const MAX_EVENTS = 20;

async function main(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(argv);
  if (parsed.kind === 'help') return void process.stdout.write(HELP);
  if (parsed.kind === 'mistake') return fail(parsed.message);
  const { flags } = parsed;
  const log = pino({
    base: { name: 'verifier' },
    level: flags.debug ? 'debug' : 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
  try {
    stopOnSignal(await run(flags, log), log);
  } catch (error) {
    fail((error as Error).message);
  }
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

async function run({ config, port, healthPort, kubeconfig }: Flags, log: Logger): Promise<Pick<RunningServer, 'stop'>> {
  const stats = metrics();
  const cluster = kubeConfig(kubeconfig);
  const tell = problemEvents(cluster);
  const tellProblems = problemTeller(tell, log, 'an entry of an access list lets nobody in');
  const tellRemarks = problemTeller(tell, log, 'an entry of an access list opens nothing');
  const known = knowledge(config.platformNamespace, (problems) => {
    stats.problems(problems);
    tellProblems(problems);
  });
  const watching = watchCluster(cluster, known, {
    watching: stats.watching,
    unreadable: (what, { metadata }) => {
      stats.failed();
      log.error({ what, namespace: metadata?.namespace, object: metadata?.name }, 'cannot read an object');
    },
  });
  const shared = config.redis === undefined ? undefined : redis(config.redis, stats, log);
  const providers = issuers(config.jwt, {
    told: (issuer, problem) => {
      stats.issuer(issuer, problem === undefined);
      if (problem !== undefined) log.warn({ issuer, problem }, 'cannot read the keys of an issuer');
    },
  });
  const store = certificateStore(cluster, config.platformNamespace, config.certificateSecret);
  const issue = issuerFor(config.serverNames);
  const tls = await firstCertificate(store, issue, log);
  stats.certificateExpires(expiryOf(tls));
  const server = await startServer({
    port,
    healthPort,
    tls,
    hook: hook({ knowledge: known, issuers: providers, limiter: limiter(shared), takesKeys: config.keys }),
    metrics: stats,
    isReady: once(() => watching.synced() && known.isRead()),
  });
  const renewing = renew(store, issue, tls, log, (renewed) => {
    server.renew(renewed);
    stats.certificateExpires(expiryOf(renewed));
  });
  const counting = setInterval(() => stats.entries(known.access().entries.length), RETRY_MS).unref();
  const remarking = setInterval(() => {
    // Who has not read everything misses services that are there.
    if (!watching.synced()) return;
    const hasService = (namespace: string, name: string) => known.service(namespace, name) !== undefined;
    tellRemarks(remarksOf(known.access().entries, { now: Date.now(), hasService }));
  }, REMARKS_MS).unref();
  log.info({ port: server.port, healthPort: server.healthPort }, 'serving');
  return {
    stop: async () => {
      clearInterval(renewing);
      clearInterval(counting);
      clearInterval(remarking);
      await server.stop();
      await watching.stop();
      providers.close();
      shared?.close();
    },
  };
}

/** Whether something has been so at any time. */
function once(isSo: () => boolean): () => boolean {
  let was = false;
  return () => {
    was ||= isSo();
    return was;
  };
}

const redis = (url: string, stats: Metrics, log: Logger) => {
  stats.redis(false);
  return redisRates({
    url,
    username: process.env.REDIS_USERNAME,
    password: process.env.REDIS_PASSWORD,
    ca: process.env.REDIS_CA,
    changed: (up, why) => {
      stats.redis(up);
      if (up) log.info('limits are shared by Redis');
      else log.warn({ why }, 'Redis does not answer: each verifier counts by itself');
    },
  });
};

/** Says each problem once for as long as it lasts. */
function problemTeller(tell: (problem: Problem) => Promise<void>, log: Logger, what: string) {
  let before = new Set<string>();
  return (problems: readonly Problem[]) => {
    const textOf = ({ namespace, list, entry = '', sentence }: Problem) => [namespace, list, entry, sentence].join(' ');
    const fresh = problems.filter((problem) => !before.has(textOf(problem)));
    before = new Set(problems.map(textOf));
    for (const problem of fresh.slice(0, MAX_EVENTS)) {
      log.warn(problem, what);
      tell(problem).catch((error: Error) => log.warn({ error: error.name }, 'cannot write an Event'));
    }
    if (fresh.length > MAX_EVENTS) log.warn({ more: fresh.length - MAX_EVENTS }, what);
  };
}

/** Waits for as long as it takes: without a certificate that is trusted there is nothing to serve. */
async function firstCertificate(
  store: CertificateStore,
  issue: ReturnType<typeof issuerFor>,
  log: Logger,
): Promise<Pair> {
  for (;;) {
    try {
      const pair = await renewed(store, issue, undefined);
      if (pair !== undefined) return pair;
    } catch (error) {
      log.warn({ error: shortly(error) }, 'waiting for the Secret of the certificate');
    }
    await delay(RETRY_MS);
  }
}

/** What stands in the Secret in the end; undefined where somebody else has written meanwhile. */
async function renewed(store: CertificateStore, issue: ReturnType<typeof issuerFor>, serving: Pair | undefined) {
  const found = await store.read();
  const wanted: CertificateData = await nextData(found, serving, issue, Date.now());
  if (wanted !== found && !(await store.write(wanted))) return undefined;
  return servable(wanted, Date.now());
}

function renew(
  store: CertificateStore,
  issue: ReturnType<typeof issuerFor>,
  first: Pair,
  log: Logger,
  serve: (pair: Pair) => void,
): NodeJS.Timeout {
  let serving = first;
  const look = async () => {
    try {
      const pair = await renewed(store, issue, serving);
      if (pair === undefined || pair.cert === serving.cert) return;
      serving = pair;
      serve(pair);
      log.info('serving another certificate');
    } catch (error) {
      log.warn({ error: shortly(error) }, 'cannot look at the Secret of the certificate');
    }
  };
  return setInterval(look, CERTIFICATE_POLL_MS).unref();
}

/** A client's error quotes the whole answer of the API server, headers and all. */
const shortly = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: string };
  return code === undefined ? String(name) : String(code);
};

/** A second signal finds no listener any more and ends the process at once. */
function stopOnSignal(server: Pick<RunningServer, 'stop'>, log: Logger): void {
  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'shutting down');
    await server.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}

void main(process.argv.slice(2));
