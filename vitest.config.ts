import { defineConfig } from 'vitest/config';
import { Summary } from './.ci/summary.ts';

const HOUR = 3_600_000;

/** Scenarios share a control plane, and some of them stop parts of it. */
const ON_ONE_CONTROL_PLANE = {
  globalSetup: './e2e/scenarios/global-setup.ts',
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  test: {
    reporters: ['default', new Summary()],
    projects: [
      {
        test: {
          name: 'unit',
          // No test is about time, and some start processes: a busy machine is no failure.
          testTimeout: 30_000,
          include: ['{cli,functions,preview,apis,schemas,install,packages,tools,e2e,fuzz,verifier,why}/**/*.test.ts'],
        },
      },
      { test: { name: 'e2e', include: ['e2e/scenarios/**/*.e2e.ts'], ...ON_ONE_CONTROL_PLANE } },
      {
        test: {
          name: 'e2e-scale',
          include: ['e2e/scenarios/**/*.scale.ts'],
          ...ON_ONE_CONTROL_PLANE,
          testTimeout: 2 * HOUR,
          hookTimeout: 4 * HOUR,
          // Who waits for an hour wants to see what happens.
          disableConsoleIntercept: true,
        },
      },
    ],
  },
});
