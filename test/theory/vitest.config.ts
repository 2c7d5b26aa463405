import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/theory/{exact,capacity}.test.ts', 'test/bench/scenarios.test.ts'],
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
  },
})
