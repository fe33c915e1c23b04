import { type ChildProcess, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { launch, logFile } from '../../processes.ts';
import { optionsOf, simulatorArguments } from './arguments.ts';

const run = promisify(execFile);

/** A running simulator of vLLM's server, on a port of this machine. */
export interface Simulator {
  readonly port: number;
  readonly child: ChildProcess;
}

export type StartSimulator = (engine: { name: string; args: readonly string[] }) => Simulator;

/** Starts simulators, a process for each engine. `name` is the log's. */
export async function simulators(
  program: string,
  { logs, firstPort }: { logs: string; firstPort: number },
): Promise<StartSimulator> {
  const { stdout, stderr } = await run(program, ['--help']);
  const options = optionsOf(stdout + stderr);
  let next = firstPort;
  return ({ name, args }) => {
    // It listens on every address of the machine. No port is given out twice: an old one that is still called is nobody's.
    const port = next++;
    const own = [...simulatorArguments(args, options, port), '--v=1'];
    return { port, child: launch({ name, command: program, args: own }, logFile(logs, name)) };
  };
}
