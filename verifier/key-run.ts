import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import type { Output } from '../cli/output.ts';
import { Problem } from '../tools/problem.ts';
import { type ConfigMap, type ListStore, listKeys, type Made, makeKey, newKey, revokeKey } from './key.ts';
import type { KeyArgs } from './key-args.ts';

const execute = promisify(execFile);

/** By kubectl, so that who somebody is and where are what they are for everything else. */
async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const running = execute('kubectl', [...args], { maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: unknown };
    throw new Problem(
      code === 'ENOENT'
        ? 'kubectl is not on the PATH: install it.'
        : `kubectl: ${stderr.trim().replace(/^error: /, '')}`,
    );
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

/** Runs `key` and answers with its exit code: 1 where it could not be done. */
export async function runKey(args: KeyArgs, { stdout, stderr }: Output): Promise<number> {
  try {
    stdout.write(await done(args));
    return 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Does what was asked for, and tells what there is to tell. */
async function done(args: KeyArgs): Promise<string> {
  // What is written nowhere needs no cluster.
  if (args.command === 'new' && args.dryRun) return told(args.caller, makeKey(args), 'for an access list');
  const namespace = args.namespace ?? (await currentNamespace());
  switch (args.command) {
    case 'new': {
      const made = await asProblem(newKey(store, { ...args, namespace }, PLATFORM_NAMESPACE));
      return told(args.caller, made, `in ConfigMap ${namespace}/${args.list}`);
    }
    case 'list':
      return listed(namespace);
    case 'revoke':
      await asProblem(revokeKey(store, { ...args, namespace, hash: args.hash }));
      return `${args.caller} is revoked${args.hash === undefined ? '' : ` by the key ${args.hash}`}.\n`;
    default:
      return args satisfies never;
  }
}

const told = (caller: string, { key, entry }: Made, place: string): string =>
  `${key}\n\nIt is shown this once. Its entry ${place}, which holds its hash:\n\n  ${caller}: '${JSON.stringify(entry)}'\n`;

async function listed(namespace: string): Promise<string> {
  const keys = await listKeys(store, namespace, PLATFORM_NAMESPACE);
  return keys
    .map(({ list, caller, hashes, services, expires, problem }) => {
      const said =
        problem === undefined
          ? `${services.join(', ')}${expires === undefined ? '' : `, until ${expires}`}`
          : `lets nobody in: ${problem}`;
      return `${list}  ${caller}  ${hashes.join(' ') || '-'}  ${said}\n`;
    })
    .join('');
}

const asProblem = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: Error) => {
    throw error instanceof Problem ? error : new Problem(error.message);
  });

async function currentNamespace(): Promise<string> {
  // Where there is none, this says so in words, and the next one does not.
  await kubectl(['config', 'current-context']);
  const name = await kubectl(['config', 'view', '--minify', '-o', 'jsonpath={..namespace}']);
  return name.trim() || 'default';
}
