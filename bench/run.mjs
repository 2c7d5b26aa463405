// npm run bench: how fast, and against whom. See docs/performance.md, which a full run writes.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { build } from './peers/build.mjs'
import { cases } from './plan.mjs'
import { summary } from './summary.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))
const wanted = values.only?.split(',')
const plan = cases(values.quick ? 0.1 : 1).filter(({ id }) => wanted?.some((w) => id.startsWith(w)) ?? true)

const { missing } = build()
for (const { runners } of plan) {
  for (let i = runners.length - 1; i >= 0; i--) if (missing.has(runners[i].name)) runners.splice(i, 1)
}
for (const [peer, reason] of missing) process.stderr.write(`without ${peer}: ${reason}\n`)

/** What a runner printed as its last line. */
function run({ command: [program, ...args] }) {
  const output = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(output.trim().split('\n').at(-1))
}

const results = plan.map((one) => one.runners.map(() => []))
for (let round = 1; round <= rounds; round++) {
  for (const [i, one] of plan.entries()) {
    process.stderr.write(`\rround ${round} of ${rounds}: ${one.title}`.padEnd(70))
    for (const [j, runner] of one.runners.entries()) results[i][j].push(run(runner))
  }
}
process.stderr.write('\r'.padEnd(70) + '\r')

const table = new Table({
  head: ['', 'by', 'per CPU-second', 'nines / it', 'mean', 'p99'],
  style: { head: [], border: [] },
})
for (const row of summary(plan, results)) table.push(row)
process.stdout.write(`${table.toString()}\n`)
