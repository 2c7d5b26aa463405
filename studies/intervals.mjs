// Which interval holds the truth, of those one could take? Availability when outages are few; p99 when a few busy
// periods make it. On bare processes, without the simulator, so that many runs are cheap.
//   npm run build && node studies/intervals.mjs > docs/intervals.md
import { Exponential } from '../dist/sim/random/distributions.js'
import { Stream } from '../dist/sim/random/stream.js'
import { quantileOf, ratioOf, shareOf, studentT } from '../dist/sim/stats/estimate.js'
import { Histogram } from '../dist/sim/stats/histogram.js'

const R = 20
const sum = (values) => values.reduce((a, b) => a + b, 0)

/** Coverage of several methods, each of which gives `{ low, high }`, over `runs` samples. */
function coverage(runs, truth, sample, methods) {
  const counts = methods.map(() => ({ covered: 0, below: 0, above: 0 }))
  for (let i = 0; i < runs; i++) {
    const data = sample()
    for (const [m, method] of methods.entries()) {
      const { low, high } = method(data)
      if (high < truth) counts[m].below++
      else if (low > truth) counts[m].above++
      else counts[m].covered++
    }
  }
  return counts.map(
    ({ covered, below, above }) =>
      `${(covered / runs).toFixed(3)} (${(below / runs).toFixed(3)}, ${(above / runs).toFixed(3)})`,
  )
}

/** Downtimes of 20 machines that start up before the span of length 1, and their cycles from failure to failure. */
function outages(failures, law) {
  const repair = new Exponential(0.05)
  const up = new Exponential(R / failures - repair.mean)
  const stream = new Stream(`1/0/study/outages/${failures}`)
  const machine = () => {
    const strikes = []
    for (let t = -0.5; t < 1; ) {
      const from = t + up.sample(stream)
      t = from + (law === 'constant' ? repair.mean : repair.sample(stream))
      if (from < 1 && t > 0)
        strikes.push({ from: Math.max(from, 0), down: Math.min(t, 1) - Math.max(from, 0) })
    }
    return strikes
  }
  return { truth: repair.mean / (up.mean + repair.mean), sample: () => Array.from({ length: R }, machine) }
}

const ones = new Array(R).fill(1)
const downtimes = (machines) => machines.map((strikes) => sum(strikes.map((s) => s.down)))

/** With none seen: the bound of at most 2.996 outages. */
const orBound = (interval) => (machines) => {
  const times = downtimes(machines)
  return sum(times) > 0 ? interval(machines, times) : { low: 0, high: (2.996 * 0.05) / R }
}

/** All cycles pooled: the logarithm of the share, its variance from them, widened by 1 + 1.5 / cycles. */
function cycles(machines) {
  const pooled = machines.flatMap((strikes) =>
    strikes.length === 0
      ? [{ down: 0, span: 1 }]
      : strikes.map(({ down }, i) => ({
          down,
          span: (strikes[i + 1]?.from ?? 1) - (i === 0 ? 0 : strikes[i].from),
        })),
  )
  const share = sum(pooled.map((c) => c.down)) / R
  const error = Math.sqrt(sum(pooled.map((c) => (c.down - share * c.span) ** 2))) / R
  const half = ((1.96 * error) / share) * (1 + 1.5 / pooled.filter((c) => c.down > 0).length)
  return { low: share * Math.exp(-half), high: share * Math.exp(half) }
}

const shares = ['exponential', 'constant'].flatMap((law) =>
  [3, 4, 6, 9, 20, 60].map((failures) => {
    const { truth, sample } = outages(failures, law)
    const results = coverage(4000, truth, sample, [
      orBound((_, times) => ratioOf(times, ones)),
      orBound(cycles),
      orBound((_, times) => shareOf(times, ones)),
    ])
    return `${law} | ${failures} | ${results.join(' | ')}`
  }),
)

/** Sojourns of 20 M/M/1 stations at `rho`, in service times, after as many again a quarter. */
function queues(rho, requests) {
  const arrivals = new Stream(`1/0/study/queue/${rho}/arrivals`)
  const services = new Stream(`1/0/study/queue/${rho}/services`)
  const [gap, service] = [new Exponential(1 / rho), new Exponential(1)]
  const station = () => {
    const histogram = new Histogram()
    for (let i = -requests / 4, wait = 0; i < requests; i++) {
      const sojourn = wait + service.sample(services)
      if (i >= 0) histogram.record(sojourn)
      wait = Math.max(0, sojourn - gap.sample(arrivals))
    }
    return histogram
  }
  return { truth: Math.log(100) / (1 - rho), sample: () => Array.from({ length: R }, station) }
}

/** The spread of the replications' own quantiles around that of all. */
function sectioning(stations) {
  const value = Histogram.sum(stations).quantile(0.99)
  const error = Math.sqrt(sum(stations.map((h) => (h.quantile(0.99) - value) ** 2)) / (R - 1) / R)
  return { low: value - studentT(R - 1) * error, high: value + studentT(R - 1) * error }
}

const quantiles = [
  [0.5, 11_000],
  [0.8, 11_000],
  [0.9, 18_000],
  [0.9, 40_000],
].map(([rho, requests]) => {
  const { truth, sample } = queues(rho, requests)
  const woodruff = (stations) => quantileOf(0.99, Histogram.sum(stations), stations)
  const results = coverage(500, truth, sample, [sectioning, woodruff])
  return `M/M/1 at ${rho} | ${requests} | ${results.join(' | ')}`
})

process.stdout.write(`# Which interval

Written by \`node studies/intervals.mjs\`: do not edit. Coverage of nominal 95 % intervals from 20 replications, and in
brackets the shares of the intervals that lie below and above the truth. How often the intervals of \`nines run\` hold
the truth is in [coverage.md](coverage.md).

## Availability, when outages are few

A machine that fails and is repaired; the share of the time that it is down. Few failures of unequal length make a skewed
share, so that t around it lies too low. What \`shareOf\` takes is t around the log-odds, wider by 1 + 1 / (replications
that saw a failure) where some saw none; it needs no failure cycles, and is no worse than they are. With none seen all
have the same bound (2.996 mttr / T), which does not hold where just more than three were due: that is its 5 %.

repair | failures in all | t around the share | pooled failure cycles, log-ratio | log-odds, as taken
--- | --- | --- | --- | ---
${shares.join('\n')}

## p99

The sojourn in a queue. What \`quantileOf\` takes is Woodruff's interval: t around the share beyond the p99 of all, read
as quantiles. The spread of the replications' own p99 around it (sectioning) is symmetric, and lies too low.

queue | requests in a replication | sectioning | Woodruff, as taken
--- | --- | --- | ---
${quantiles.join('\n')}
`)
