/** An error as OpenAI's API answers it, so that its clients raise what they raise there. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 429 | 503;
  /** OpenAI's `code`, and the label of a metric. */
  readonly code: 'invalid_api_key' | 'permission_denied' | 'not_found' | 'rate_limit_exceeded' | 'unavailable';
  readonly message: string;
  /** Seconds, with 429 and 503. */
  readonly retryAfter?: number;
}

const TYPES: Readonly<Record<Refusal['status'], string>> = {
  401: 'invalid_request_error',
  403: 'invalid_request_error',
  404: 'invalid_request_error',
  429: 'requests',
  503: 'server_error',
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function refusalAnswer({ status, code, message, retryAfter }: Refusal): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
    body: `${JSON.stringify({ error: { message, type: TYPES[status], param: null, code } })}\n`,
  };
}
