/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} low
 * @property {number} high
 *
 * @typedef {object} Row
 * @property {string} group
 * @property {string} title
 * @property {string} unit
 * @property {string} name of the program
 * @property {Spread} rate per CPU-second
 * @property {Spread | null} ratio of nines' rate to this one
 * @property {number} [events] of the kernel, for each request
 * @property {number} [mean] latency, seconds
 * @property {number} [p99]
 */

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  return { median, low: sorted[0], high: sorted.at(-1) }
}

/**
 * One row for each program of each case. Ratios are taken pair by pair: the two runs of one round.
 *
 * @param {import('./plan.mjs').Case[]} plan
 * @param {{ count: number, cpu: number, events?: number, mean?: number, p99?: number }[][][]} results by case,
 * program and round
 * @returns {Row[]}
 */
export function summary(plan, results) {
  return plan.flatMap(({ group, title, unit, runners }, i) => {
    const rates = results[i].map((rounds) => rounds.map(({ count, cpu }) => count / cpu))
    return runners.map(({ name }, j) => {
      const { count, events, mean, p99 } = results[i][j].at(-1)
      return {
        group,
        title,
        unit,
        name,
        rate: spread(rates[j]),
        ratio: j === 0 ? null : spread(rates[j].map((rate, round) => rates[0][round] / rate)),
        events: events && events / count,
        mean,
        p99,
      }
    })
  })
}

/** `1.23 M`, `45.6 k`, `0.163`. */
export function short(value) {
  for (const [unit, size] of [
    ['M', 1e6],
    ['k', 1e3],
  ]) {
    if (value >= size * 0.9995) return `${digits(value / size)} ${unit}`
  }
  return digits(value)
}

const digits = (value) => (value >= 99.95 ? value.toFixed(0) : value.toPrecision(3))

/** The median, and the range if there was more than one round. */
export const shown = ({ median, low, high }) =>
  low === high ? short(median) : `${short(median)} (${short(low)} - ${short(high)})`

export const ms = (seconds) => (seconds === undefined ? '' : `${(seconds * 1000).toFixed(2)} ms`)
