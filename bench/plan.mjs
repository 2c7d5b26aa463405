/**
 * One measurement: several programs do the same work.
 *
 * @typedef {object} Runner
 * @property {string} name
 * @property {string[]} command prints, as its last line, JSON with at least `count` and `cpu` (seconds)
 *
 * @typedef {object} Case
 * @property {string} id for `--only`
 * @property {string} title
 * @property {string} unit what is counted
 * @property {Runner[]} runners the first is compared with each of the others
 */

/** Programs of the peers, and what has to be there for each. */
export const SIMPY = '/usr/bin/python3'
const OWN = 'nines'

const node = (script, order, ...flags) => [process.execPath, ...flags, script, JSON.stringify(order)]
const cpp = (program, ...args) => ({ name: 'C++', command: [`bench/out/${program}`, ...args.map(String)] })

function scenario(file, requests, rate, set = []) {
  return { name: OWN, command: node('bench/cases/scenario.mjs', { file, requests, rate, set }) }
}

/** The four tiers with every rate and every number of workers `scale` times as large. */
function fourTier(scale) {
  const workers = { 'web-1': 4, 'web-2': 4, 'app-1': 8, 'app-2': 8, primary: 4, replica: 8 }
  return [
    `users.visitors.arrive=poisson(${1600 * scale}/s)`,
    ...Object.entries(workers).map(([name, n]) => `components.${name}.servers=${n * scale}`),
  ]
}

/** @param {number} share of the full size, 0 to 1 */
export function cases(share) {
  const n = (full) => Math.round(full * share)
  return [
    ...[10, 1000, 100_000, 1_000_000].map((pending) => ({
      id: `hold-${pending}`,
      title: `Hold model, ${pending.toLocaleString('en')} pending`,
      unit: 'holds',
      runners: [
        { name: OWN, command: node('bench/cases/hold.mjs', { pending, holds: n(4e6) }) },
        cpp('hold', pending, n(4e6)),
      ],
    })),
    {
      id: 'mm1',
      title: 'M/M/1',
      unit: 'customers',
      runners: [scenario('bench/scenarios/mm1.yaml', n(4e6), 800), cpp('mm1', n(8e6))],
    },
    ...[1, 100].map((scale) => ({
      id: `four-tier-${scale}`,
      title: `Four tiers, ${scale} x`,
      unit: 'requests',
      runners: [
        scenario('bench/scenarios/four-tier.yaml', n(1e6), 1600 * scale, fourTier(scale)),
        cpp('four-tier', n(2e6), scale),
      ],
    })),
    ...['01-simple-web-stack', '02-distributed', '03-secured-and-monitored', '04-scale-up'].map((name) => ({
      id: name.slice(0, 2),
      title: `scenarios/${name}.yaml`,
      unit: 'requests',
      runners: [scenario(`scenarios/${name}.yaml`, n(4e5), 240)],
    })),
  ]
}
