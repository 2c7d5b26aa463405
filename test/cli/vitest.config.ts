import { defineConfig } from 'vitest/config'
import { starting } from '../elsewhere.js'

export default defineConfig({
  test: {
    include: starting,
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
    maxWorkers: '100%',
  },
})
