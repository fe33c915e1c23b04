import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';

/** What the API server said no with, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, such as `/api/v1/pods?limit=1`. */
  readonly path: string;
  readonly body?: object;
  /** Of the body: JSON unless it is a patch. */
  readonly contentType?: string;
}

/**
 * One request to the API server, as the kubeconfig's user. The client's own typed calls are not used because they
 * rename and drop fields: a CRD loses its `x-kubernetes-validations` on the way.
 */
export const call = async <T>(config: KubeConfig, request: Call): Promise<T> =>
  JSON.parse(await textOf(config, request));

/** The same for what is not JSON, such as the API server's own metrics. */
export async function textOf(config: KubeConfig, { method, path, body, contentType }: Call): Promise<string> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const content = body && JSON.stringify(body);
  const headers = {
    ...options.headers,
    accept: 'application/json',
    // Node would send the body of a DELETE without a length, and the API server would not read it.
    ...(content && {
      'content-type': contentType ?? 'application/json',
      'content-length': String(Buffer.byteLength(content)),
    }),
  };
  const url = `${config.getCurrentCluster()?.server}${path}`;
  return new Promise((resolve, reject) => {
    const req = request(url, { ...(options as object), method, headers }, async (res) => {
      try {
        resolve(answer(res.statusCode ?? 0, await text(res)));
      } catch (error) {
        reject(error);
      }
    });
    req.once('error', reject);
    req.end(content);
  });
}

function answer(code: number, body: string): string {
  if (code < 300) return body;
  throw new ApiError(code, messageOf(body));
}

/** Nearly always a Status; of a proxy on the way it may be anything. */
function messageOf(body: string): string {
  try {
    return JSON.parse(body).message ?? body;
  } catch {
    return body;
  }
}
