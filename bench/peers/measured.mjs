import { Histogram } from '../../dist/sim/stats/histogram.js'

/** Latencies as the JavaScript peers collect them: in the same histogram. */
export class Latencies {
  histogram = new Histogram()
  sum = 0

  record(seconds) {
    this.histogram.record(seconds)
    this.sum += seconds
  }
}

/**
 * Runs `work(count)` once as a warm-up and once for the record, and prints what the second run took.
 *
 * @param {(count: number) => Promise<Latencies> | Latencies} work
 */
export async function report(work, count) {
  await work(Math.ceil(count / 5))
  const before = process.cpuUsage()
  const { histogram, sum } = await work(count)
  const { user, system } = process.cpuUsage(before)
  const result = {
    count: histogram.count,
    cpu: (user + system) / 1e6,
    mean: sum / histogram.count,
    p50: histogram.quantile(0.5),
    p99: histogram.quantile(0.99),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
