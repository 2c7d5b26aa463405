// What common random numbers are worth: the variance of the difference of two architectures under one seed, against
// that under two.
//   npm run build && node studies/common-random-numbers.mjs > docs/common-random-numbers.md
import { readFileSync } from 'node:fs'
import { replicate } from '../dist/sim/experiments/replicate.js'
import { parseScenario } from '../dist/sim/scenario/parse.js'
import { Histogram } from '../dist/sim/stats/histogram.js'

const R = Number(process.argv[2] ?? 200)
const names = ['app-1', 'app-2', 'app-3', 'app-4']
const balanced = (policy) => `lasts: 60s
users: { u: { arrive: poisson(320/s), to: lb } }
components:
  lb: { kind: balancer, policy: ${policy}, servers: [${names}] }
${names.map((name) => `  ${name}: { kind: service, service: exponential(10ms) }`).join('\n')}
`
const file = (name) => readFileSync(new URL(`../scenarios/${name}.yaml`, import.meta.url), 'utf8')

const pairs = [
  {
    name: 'least connections against round robin: four servers at 0.8, 60 s',
    texts: [balanced('roundrobin'), balanced('leastconn')],
    overrides: {},
  },
  {
    name: '04 against 02: scenarios/04-scale-up.yaml and scenarios/02-distributed.yaml, 2 min',
    texts: [file('02-distributed'), file('04-scale-up')],
    overrides: { lasts: '2min' },
  },
]

const ok = ({ all }) => all.outcomes[0]
const metrics = [
  ['answers per second', (r, span) => r.all.answered / span],
  ['mean latency, ms', (r) => (r.all.latencySum / ok(r)) * 1000],
  ['p50 latency, ms', (r) => Histogram.unpack(r.all.latency).quantile(0.5) * 1000],
  ['p99 latency, ms', (r) => Histogram.unpack(r.all.latency).quantile(0.99) * 1000],
]

const variance = (values) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1)
}
// Rounding errors are no difference.
const digits = (x) => (Math.abs(x) < 1e-9 ? '0' : String(+x.toPrecision(3)))

/** Every metric of every replication, by metric. */
function measure(text, overrides) {
  const scenario = parseScenario(text, 'study.yaml', overrides)
  const values = metrics.map(() => [])
  for (let i = 0; i < R; i++) {
    const record = replicate(scenario, i)
    for (const [m, [, of]] of metrics.entries()) values[m].push(of(record, scenario.lasts))
  }
  return values
}

const sections = pairs.map(({ name, texts, overrides }) => {
  const seeds = ['1', '2']
  const [first] = [measure(texts[0], { ...overrides, seed: seeds[0] })]
  const [same, other] = seeds.map((seed) => measure(texts[1], { ...overrides, seed }))
  const rows = metrics.map(([metric], m) => {
    const less = (values) => values[m].map((x, i) => x - first[m][i])
    const [common, independent] = [variance(less(same)), variance(less(other))]
    const mean = less(same).reduce((a, b) => a + b, 0) / R
    return [
      metric,
      digits(mean),
      digits(Math.sqrt(independent)),
      digits(Math.sqrt(common)),
      common > 0 ? digits(independent / common) : 'all of it',
    ].join(' | ')
  })
  process.stderr.write(`${name}\n${rows.join('\n')}\n`)
  return `## ${name[0].toUpperCase()}${name.slice(1)}

metric | difference | standard deviation, two seeds | one seed | variance reduction
--- | --- | --- | --- | ---
${rows.join('\n')}
`
})

// The ratio of two variances from R replications each: its logarithm has a standard error of sqrt(4 / (R - 1)).
const error = Math.exp(1.96 * Math.sqrt(4 / (R - 1)))
process.stdout.write(`# What common random numbers are worth

Written by \`node studies/common-random-numbers.mjs\`: do not edit. Draws are keyed by their meaning (seed, replication,
role, visitor, try), so that two architectures under one seed meet the same visitors with the same demands. The
difference of two architectures then varies less from replication to replication than under two seeds; the variance
reduction is the factor by which fewer replications give the same interval. ${R} replications each; a factor is known
to within a factor of ${digits(error)} (95 %).

${sections.join('\n')}`)
