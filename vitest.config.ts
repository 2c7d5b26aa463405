import { configDefaults, defineConfig } from 'vitest/config'
import { leftOut, long, starting } from './test/elsewhere.js'

/** These start the program as it is installed: it is built first, where a source is newer. */
const program = [
  'test/embedding.test.ts',
  'test/invalid/invalid.test.ts',
  'test/experiments/interrupted.test.ts',
  'test/pools/journal.test.ts',
  'test/theory/some.test.ts',
]
/** These need a browser (npm run test:browser), a redis-server (test:queue), npm's registry (test:package), or time. */
const elsewhere = ['test/browser/**', 'test/pools/redis/**', 'test/package/**', ...long, ...starting]

export default defineConfig({
  test: {
    testTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // All cores: the machine has nothing else to do meanwhile.
    maxWorkers: '100%',
    // Files that one thread runs share what they import: reading it anew for each took most of the time of the quick ones.
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...program, ...elsewhere],
          // The chart script that a page carries.
          globalSetup: ['reports/html/bundle.mjs'],
        },
      },
      {
        extends: true,
        test: {
          name: 'program',
          include: program,
          exclude: [...configDefaults.exclude, ...leftOut],
          globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
        },
      },
    ],
  },
})
