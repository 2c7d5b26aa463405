// What it costs to follow a sample of the requests: CPU time of a replication with and without, in processes by turns;
// of each replication the least of all processes, as other work on the machine only ever adds.
// node bench/follow.mjs FILE... (after npm run build)
import '../dist/pools/inlining.js'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { replicateFollowed } from '../dist/sim/experiments/causes/replicate-followed.js'
import { replicate } from '../dist/sim/experiments/replicate.js'
import { parseScenario } from '../dist/sim/scenario/parse.js'

const ROUNDS = 5
const REPLICATIONS = 10
/** The first ones compile. */
const COLD = 4

const sum = (xs) => xs.reduce((a, b) => a + b, 0)

/** CPU seconds of each replication. */
function timesOf(file, how) {
  const scenario = parseScenario(readFileSync(file, 'utf8'), file)
  return Array.from({ length: REPLICATIONS }, (_, i) => {
    const before = process.cpuUsage()
    how(scenario, i)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  })
}

const [order, ...files] = process.argv.slice(2)
if (order === '--one') {
  const [how, file] = files
  console.log(JSON.stringify(timesOf(file, how === 'followed' ? replicateFollowed : replicate)))
} else {
  for (const file of [order, ...files]) {
    const times = { plain: [], followed: [] }
    for (let round = 0; round < ROUNDS; round++)
      for (const how of round % 2 ? ['followed', 'plain'] : ['plain', 'followed']) {
        const ran = execFileSync(process.execPath, [process.argv[1], '--one', how, file], {
          encoding: 'utf8',
        })
        times[how].push(JSON.parse(ran))
      }
    const [plain, followed] = [times.plain, times.followed].map((all) => {
      const least = all[0].map((_, i) => Math.min(...all.map((one) => one[i])))
      return { warm: sum(least.slice(COLD)) / (REPLICATIONS - COLD), whole: sum(least) }
    })
    const share = (a, b) => `${((a / b - 1) * 100).toFixed(1)} % more`
    console.log(
      `${file}: ${(plain.warm * 1000).toFixed(0)} ms a replication, ${(followed.warm * 1000).toFixed(0)} ms followed, ${share(followed.warm, plain.warm)}; all ${REPLICATIONS} with compiling ${plain.whole.toFixed(2)} s, ${followed.whole.toFixed(2)} s, ${share(followed.whole, plain.whole)}`,
    )
  }
}
