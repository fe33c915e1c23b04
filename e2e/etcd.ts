/** Where the control plane's etcd answers, from inside its namespaces. */
const ETCD = 'http://127.0.0.1:2379';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(`${ETCD}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Every key that the API server keeps an object under. */
export async function keys(): Promise<string[]> {
  const range = { key: base64('/registry/'), range_end: base64('/registry0'), keys_only: true };
  const { kvs = [] } = await post<{ kvs?: readonly { key: string }[] }>('range', range);
  return kvs.map(({ key }) => Buffer.from(key, 'base64').toString());
}

/** Takes objects away without asking anybody: no finalizer holds them, and nobody is told to clean up. */
export async function lose(lost: readonly string[]): Promise<void> {
  for (const key of lost) await post('deleterange', { key: base64(key) });
}
