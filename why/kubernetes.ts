import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { type ClusterObject, isRecord } from '../preview/objects.ts';
import { Problem } from '../tools/problem.ts';
import type { Outcome, Read } from './read.ts';
import type { Scope } from './view.ts';

/** Who asks, and where. */
export interface Connection {
  readonly config: KubeConfig;
  /** Of the current context. */
  readonly namespace: string;
}

/** By the kubeconfig that kubectl would take, or another one, and its current context, or another one. */
export function connectionOf({
  kubeconfig,
  context,
}: {
  readonly kubeconfig?: string;
  readonly context?: string;
}): Connection {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new Problem(
      `cannot read the kubeconfig${kubeconfig === undefined ? '' : ` ${kubeconfig}`}: ${(error as Error).message}`,
    );
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null)
      throw new Problem(`the kubeconfig has no context ${context}: kubectl config get-contexts`);
    config.setCurrentContext(context);
  }
  const { server } = config.getCurrentCluster() ?? {};
  // What the client takes where there is nothing at all.
  if (server === undefined || server === 'http://localhost:8080')
    throw new Problem('there is no kubeconfig with a current context: set KUBECONFIG, or give --kubeconfig');
  return { config, namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default' };
}

/** An API server that says nothing for so long is not there (milliseconds). */
const TIMEOUT_MS = 15_000;

/**
 * Reads by that connection. The client's typed calls are not used: they bring code for every kind there is, and drop
 * fields that they do not know.
 */
export const readerOf =
  ({ config }: Connection): Read =>
  async (scope) => {
    const { code, body } = await get(config, pathOf(scope));
    const answer = parsed(body);
    if (code === 401)
      throw new Problem('the API server does not know who you are: the credentials of the kubeconfig are refused');
    // Of a list it is that there is no such kind, and so nothing of it.
    if (code === 404) return { ok: true, objects: [] };
    if (code >= 300) return refusal(code, answer);
    const { apiVersion, kind } = scope;
    const items = scope.name === undefined ? answer.items : [answer];
    if (!Array.isArray(items)) return { ok: false, why: 'Failed', message: 'the answer is no list of objects' };
    // Items of a list leave out what the list says of all of them.
    return { ok: true, objects: items.map((item) => ({ ...item, apiVersion, kind }) as ClusterObject) };
  };

function refusal(code: number, { message }: Record<string, unknown>): Outcome {
  const said = typeof message === 'string' ? message : `it answers ${code}`;
  return { ok: false, why: code === 403 ? 'Forbidden' : 'Failed', message: said };
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    // Not an API server's, but of something on the way; the code says what there is to say.
    return {};
  }
}

/** The resource of a kind is guessed as kubectl does it (meta.UnsafeGuessKindToResource). */
function pathOf({ apiVersion, kind, namespace, name, having }: Scope): string {
  const plural = /(s|x|ch|sh)$/i.test(kind)
    ? `${kind}es`
    : /[^aeiou]y$/i.test(kind)
      ? `${kind.slice(0, -1)}ies`
      : `${kind}s`;
  const elements = [
    apiVersion.includes('/') ? 'apis' : 'api',
    ...apiVersion.split('/'),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    plural.toLowerCase(),
    ...(name === undefined ? [] : [name]),
  ];
  const query = having === undefined ? '' : `?labelSelector=${encodeURIComponent(having)}`;
  return `/${elements.map(encodeURIComponent).join('/')}${query}`;
}

/** They may come of a program that the kubeconfig names. */
async function credentialsOf(config: KubeConfig) {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  try {
    await config.applyToHTTPSOptions(options);
    return options;
  } catch (error) {
    throw new Problem(`cannot use the credentials of the kubeconfig: ${(error as Error).message}`);
  }
}

async function get(config: KubeConfig, path: string): Promise<{ readonly code: number; readonly body: string }> {
  const server = config.getCurrentCluster()?.server ?? '';
  const url = `${server.replace(/\/+$/, '')}${path}`;
  const options = await credentialsOf(config);
  const request = url.startsWith('http:') ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new Problem(`cannot reach the API server at ${server}: ${error.message}`));
    const headers = { ...options.headers, accept: 'application/json' };
    const req = request(url, { ...(options as object), method: 'GET', headers, timeout: TIMEOUT_MS }, (res) => {
      text(res).then((body) => resolve({ code: res.statusCode ?? 0, body }), fail);
    });
    req.once('timeout', () => req.destroy(new Error(`it says nothing for ${TIMEOUT_MS / 1000} s`)));
    req.once('error', fail);
    req.end();
  });
}
