import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prune } from '../tools/cache.ts';
import { installOpenAI } from '../tools/openai.ts';
import { Problem, runMain } from '../tools/problem.ts';
import { type Report, runSteps } from '../tools/progress.ts';
import { installRedis } from '../tools/redis.ts';
import { installVllm } from '../tools/vllm.ts';
import { evidenceDir, type Instance, logsDir, ROOT } from './instance.ts';
import { KEDA_VARIABLE, kedaKit } from './keda-kit.ts';
import { nsenterArguments } from './netns.ts';
import { currentInstance, startSteps, stopInstance } from './start.ts';

/**
 * Runs scenarios inside the control plane's namespaces: on the one of `npm run up`, if it is made from what is here now,
 * and else on one of its own, which ends with them. All arguments are Vitest's.
 */
async function main(): Promise<void> {
  // Vitest hears Ctrl-C too; this process has to see to the rest.
  process.on('SIGINT', () => {});
  await prune(evidenceDir());
  const args = process.argv.slice(2);
  // From inside there is no network to fetch it by.
  if (args.some((arg) => arg.includes('scale-out'))) await withKeda();
  if (args.some((arg) => arg.includes('vllm'))) await withInstalled({ vLLM: ['E2E_NO_VLLM', installVllm] });
  if (args.some((arg) => arg.includes('callers')))
    await withInstalled({
      "OpenAI's clients": ['E2E_NO_OPENAI', installOpenAI],
      Redis: ['E2E_NO_REDIS', installRedis],
    });
  const running = await currentInstance();
  if (running) console.log('On the control plane of npm run up.');
  const instance = running ?? (await start());
  const evidence = join(evidenceDir(), new Date().toISOString().replaceAll(/[:.]/g, '-'));
  try {
    process.exitCode = await vitest(instance, evidence, args);
  } finally {
    if (!running) await stopInstance();
    // A run that went well ends with Vitest's own last line.
    if (process.exitCode !== 0) console.log(`Logs: ${logsDir()}`);
  }
}

/** What scenarios need of the outside world, by the variable that says why it cannot be had: they are skipped then. */
async function withInstalled(needed: Readonly<Record<string, readonly [string, (report: Report) => Promise<void>]>>) {
  for (const [title, [variable, install]] of Object.entries(needed))
    await runSteps([{ title, run: install }]).catch((error) => {
      if (!(error instanceof Problem)) throw error;
      process.env[variable] = error.message;
    });
}

/** For its own scenarios alone: it takes longer to build than all the others. */
async function withKeda(): Promise<void> {
  await runSteps([
    {
      title: 'KEDA',
      run: async (report) => {
        process.env[KEDA_VARIABLE] = JSON.stringify(await kedaKit(report));
      },
    },
  ]);
}

/** It ends with this process, however this process ends. */
async function start(): Promise<Instance> {
  const { steps, result } = startSteps('scenarios');
  await runSteps(steps);
  return result().instance;
}

function vitest(
  { daemon, unshared, kubeconfig, sockets }: Instance,
  evidence: string,
  args: readonly string[],
): Promise<number> {
  const inside = nsenterArguments(daemon.pid, unshared);
  const command = [
    process.execPath,
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--no-file-parallelism',
    ...args,
  ];
  const env = { ...process.env, E2E_KUBECONFIG: kubeconfig, E2E_SOCKETS: sockets, E2E_EVIDENCE: evidence };
  const child = spawn('nsenter', [...inside, 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', ROOT, ...command], {
    stdio: 'inherit',
    env,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

await runMain(main);
