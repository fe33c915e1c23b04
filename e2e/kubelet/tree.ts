import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly isFile?: boolean;
  readonly isReadOnly?: boolean;
}

/** What an image is to a container: a file tree that nobody writes to, and how to start what is in it. */
export interface Image {
  readonly id: string;
  readonly root: string;
  /** What of the machine is seen in the tree. */
  readonly mounts?: readonly Mount[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly user: number;
  /** A static binary in an otherwise empty tree needs the machine's certificates and names. */
  readonly isProgram: boolean;
}

export const linkTree = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  await run('cp', ['-alf', `${from}/.`, to]);
};

const making = new Map<string, Promise<void>>();

/** Makes a folder in full or not at all, once however many ask for it. */
export function once(dir: string, make: (partial: string) => Promise<void>): Promise<void> {
  const made = making.get(dir) ?? makeOnce(dir, make);
  making.set(dir, made);
  return made;
}

async function makeOnce(dir: string, make: (partial: string) => Promise<void>): Promise<void> {
  if (
    await access(dir).then(
      () => true,
      () => false,
    )
  )
    return;
  await mkdir(join(dir, '..'), { recursive: true });
  const partial = await mkdtemp(`${dir}.partial-`);
  try {
    await make(partial);
    // A temporary folder is its owner's alone, and an image is read by whatever user it runs as.
    await run('chmod', ['755', partial]);
    await rename(partial, dir);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
