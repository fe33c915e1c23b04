import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pullImage } from './image.ts';

/** A kubelet's configuration with one installation, whose virtual environment is of the Python in that folder. */
async function withInstallation(home: string | undefined) {
  const dir = await mkdtemp(join(tmpdir(), 'installation-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const folder = join(dir, 'vllm-00', 'vllm');
  await mkdir(join(folder, 'venv'), { recursive: true });
  if (home) await writeFile(join(folder, 'venv/pyvenv.cfg'), `home = ${home}\nversion = 3.12.1\n`);
  const none = { kubeconfig: '', dir, logs: '', nodeName: '', hostsFile: '', trustFile: '', registry: 'none' };
  const config = {
    ...none,
    images: join(dir, 'images'),
    apiserver: { host: '', port: 0 },
    programs: { 'vllm/vllm-openai': { folder, tag: 'v1.2.3' } },
    firstPod: 1,
  };
  return { folder, pull: (tag = 'v1.2.3') => pullImage(config, `docker.io/vllm/vllm-openai:${tag}`) };
}

test('an installation is seen with its Python and the folders of the machine, none of which can be written to', async () => {
  const { folder, pull } = await withInstallation('/home/me/python/bin');
  const { mounts = [], env, workingDir } = await pull();
  expect(mounts.every(({ isReadOnly }) => isReadOnly)).toBe(true);
  expect(mounts.map(({ source, target }) => `${source} ${target}`)).toEqual(
    expect.arrayContaining([`${folder} /opt/vllm`, '/usr /usr', '/etc /etc', '/home/me/python /home/me/python']),
  );
  expect({ workingDir, path: env[0] }).toEqual({
    workingDir: '/opt/vllm',
    path: 'PATH=/opt/vllm/venv/bin:/usr/local/bin:/usr/bin:/bin',
  });
});

test("the machine's own Python comes with the machine's folders", async () => {
  const { pull } = await withInstallation('/usr/bin');
  expect((await pull()).mounts?.filter(({ source }) => source.startsWith('/usr'))).toHaveLength(1);
});

test('one that is not there says how it comes there, and another release that there is none', async () => {
  const { pull } = await withInstallation(undefined);
  await expect(pull()).rejects.toThrow('pyvenv.cfg: npm run e2e -- vllm installs it');
  await expect(pull('v1.2.4')).rejects.toThrow('vllm/vllm-openai:v1.2.4 cannot be had here: there is v1.2.3');
});
