import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['{functions,preview,apis,schemas,install,packages}/**/*.test.ts'] } },
    ],
  },
});
