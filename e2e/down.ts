import { runMain } from '../tools/problem.ts';
import { stopInstance } from './start.ts';

await runMain(async () => {
  console.log((await stopInstance()) ? 'The control plane has ended.' : 'No control plane was running.');
});
