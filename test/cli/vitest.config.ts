import { configDefaults, defineConfig } from 'vitest/config'
import { leftOut, starting } from '../elsewhere.js'

export default defineConfig({
  test: {
    include: starting,
    exclude: [...configDefaults.exclude, ...leftOut],
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // More than there are cores: they wait for programs, and for time to pass.
    maxWorkers: '150%',
  },
})
