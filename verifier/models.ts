import { type Access, isExpired, opens } from './access.ts';
import { type Answer, refusalAnswer } from './answers.ts';
import { entriesOf, type Identity } from './decision.ts';

/** A ModelService as far as callers are concerned. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  readonly baseURL: string | undefined;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Of one caller. */
  readonly requestsPerMinute: number | undefined;
}

/** OpenAI's list of models: those that a caller may use and that can be served now, each with its base URL. */
export function modelsAnswer(access: Access, services: Iterable<Service>, identity: Identity, now: number): Answer {
  const entries = entriesOf(access, identity).filter((entry) => !isExpired(entry, now));
  if (entries.length === 0)
    return refusalAnswer({ status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided.' });
  const all = { services: new Set(entries.flatMap((entry) => [...entry.services])) };
  const data = [...services]
    .filter((service) => service.ready && opens(all, service))
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    .map((service) => ({
      id: idOf(service),
      object: 'model',
      created: service.created,
      owned_by: service.namespace,
      ...(service.baseURL !== undefined && { base_url: service.baseURL }),
    }));
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: `${JSON.stringify({ object: 'list', data })}\n`,
  };
}

const idOf = ({ namespace, name }: Service): string => `${namespace}/${name}`;
