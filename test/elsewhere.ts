/** Tests that stand outside of `npm test`, which is to be over while one waits: what takes long (`npm run test:exact`). */
export const long = [
  'test/theory/{exact,capacity}.test.ts',
  'test/bench/scenarios.test.ts',
  'test/experiments/nines/nines.test.ts',
  'test/experiments/capacity/capacity.test.ts',
  'test/experiments/spof/architectures.test.ts',
  'test/property/runs.test.ts',
  'test/kept/{experiments,experiments-more}.test.ts',
  'test/studio/answers-long.test.ts',
]

/** And what starts the program over and over (`npm run test:process`). */
export const starting = [
  'test/cli/{answers,availability,capacity,cli,every,completion,explained,init,interrupt,mcp,reach,shipped,spof,studio,summary,sweep,threads,trace,watch,written}.test.ts',
  'test/invalid/{options,withheld}.test.ts',
]

/** What NINES_BRIEF leaves out of both: minutes of a core each, for what shorter tests look at too. */
export const leftOut =
  process.env.NINES_BRIEF === undefined
    ? []
    : [
        'test/cli/{answers,availability,capacity,every,explained,spof,summary}.test.ts',
        'test/kept/{experiments,experiments-more}.test.ts',
        'test/studio/answers-long.test.ts',
      ]
