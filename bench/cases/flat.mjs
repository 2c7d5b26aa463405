import '../../dist/pools/inlining.js'
import { readFileSync } from 'node:fs'
import { Model } from '../../dist/sim/model/model.js'
import { parseScenario } from '../../dist/sim/scenario/parse.js'
import { answer, memory, order } from './measure.mjs'

// Memory over the number of requests that one run has simulated, looked at when it has reached each of `marks`.
const { file, rate, marks } = order
const text = readFileSync(file, 'utf8')

// Arrivals are random: a little longer, so that the last mark is reached.
const lasts = (1.01 * marks.at(-1)) / rate
const model = new Model(parseScenario(text, file, { lasts: `${lasts}s` }), 0)
const seen = []
model.run(() => {
  const { asked } = model.context
  if (asked >= marks[seen.length]) seen.push({ count: asked, ...memory() })
  return seen.length < marks.length
})
answer({ seen })
