import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildTool } from '../../tools/build.ts';
import { ROOT } from '../instance.ts';
import { documented, typed } from './docs.ts';

/** As `npm run functions`, until the test is over. */
async function functions(): Promise<void> {
  const child = spawn(process.execPath, ['preview/serve.ts'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(async () => {
    child.kill();
    await once(child, 'exit');
  });
  for await (const line of createInterface(child.stdout)) if (line.startsWith('Ctrl-C')) return;
  throw new Error('the functions do not start');
}

test('Crossplane renders a deployment of a clone by the command of the page, with nothing built or published', async () => {
  const [crossplane, core] = await Promise.all([buildTool('crossplane'), buildTool('crossplane-core')]);
  await functions();
  const command = documented(
    'preview.md',
    'One composite, and the official engine',
    'crossplane composition render',
  ).trimEnd();
  const printed = await typed(`PATH=${dirname(crossplane)}:$PATH\n${command} --crossplane-binary=${core}`);
  const objects = parseAllDocuments(printed).map((document) => document.toJS());
  expect(objects[0]).toMatchObject({ kind: 'ModelDeployment', status: { available: '0/1' } });
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toContain('ModelService qwen');
});
