import { mkdir, readFile, readlink, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Installation } from './config.ts';
import { type Image, type Mount, once } from './tree.ts';

/** Folders of the machine without which no program starts that is not a static binary. */
const MACHINE = ['/bin', '/etc', '/lib', '/lib64', '/sbin', '/sys', '/usr'];

/** Where an installation is to the container: its virtual environment, and what else came with it. */
const TARGET = '/opt';

/**
 * What an image of a Python program would be, made of the machine's own folders and a virtual environment that was
 * installed beside them: no image of it can be had here.
 */
export async function installationImage(images: string, { folder }: Installation): Promise<Image> {
  const target = join(TARGET, basename(folder));
  const python = await pythonOf(folder);
  const links: [name: string, to: string][] = [];
  const mounts: Mount[] = [{ source: folder, target, isReadOnly: true }];
  for (const name of MACHINE) {
    // Where /bin is a link into /usr it is one in the tree as well.
    const to = await readlink(name).catch(() => undefined);
    if (to === undefined) mounts.push({ source: name, target: name, isReadOnly: true });
    else links.push([name, to]);
  }
  if (!MACHINE.some((name) => `${python}/`.startsWith(`${name}/`)))
    mounts.push({ source: python, target: python, isReadOnly: true });
  const root = join(images, basename(dirname(folder)));
  await once(root, async (dir) => {
    await mkdir(dir, { recursive: true });
    for (const [name, to] of links) await symlink(to, join(dir, name));
  });
  return {
    ...{ id: root, root, mounts, entrypoint: [], command: [], isProgram: false, user: 0 },
    env: [`PATH=${target}/venv/bin:/usr/local/bin:/usr/bin:/bin`, 'HOME=/root'],
    workingDir: target,
  };
}

/** The Python that a virtual environment is one of: the folder above the one that its `home` names. */
async function pythonOf(folder: string): Promise<string> {
  const file = join(folder, 'venv/pyvenv.cfg');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`there is no ${file}: npm run e2e -- ${basename(folder)} installs it`);
  });
  const home = /^home = (.+)$/m.exec(text)?.[1];
  if (home === undefined) throw new Error(`${file} does not say where Python is`);
  return dirname(home);
}
