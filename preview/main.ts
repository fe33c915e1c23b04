import { join } from 'node:path';
import { runAsProcess } from '../cli/process.ts';

// npm runs a script in the folder of its package, and says from where it was called.
const { INIT_CWD } = process.env;
if (INIT_CWD !== undefined && process.cwd() === join(import.meta.dirname, '..')) process.chdir(INIT_CWD);

await runAsProcess(['preview', ...process.argv.slice(2)]);
