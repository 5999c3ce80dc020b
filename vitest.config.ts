import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most of them wait most of the time.
    maxWorkers: 3,
    globalSetup: ['test/helpers/shared-memory-check.ts'],
    setupFiles: ['test/helpers/leak-check.ts'],
    // Times that are reached only by a deadlock; nothing waits for them otherwise.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    retry: 0,
  },
});
