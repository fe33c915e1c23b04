import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { isThere, openaiFolder } from '../../../tools/openai.ts';
import { test } from '../testing.ts';
import { frontDoor } from '../world.ts';
import { keyOf, withCallers } from './door.ts';

const run = promisify(execFile);

const folder = await openaiFolder();

const PYTHON = `
import json, sys, openai
url, key, model = sys.argv[1:]
client = openai.OpenAI(base_url=url, api_key=key or "none", max_retries=0)
headers = {} if key else {"Authorization": openai.Omit()}
try:
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hello"}], extra_headers=headers)
    print(json.dumps({"answered": True}))
except openai.APIStatusError as error:
    print(json.dumps({"error": type(error).__name__, "status": error.status_code, "code": error.code}))
`;

const NODE = `
import OpenAI from 'openai';
const [url, key, model] = process.argv.slice(1);
const client = new OpenAI({ baseURL: url, apiKey: key || 'none', maxRetries: 0 });
const headers = key ? {} : { Authorization: null };
try {
  await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] }, { headers });
  console.log(JSON.stringify({ answered: true }));
} catch (error) {
  console.log(JSON.stringify({ error: error.constructor.name, status: error.status, code: error.code }));
}
`;

type Client = (url: string, key: string) => Promise<unknown>;

const python: Client = (url, key) => said(join(folder, 'venv/bin/python'), ['-c', PYTHON, url, key, 'mock']);

const node: Client = (url, key) =>
  said(process.execPath, ['--input-type=module', '--eval', NODE, '--', url, key, 'mock']);

async function said(program: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(program, [...args], { cwd: folder });
  return JSON.parse(stdout);
}

const CLIENTS = [
  { name: 'for Python', client: python },
  { name: 'for Node', client: node },
];

const missing = process.env.E2E_NO_OPENAI ?? ((await isThere(folder)) ? undefined : 'they are not installed');

/** OpenAI's own clients: what they raise is what people read. */
export const openAIClients = () =>
  describe("OpenAI's client", () => {
    test.for(CLIENTS)('$name raises what it raises at OpenAI', async ({ client }, { namespace, skip }) => {
      skip(missing !== undefined, missing);
      const { qwen, secret } = await withCallers(namespace);
      const door = await frontDoor();
      const alice = keyOf(`${namespace}-alice`);
      expect({
        good: await client(`${door}${qwen}/v1`, alice),
        elsewhere: await client(`${door}${secret}/v1`, alice),
        wrong: await client(`${door}${qwen}/v1`, keyOf('wrong')),
        none: await client(`${door}${qwen}/v1`, ''),
      }).toEqual({
        good: { answered: true },
        elsewhere: { error: 'PermissionDeniedError', status: 403, code: 'permission_denied' },
        wrong: { error: 'AuthenticationError', status: 401, code: 'invalid_api_key' },
        none: { error: 'AuthenticationError', status: 401, code: 'invalid_api_key' },
      });
    });
  });
