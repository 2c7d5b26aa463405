import { PYTHON } from './peers/build.mjs'

/**
 * One measurement: several programs do the same work.
 *
 * @typedef {object} Runner
 * @property {string} name
 * @property {string[]} command prints, as its last line, JSON with at least `count` and `cpu` (seconds)
 *
 * @typedef {object} Case
 * @property {string} id for `--only`
 * @property {string} group heading under which it is reported
 * @property {string} title
 * @property {string} unit what is counted
 * @property {Runner[]} runners the first is compared with each of the others
 */

const node = (script, order, ...flags) => [process.execPath, ...flags, script, JSON.stringify(order)]

const cpp = (program, ...args) =>
  ['', '-4-ary'].map((heap) => ({
    name: `C++${heap.replace('-', ' ')}`,
    command: [`bench/out/${program}${heap}`, ...args.map(String)],
  }))

const simpy = (program, ...args) => ({
  name: 'SimPy',
  command: [PYTHON, '-B', `bench/peers/simpy_${program}.py`, ...args.map(String)],
})

const script =
  (name, prefix) =>
  (program, count, ...args) => ({
    name,
    command: [process.execPath, `bench/peers/${prefix}_${program}.mjs`, ...[count, ...args].map(String)],
  })
const simjs = script('SIM.JS', 'simjs')
const simscript = script('SimScript', 'simscript')

const own = (file, requests, rate, set = []) => ({
  name: 'nines',
  command: node('bench/cases/scenario.mjs', { file, requests, rate, set }),
})

/** The four tiers with the rate of arrivals and every number of workers `scale` times as large. */
function enlarge(scale) {
  if (scale === 1) return []
  const workers = { 'web-1': 4, 'web-2': 4, 'app-1': 8, 'app-2': 8, primary: 4, replica: 8 }
  return [
    `users.visitors.arrive=poisson(${1600 * scale}/s)`,
    ...Object.entries(workers).map(([name, n]) => `components.${name}.servers=${n * scale}`),
  ]
}

/**
 * What is timed.
 *
 * @param {number} share of the full sizes, 0 to 1
 * @returns {Case[]}
 */
export function cases(share) {
  const n = (full, least = 0) => Math.max(Math.round(full * share), least)
  return [
    ...[10, 1000, 100_000, 1_000_000].map((pending) => ({
      id: `hold-${pending}`,
      group: 'hold',
      title: `${pending.toLocaleString('en')} pending`,
      unit: 'holds',
      runners: [
        { name: 'nines', command: node('bench/cases/hold.mjs', { pending, holds: n(4e6) }) },
        ...cpp('hold', pending, n(4e6)),
      ],
    })),
    {
      id: 'mm1',
      group: 'peers',
      title: 'M/M/1',
      unit: 'customers',
      runners: [
        own('bench/scenarios/mm1.yaml', n(6e6), 800),
        ...cpp('mm1', n(2e7)),
        simpy('mm1', n(2e5)),
        simjs('mm1', n(1e6)),
        simscript('mm1', n(5e4)),
      ],
    },
    ...[1, 100].map((scale) => ({
      id: `four-tier-${scale}`,
      group: 'peers',
      title: `Four tiers, ${scale} x`,
      unit: 'requests',
      runners: [
        own('bench/scenarios/four-tier.yaml', n(2e6), 1600 * scale, enlarge(scale)),
        ...cpp('four-tier', n(4e6), scale),
        simpy('four_tier', n(5e4), scale),
        simjs('four_tier', n(2e5), scale),
        // At 100 x a thousand take it most of a second; with fewer the stations would not fill.
        simscript('four_tier', scale === 1 ? n(2e4) : 4000, scale),
      ],
    })),
    ...['01-simple-web-stack', '02-distributed', '03-secured-and-monitored', '04-scale-up'].map((name) => ({
      id: name,
      group: 'scenarios',
      title: `scenarios/${name}.yaml`,
      unit: 'requests',
      runners: [own(`scenarios/${name}.yaml`, n(1e6), 240)],
    })),
  ]
}

/**
 * A user's run on one thread, then on two.
 *
 * @param {number} share of the full size
 */
export function jobs(share) {
  const replications = String(Math.round(60 * share))
  const file = 'bench/scenarios/four-tier.yaml'
  return [1, 2].map((n) => ({
    jobs: n,
    command: [
      ...[process.execPath, 'dist/cli/main.js', 'run', file, '--replications', replications],
      ...['--jobs', String(n), '--format', 'json', '--quiet'],
    ],
  }))
}

/**
 * Where memory is looked at.
 *
 * @param {number} share of the full sizes
 * @param {boolean} long up to a billion requests
 */
export function memory(share, long) {
  const marks = [1e6, 4e6, 16e6, ...(long ? [1e8, 1e9] : [])].map((n) => n * share)
  return {
    inFlight: [1e5, 1e6].map((n) =>
      node(
        'bench/cases/in-flight.mjs',
        { file: 'bench/scenarios/in-flight.yaml', requests: n * share, rate: 100_000 },
        '--expose-gc',
      ),
    ),
    flat: node(
      'bench/cases/flat.mjs',
      { file: 'bench/scenarios/four-tier.yaml', rate: 1600, marks },
      '--expose-gc',
    ),
  }
}
