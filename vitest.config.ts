import { defineConfig } from 'vitest/config';
import { Summary } from './.ci/summary.ts';

export default defineConfig({
  test: {
    reporters: ['default', new Summary()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{functions,preview,apis,schemas,install,packages}/**/*.test.ts'],
        },
      },
    ],
  },
});
