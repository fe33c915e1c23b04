import { execFile } from 'node:child_process';
import { type ParseArgsOptionsConfig, parseArgs, promisify } from 'node:util';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { Problem, runMain } from '../tools/problem.ts';
import { type ConfigMap, type ListStore, listKeys, makeKey, newKey, revokeKey } from './key.ts';

const HELP = `Keys of callers, in access lists of the cluster that kubectl speaks to.

  npm run key -- new CALLER --service NAME [--service NAME]    a key, printed once, and its hash in the list
  npm run key -- list                                          who may call
  npm run key -- revoke CALLER [--hash DIGITS]                 shut out, or one key of several

  -n, --namespace NAMESPACE    of the services (default: kubectl's own)
  --list NAME                  the ConfigMap (default callers)
  --service NAME               what it opens; all of the namespace without it
  --expires TIME               such as 2027-12-31T00:00:00Z
  --requests-per-minute N
  --dry-run                    with new: print the entry and write nothing
`;

const OPTIONS = {
  namespace: { type: 'string', short: 'n' },
  list: { type: 'string', default: 'callers' },
  service: { type: 'string', multiple: true, default: ['*'] },
  expires: { type: 'string' },
  'requests-per-minute': { type: 'string' },
  hash: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} satisfies ParseArgsOptionsConfig;

const execute = promisify(execFile);

/** By kubectl, so that who somebody is and where are what they are for everything else. */
async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const running = execute('kubectl', [...args], { maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: unknown };
    throw new Problem(code === 'ENOENT' ? 'kubectl is not on the PATH: install it.' : stderr.trim());
  }
}

const store: ListStore = {
  get: async (namespace, name) => {
    const text = await kubectl(['get', 'configmap', name, '-n', namespace, '--ignore-not-found', '-o', 'json']);
    return text.trim() === '' ? undefined : (JSON.parse(text) as ConfigMap);
  },
  list: async (namespace) => {
    const text = await kubectl(['get', 'configmap', '-n', namespace, '-l', 'modelplane.ai/access', '-o', 'json']);
    return (JSON.parse(text) as { items: ConfigMap[] }).items;
  },
  // With the version that was read, so that of two who write at once one is told.
  apply: async (list) => void (await kubectl([isThere(list) ? 'replace' : 'create', '-f', '-'], JSON.stringify(list))),
};

const isThere = ({ metadata }: ConfigMap): boolean => 'resourceVersion' in metadata;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [command, caller, ...more] = positionals;
  if (values.help || command === undefined) return console.log(HELP);
  const namespace = values.namespace ?? (await currentNamespace());
  const list = values.list;
  if (command === 'list' && caller === undefined) return printList(namespace);
  if (caller === undefined || more.length > 0 || !['new', 'revoke'].includes(command))
    throw new Problem('say new CALLER, list or revoke CALLER; --help has the rest.');
  if (command === 'revoke') return revoke(namespace, list, caller, values.hash);
  const perMinute = values['requests-per-minute'];
  const wish = {
    namespace,
    list,
    caller,
    services: values.service,
    expires: values.expires,
    requestsPerMinute: perMinute === undefined ? undefined : Number(perMinute),
  };
  const { key, entry } = values['dry-run'] ? makeKey(wish) : await asProblem(newKey(store, wish, PLATFORM_NAMESPACE));
  console.log(`${key}\n\nIt is shown this once. Its entry in ConfigMap ${namespace}/${list}, which holds its hash:\n`);
  console.log(`  ${caller}: '${JSON.stringify(entry)}'`);
}

async function printList(namespace: string): Promise<void> {
  for (const { list, caller, hashes, services, expires, problem } of await listKeys(
    store,
    namespace,
    PLATFORM_NAMESPACE,
  )) {
    const said =
      problem === undefined
        ? `${services.join(', ')}${expires === undefined ? '' : `, until ${expires}`}`
        : `lets nobody in: ${problem}`;
    console.log(`${list}  ${caller}  ${hashes.join(' ') || '-'}  ${said}`);
  }
}

async function revoke(namespace: string, list: string, caller: string, hash: string | undefined): Promise<void> {
  await asProblem(revokeKey(store, { namespace, list, caller, hash }));
  console.log(`${caller} is revoked${hash === undefined ? '' : ` by the key ${hash}`}.`);
}

const asProblem = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: Error) => {
    throw error instanceof Problem ? error : new Problem(error.message);
  });

async function currentNamespace(): Promise<string> {
  const name = await kubectl(['config', 'view', '--minify', '-o', 'jsonpath={..namespace}']);
  return name.trim() || 'default';
}

if (import.meta.main) await runMain(main);
