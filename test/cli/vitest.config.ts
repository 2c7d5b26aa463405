import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'test/cli/{answers,availability,capacity,every,explained,interrupt,reach,shipped,spof,sweep,threads,written}.test.ts',
      'test/invalid/{options,withheld}.test.ts',
    ],
    globalSetup: ['reports/html/bundle.mjs', 'test/support/build.ts'],
    testTimeout: 120_000,
    maxWorkers: '100%',
  },
})
