import { spawn } from 'node:child_process';
import { Problem } from './problem.ts';

export interface Build {
  readonly path: string;
  readonly cwd: string;
  readonly command: readonly string[];
  readonly product: string;
}

/** What flock exits with when another process holds the lock; no compiler or pip uses it. */
const BUSY = 75;

// In a shell of its own, so that a build outlives the death of who asked for it and still ends whole, or not at all.
const SCRIPT = `
path=$1 product=$2; shift 2
[ -x "$path" ] && exit 0
rm -rf "$path.partial" && mkdir "$path.partial" && "$@" && mv "$path.partial/$product" "$path"
status=$?
rm -rf "$path.partial"
exit $status`;

/** Runs a build while holding the kernel's lock on its cache entry, which no crash can leave behind. */
export async function runLocked(
  build: Build,
  report: (text: string) => void,
  log: (text: string) => unknown,
): Promise<{ status: number; stderr: string }> {
  const first = await flock(['--nonblock', '--conflict-exit-code', String(BUSY)], build, report, log);
  if (first.status !== BUSY) return first;
  report('waiting for another process that is building it\n');
  return flock([], build, report, log);
}

function flock(
  flags: readonly string[],
  { path, cwd, command, product }: Build,
  report: (text: string) => void,
  log: (text: string) => unknown,
): Promise<{ status: number; stderr: string }> {
  const args = [...flags, `${path}.lock`, 'sh', '-c', SCRIPT, 'sh', path, product, ...command];
  return new Promise((resolve, reject) => {
    const child = spawn('flock', args, { cwd, stdio: ['ignore', 'inherit', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-64_000);
      log(text);
      report(text);
    });
    child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Problem(code === 'ENOENT' ? 'flock is not on the PATH: install util-linux.' : message)),
    );
    child.once('close', (status, signal) =>
      resolve({ status: status ?? 1, stderr: signal ? `${stderr}\nended by ${signal}` : stderr }),
    );
  });
}
