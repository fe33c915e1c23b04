import { CALLER_HEADER, FAIRNESS_HEADERS, TENANT_HEADER } from '#shared/headers.ts';
import { type Answer, type Refusal, refusalAnswer } from './answers.ts';
import { type Credential, credentialOf, valuesOf } from './credentials.ts';
import { decide, type Identity } from './decision.ts';
import type { Issuers } from './issuers.ts';
import type { Knowledge } from './knowledge.ts';
import type { Limiter } from './limiter.ts';
import { modelsAnswer } from './models.ts';
import { targetOf } from './target.ts';

/** What Traefik asks with, as the headers came: name, value, name, value. */
interface Asked {
  readonly rawHeaders: readonly string[];
}

export interface HookOptions {
  readonly knowledge: Knowledge;
  readonly issuers: Issuers;
  readonly limiter: Limiter;
  /** Without it tokens alone are taken, whatever hashes access lists have. */
  readonly takesKeys?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface Hook {
  /** Whether a request may go on, and as whose. */
  authorize(asked: Asked): Promise<Answer>;
  /** The list of models, of whoever asks. */
  models(asked: Asked): Promise<Answer>;
}

export function hook({ knowledge, issuers, limiter, takesKeys = true, now = Date.now }: HookOptions): Hook {
  const limits = {
    requestsPerMinuteOf: (namespace: string, name: string) => knowledge.service(namespace, name)?.requestsPerMinute,
  };
  const identify = async (rawHeaders: readonly string[]): Promise<Identity | Refusal> => {
    const credential = credentialOf(rawHeaders);
    if (credential.kind === 'token') return verified(credential.token, issuers);
    return credential.kind === 'key' && !takesKeys ? NO_KEYS : identityOf(credential);
  };
  return {
    authorize: async ({ rawHeaders }) => {
      const identity = await identify(rawHeaders);
      if ('status' in identity) return refusalAnswer(identity);
      const target = targetOf(onlyHeader(rawHeaders, 'x-forwarded-uri') ?? '');
      const decision = decide(knowledge.access(), limits, identity, target, now());
      if (!decision.ok) return refusalAnswer(decision.refusal);
      const wait = await limiter.admit(decision.buckets);
      if (wait > 0) return refusalAnswer(tooMany(wait));
      return {
        status: 200,
        headers: {
          [CALLER_HEADER]: decision.caller,
          ...Object.fromEntries(FAIRNESS_HEADERS.map((name) => [name, decision.caller])),
          // Also for a route that somebody wrote by hand, which would else pass a client's own on.
          ...(target.kind === 'service' && { [TENANT_HEADER]: target.namespace }),
          // The list of models is ours, and is told who asks by what he has shown: nobody else's word counts there.
          ...(target.kind === 'models' && shown(rawHeaders)),
        },
        body: '',
      };
    },
    models: async ({ rawHeaders }) => {
      const identity = await identify(rawHeaders);
      if ('status' in identity) return refusalAnswer(identity);
      return modelsAnswer(knowledge.access(), knowledge.services(), identity, now());
    },
  };
}

const NO_KEYS: Refusal = {
  status: 401,
  code: 'invalid_api_key',
  message: 'API keys are not taken here. Send a token of your identity provider.',
};

function identityOf(credential: Exclude<Credential, { kind: 'token' }>): Identity | Refusal {
  if (credential.kind === 'none') return { status: 401, code: 'invalid_api_key', message: credential.problem };
  return credential;
}

async function verified(token: string, issuers: Issuers): Promise<Identity | Refusal> {
  const result = await issuers.verify(token);
  if (result.ok) return result.identity;
  switch (result.reason) {
    case 'refused':
      return {
        status: 401,
        code: 'invalid_api_key',
        message: 'Incorrect token provided: nobody here trusts who issued it, or it is not for here.',
      };
    case 'expired':
      return { status: 401, code: 'invalid_api_key', message: 'Your token has expired.' };
    case 'unavailable':
      return UNAVAILABLE;
    default:
      return result.reason satisfies never;
  }
}

export const UNAVAILABLE: Refusal = {
  status: 503,
  code: 'unavailable',
  message: 'Who you are cannot be verified at the moment. Try again.',
  retryAfter: 1,
};

function tooMany(waitMs: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  const message = `Rate limit reached: too many requests in the last minute. Try again in ${retryAfter} s.`;
  return { status: 429, code: 'rate_limit_exceeded', message, retryAfter };
}

/** The value of a header that is there once. */
function onlyHeader(rawHeaders: readonly string[], name: string): string | undefined {
  const values = valuesOf(rawHeaders, name);
  return values.length === 1 ? values[0] : undefined;
}

const shown = (rawHeaders: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    ['authorization', 'x-api-key'].flatMap((name) => valuesOf(rawHeaders, name).map((value) => [name, value])),
  );
