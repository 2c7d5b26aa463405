import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/browser/*.test.ts'],
    globalSetup: ['reports/html/bundle.mjs'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Of a page that shares two cores with whatever else is tested; a second is the default.
    expect: { poll: { timeout: 20_000 } },
  },
})
