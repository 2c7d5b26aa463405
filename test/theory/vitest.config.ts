import { defineConfig } from 'vitest/config'
import { long } from '../elsewhere.js'

export default defineConfig({
  test: {
    include: long,
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
    maxWorkers: '100%',
  },
})
