import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a browser (npm run test:browser) or a redis-server (npm run test:queue).
    exclude: ['test/browser/**', 'test/pools/redis/**'],
    // The chart script that a report carries, and the command line as it is installed.
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
  },
})
