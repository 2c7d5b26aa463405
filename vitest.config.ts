import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a browser: npm run test:browser.
    exclude: ['test/browser/**'],
    // The chart script that a report carries.
    globalSetup: ['reports/html/bundle.mjs'],
    testTimeout: 120_000,
  },
})
