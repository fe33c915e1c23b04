import { join } from 'node:path';
import { run } from './cli.ts';

// Whoever reads may have seen enough, as in `npm run preview -- … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// npm runs a script in the folder of its package, and says from where it was called.
const { INIT_CWD } = process.env;
if (INIT_CWD !== undefined && process.cwd() === join(import.meta.dirname, '..')) process.chdir(INIT_CWD);

process.exitCode = await run(process.argv.slice(2), process);
