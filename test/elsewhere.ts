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

/** What NINES_BRIEF leaves out, so that CI ends in time: half a minute of a core each, and more, or what it has elsewhere. */
export const leftOut =
  process.env.NINES_BRIEF === undefined
    ? []
    : [
        'test/bench/scenarios.test.ts',
        'test/cli/{answers,availability,capacity,completion,every,explained,init,interrupt,mcp,reach,shipped,spof,summary,sweep,written}.test.ts',
        'test/experiments/{capacity/capacity,nines/nines}.test.ts',
        'test/kept/{experiments,experiments-more}.test.ts',
        'test/property/runs.test.ts',
        'test/studio/answers-long.test.ts',
        'test/theory/{capacity,some}.test.ts',
      ]
