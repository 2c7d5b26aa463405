import { configDefaults, defineConfig } from 'vitest/config'
import { leftOut, long } from '../elsewhere.js'

export default defineConfig({
  test: {
    include: long,
    exclude: [...configDefaults.exclude, ...leftOut],
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
    maxWorkers: '100%',
  },
})
