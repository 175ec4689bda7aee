import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{src,connectors,simulators,tests}/**/*.test.ts'],
    exclude: ['tests/browser/**', '**/node_modules/**'],
    globalSetup: ['tests/harness/server.ts'],
    // A real database answers in milliseconds, but two cores are shared by everything that a test starts.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
  },
})
