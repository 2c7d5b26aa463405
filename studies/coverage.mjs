// Do 95 % intervals hold the truth in 95 of 100 runs? Runs the whole of `nines run` 1000 times, under 1000 seeds, on
// models of which the truth is known, and counts.
//   npm run build && node studies/coverage.mjs > docs/coverage.md
import { inline } from '../dist/sim/experiments/jobs.js'
import { run } from '../dist/sim/experiments/run.js'
import { parseScenario } from '../dist/sim/scenario/parse.js'

const RUNS = Number(process.argv[2] ?? 1000)
const station = (law) => `q: { kind: service, service: "${law}" }`
const crash = (mtbf, mttr) =>
  `faults:\n  - { kind: crash, target: q, mtbf: exponential(${mtbf}s), mttr: exponential(${mttr}s) }\n`

/**
 * M/M/1 that crashes: who is inside is lost, who comes meanwhile is refused. A request is answered if it finds the
 * server up and its sojourn, exponential of rate theta, ends before the next crash (rate xi): A theta / (theta + xi)
 * with A = mtbf / (mtbf + mttr), theta = mu (1 - r), mu r^2 - (lambda + mu + xi) r + lambda = 0 (M/M/1 with
 * catastrophes and repairs: Kumar and Arivudainambi 2000). The sojourn of those answered has the rate theta + xi.
 */
function crashing(lambda, mu, mtbf, mttr) {
  const xi = 1 / mtbf
  const b = lambda + mu + xi
  const theta = mu - (b - Math.sqrt(b * b - 4 * lambda * mu)) / 2
  return {
    mean: 1000 / (theta + xi),
    p99: (1000 * Math.log(100)) / (theta + xi),
    availability: ((mtbf / (mtbf + mttr)) * theta) / (theta + xi),
  }
}

/** Latencies in ms. Where the truth of a metric is not given, it is not looked at. */
const models = [
  {
    name: 'M/M/1 at 0.5',
    says: 'W exponential of rate mu - lambda',
    lasts: '210s',
    arrive: '50/s',
    components: station('exponential(10ms)'),
    truth: { mean: 20, p99: 20 * Math.log(100) },
  },
  {
    name: 'M/M/1 at 0.9',
    says: 'W exponential of rate mu - lambda',
    lasts: '300s',
    arrive: '90/s',
    components: station('exponential(10ms)'),
    truth: { mean: 100, p99: 100 * Math.log(100) },
  },
  {
    name: 'M/H2/1 at 0.7, cv 2',
    says: 'Pollaczek and Khinchine; p99 of the phase-type sojourn',
    lasts: '200s',
    arrive: '70/s',
    components: station('hyperexponential(mean=10ms, cv=2)'),
    truth: { mean: 68.33333333333333, p99: 418.13559392117304 },
  },
  {
    name: 'four servers behind round robin, at 0.8',
    says: 'E4/M/1 each (Takacs 1962)',
    lasts: '33s',
    arrive: '320/s',
    components: `q: { kind: balancer, policy: roundrobin, servers: [a, b, c, d] }${['a', 'b', 'c', 'd']
      .map((name) => `\n  ${name}: { kind: service, service: exponential(10ms) }`)
      .join('')}`,
    truth: { mean: 32.67383610319362, p99: 150.46857588428855 },
  },
  {
    name: 'M/M/1 that crashes every 2 s for 0.5 s',
    says: 'A theta / (theta + xi), see the script',
    lasts: '150s',
    arrive: '90/s',
    components: station('exponential(10ms)'),
    faults: crash(2, 0.5),
    truth: crashing(90, 100, 2, 0.5),
  },
  {
    name: 'M/M/1 that crashes seldom: 8 times in all 20 replications',
    says: 'the same, every 300 s for 5 s',
    lasts: '120s',
    arrive: '20/s',
    components: station('exponential(10ms)'),
    faults: crash(300, 5),
    truth: { ...crashing(20, 100, 300, 5), p99: undefined },
  },
]

const pool = inline
const rows = []
for (const { name, says, lasts, arrive, components, faults = '', truth } of models) {
  const text = `lasts: ${lasts}\nusers:\n  u: { arrive: poisson(${arrive}), to: q }\ncomponents:\n  ${components}\n${faults}`
  const seen = Object.keys(truth)
    .filter((metric) => truth[metric] !== undefined)
    .map((metric) => ({ metric, told: 0, covered: 0, below: 0, above: 0, width: 0 }))
  for (let seed = 1; seed <= RUNS; seed++) {
    const scenario = parseScenario(text, 'study.yaml', { seed: String(seed) })
    const [{ result }] = await run([scenario], pool)
    for (const one of seen) {
      const { value, low, high } =
        one.metric === 'availability' ? result.availability : result.latency_ms[one.metric]
      if (low === null) continue
      one.told++
      if (truth[one.metric] < low) one.above++
      else if (truth[one.metric] > high) one.below++
      else one.covered++
      const missing = one.metric === 'availability' ? 1 - value : value
      if (missing > 0) one.width += (high - low) / 2 / missing
    }
  }
  rows.push(...seen.map((one) => ({ name, says, lasts, truth: truth[one.metric], ...one })))
  process.stderr.write(
    `${name}: ${seen.map((one) => `${one.metric} ${one.covered}/${one.told}`).join(', ')}\n`,
  )
}
await pool.close()

const percent = (share) => `${(share * 100).toFixed(1)} %`
const digits = (x) => String(+x.toPrecision(5))
const table = rows.map(({ name, lasts, metric, truth, says, told, covered, below, above, width }) =>
  [
    name,
    lasts,
    metric,
    `${digits(truth)}${metric === 'availability' ? '' : ' ms'}`,
    says,
    told,
    percent(covered / told),
    `${below} / ${above}`,
    percent(width / told),
  ].join(' | '),
)
process.stdout.write(`# How often the intervals hold the truth

Written by \`node studies/coverage.mjs\`: do not edit. The whole of \`nines run\` (automatic warm-up, 20 replications,
95 % intervals), ${RUNS} times under as many seeds, on models whose truth is known. With ${RUNS} runs a coverage of exactly
95 % shows as ${percent(0.95 - 1.96 * Math.sqrt((0.95 * 0.05) / RUNS))} to ${percent(0.95 + 1.96 * Math.sqrt((0.95 * 0.05) / RUNS))}; what is asked for is 92 %.

model | one replication | metric | truth | by | intervals | coverage | too low / too high | half width
--- | --- | --- | --- | --- | --- | --- | --- | ---
${table.join('\n')}

"Too low / too high" counts the intervals that lie below and above the truth. The half width is relative to the value,
for availability to the share that fails.

Why these intervals and no others: [intervals.md](intervals.md).
`)
