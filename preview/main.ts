import { run } from './cli.ts';

// Whoever reads may have seen enough, as in `npm run preview -- … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), process);
