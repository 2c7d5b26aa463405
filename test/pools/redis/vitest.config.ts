import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/pools/redis/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // Each file has a server of its own, and mostly waits.
    maxWorkers: 2,
  },
})
