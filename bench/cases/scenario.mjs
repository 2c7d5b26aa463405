import '../../dist/pools/inlining.js'
import { readFileSync } from 'node:fs'
import { replicate } from '../../dist/sim/experiments/replicate.js'
import { parseScenario } from '../../dist/sim/scenario/parse.js'
import { Histogram } from '../../dist/sim/stats/histogram.js'
import { answer, measure, order } from './measure.mjs'

// A scenario as a user runs it: text, check, model, one replication with all its probes. Every request is in the
// measured span (`warmup: 0s`), so all of them are counted.
const { file, requests, rate, set = [] } = order
const text = readFileSync(file, 'utf8')

function run(seed, count) {
  const overrides = { seed, set, warmup: '0s', lasts: `${count / rate}s`, replications: 1 }
  const { all, events } = replicate(parseScenario(text, file, overrides), 0)
  return { all, events }
}

// Twice: the engine learns from the second model that there are several.
for (const seed of ['warm', 'warmer']) run(seed, 400_000)
const { all, events, cpu } = measure(() => run('1', requests))
const latency = Histogram.unpack(all.latency)
answer({
  count: all.offered,
  cpu,
  events,
  mean: all.latencySum / all.outcomes[0],
  p50: latency.quantile(0.5),
  p99: latency.quantile(0.99),
})
