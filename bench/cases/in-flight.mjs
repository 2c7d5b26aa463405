import '../../dist/pools/inlining.js'
import { readFileSync } from 'node:fs'
import { Model } from '../../dist/sim/model/model.js'
import { parseScenario } from '../../dist/sim/scenario/parse.js'
import { answer, memory, order } from './measure.mjs'

// Memory that `requests` in flight take: the scenario's pond is filled, and what the heap has grown by counted.
const { file, requests, rate } = order
const text = readFileSync(file, 'utf8')

function fill(count) {
  // The run is cut into 960 parts; it ends after the 480th.
  const model = new Model(parseScenario(text, file, { lasts: `${(2 * count) / rate}s` }), 0)
  const before = memory()
  let parts = 0
  model.run(() => ++parts < 480)
  return { before, model }
}

fill(10_000)
const { before, model } = fill(requests)
const after = memory()
const count = model.components.get('pond').probe.inside.value
answer({ count, bytes: (after.heap - before.heap) / count })
