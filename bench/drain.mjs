// What the drain costs: CPU time of a replication to the end of the measured span, and until everybody has his answer.
// node bench/drain.mjs FILE... (after npm run build)
import { readFileSync } from 'node:fs'
import { Model } from '../dist/sim/model/model.js'
import { Session } from '../dist/sim/model/session.js'
import { parseScenario } from '../dist/sim/scenario/parse.js'

const ROUNDS = 7

for (const file of process.argv.slice(2)) {
  const scenario = parseScenario(readFileSync(file, 'utf8'), file)
  const cpu = { advance: [], drain: [] }
  let more = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const how of round % 2 ? ['drain', 'advance'] : ['advance', 'drain']) {
      const session = new Session(new Model(scenario, 0))
      const before = process.cpuUsage()
      session[how]()
      const { user, system } = process.cpuUsage(before)
      cpu[how].push((user + system) / 1e6)
      if (how === 'drain') more = session.time - scenario.lasts
    }
  }
  const median = (xs) => xs.sort((a, b) => a - b)[ROUNDS >> 1]
  const [span, whole] = [median(cpu.advance), median(cpu.drain)]
  console.log(`${file}: ${span.toFixed(2)} s, ${whole.toFixed(2)} s with ${more.toFixed(2)} s of drain`)
}
