import { createClient } from '@redis/client';
import type { Bucket } from './decision.ts';
import { WINDOW_MS } from './rates.ts';

/** Rates that all verifiers share. */
export interface SharedRates {
  /** Milliseconds until all of these may be taken, and 0 when they have been; undefined where Redis does not say so in time. */
  take(buckets: readonly Bucket[]): Promise<number | undefined>;
  readonly up: boolean;
  close(): void;
}

export interface RedisOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM, with rediss:. */
  readonly ca?: string | undefined;
  /** Milliseconds that a request waits for it. */
  readonly deadlineMs?: number;
  /** Told when Redis begins and ceases to answer, in words without credentials. */
  readonly changed?: (up: boolean, why: string) => void;
}

/** A request waits so long for Redis, and goes on without it then. */
const DEADLINE_MS = 50;

/** For so long nobody asks a Redis that has not answered, so that it costs one request in a while its deadline. */
const PAUSE_MS = 1_000;

/**
 * The window that slides, as a sorted set of times for each key. All keys are looked at before any is taken, by Redis'
 * own clock, because verifiers' clocks differ. Times are in microseconds; what a request adds has a name of its own.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[1])
local wait = 0
for i, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[i + 2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
  local count = redis.call('ZCARD', key)
  if count >= limit then
    local blocking = redis.call('ZRANGE', key, count - limit, count - limit, 'WITHSCORES')
    wait = math.max(wait, tonumber(blocking[2]) + window - now)
  end
end
if wait > 0 then return math.ceil(wait / 1000) end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, string.format('%.0f', now), ARGV[2])
  redis.call('PEXPIRE', key, math.ceil(window / 1000))
end
return 0`;

export function redisRates(options: RedisOptions): SharedRates {
  const { url, username, password, ca, deadlineMs = DEADLINE_MS, changed = () => {} } = options;
  const me = crypto.randomUUID();
  let taken = 0;
  let pausedUntil = 0;
  // Neither, so that the first word is told whatever it is.
  let up: boolean | undefined;
  const say = (isUp: boolean, why: string) => {
    if (isUp === up) return;
    up = isUp;
    changed(isUp, why);
  };
  const client = createClient({
    url,
    ...(username && { username }),
    ...(password && { password }),
    // Without a connection a command fails at once, rather than wait for one.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: 1_000,
    socket: {
      connectTimeout: 1_000,
      // A connection that says nothing, not even to a ping, is given up.
      socketTimeout: 5_000,
      reconnectStrategy: (retries: number) => Math.min(100 * 2 ** retries, 2_000),
      ...(ca !== undefined && { tls: true as const, ca }),
    },
  });
  // Its words may quote an address with a password in it; the code says enough.
  client.on('error', (error: NodeJS.ErrnoException) => say(false, error.code ?? error.name));
  client.connect().catch((error: NodeJS.ErrnoException) => say(false, error.code ?? error.name));
  return {
    take: async (buckets) => {
      if (!client.isReady || performance.now() < pausedUntil) return undefined;
      const keys = buckets.map(({ key }) => `modelplane:rate:${key}`);
      const args = [WINDOW_MS * 1000, `${me}-${taken++}`, ...buckets.map(({ limit }) => limit)].map(String);
      const answer = await within(client.eval(SCRIPT, { keys, arguments: args }), deadlineMs);
      if (typeof answer === 'number') {
        say(true, 'it answers');
        return answer;
      }
      pausedUntil = performance.now() + PAUSE_MS;
      say(false, answer);
      return undefined;
    },
    get up() {
      return up === true;
    },
    close: () => client.destroy(),
  };
}

/** What Redis answers, or why it did not. */
async function within(call: Promise<unknown>, deadlineMs: number): Promise<number | string> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, `no answer within ${deadlineMs} ms`);
  });
  const answer = call.then(
    (value) => (typeof value === 'number' ? value : 'an answer of another type'),
    (error: Error) => error.name,
  );
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
