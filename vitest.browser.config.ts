import { defineConfig } from 'vitest/config'

// Journeys through the built dashboard in a real browser: `npm run test:browser`. Apart from the other tests, because a
// machine without a browser must still be able to run those.
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: ['tests/harness/web.ts', 'tests/harness/server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One browser at a time: two of them would only wait for each other.
    maxWorkers: 1,
  },
})
