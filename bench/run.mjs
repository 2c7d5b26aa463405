// npm run bench: how fast nines is, and others at the same work. A full run writes docs/performance.md.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { chart } from './chart.mjs'
import { page } from './page.mjs'
import { prepare } from './peers/build.mjs'
import { cases, jobs, memory } from './plan.mjs'
import { ms, short, shown, spread, summary } from './summary.mjs'

const usage = `npm run bench -- [options]
  --quick         a quarter of the work, one round; docs/performance.md is left as it is
  --only A,B      cases whose names begin so (hold, mm1, four-tier, 01 to 04, jobs, memory); it is left as it is too
  --rounds N      default 5, with --quick 1
  --long          memory up to a billion requests (an hour or less)
`

function options() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        long: { type: 'boolean', default: false },
        only: { type: 'string' },
        rounds: { type: 'string' },
      },
    })
    const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))
    if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds takes a whole number above 0')
    const only = values.only?.split(',')
    const ids = [...cases(1).map(({ id }) => id), 'jobs', 'memory']
    for (const begin of only ?? []) {
      if (!ids.some((id) => id.startsWith(begin)))
        throw new Error(`--only knows ${ids.join(', ')}, no "${begin}"`)
    }
    return { ...values, rounds, picked: (id) => only?.some((begin) => id.startsWith(begin)) ?? true }
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

const { quick, long, only, rounds, picked } = options()
process.chdir(path.resolve(import.meta.dirname, '..'))

const note = (text) => process.stderr.write(`${text}\n`)
const { present, missing } = prepare()
for (const [peer, remedy] of missing) note(`without ${peer}: ${remedy}`)

/** What a program printed as its last line. */
function run([program, ...args]) {
  const output = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(output.trim().split('\n').at(-1))
}

const share = quick ? 0.25 : 1
const plan = cases(share)
  .filter(({ id }) => picked(id))
  .map((one) => ({ ...one, runners: one.runners.filter(({ name }) => !missing.has(name)) }))
const results = plan.map(({ runners }) => runners.map(() => []))
for (let round = 1; round <= rounds; round++) {
  for (const [i, { group, title, runners }] of plan.entries()) {
    note(`round ${round} of ${rounds}: ${group === 'hold' ? 'hold model, ' : ''}${title}`)
    for (const [j, { command }] of runners.entries()) results[i][j].push(run(command))
  }
}
const rows = summary(plan, results)

const table = new Table({
  head: ['', 'by', 'per CPU-second', 'nines / it', 'mean', 'p99'],
  style: { head: [], border: [] },
})
for (const [i, row] of rows.entries()) {
  table.push([
    row.title === rows[i - 1]?.title ? '' : `${row.title} (${row.unit})`,
    row.name,
    shown(row.rate),
    row.ratio === null ? '' : shown(row.ratio),
    ms(row.mean),
    ms(row.p99),
  ])
}
if (rows.length > 0) process.stdout.write(`${table}\n`)

const threads = []
if (picked('jobs') && availableParallelism() > 1) {
  const runners = jobs(share).map((runner) => ({ ...runner, seconds: [] }))
  for (let round = 1; round <= rounds; round++) {
    note(`round ${round} of ${rounds}: one job and two`)
    for (const { command, seconds } of runners) {
      const begun = performance.now()
      execFileSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] })
      seconds.push((performance.now() - begun) / 1000)
    }
  }
  for (const { jobs, seconds } of runners) {
    const faster = spread(seconds.map((s, round) => runners[0].seconds[round] / s))
    threads.push({ jobs, seconds: spread(seconds), faster })
    process.stdout.write(
      `--jobs ${jobs}: ${shown(spread(seconds))} s, ${shown(faster)} times as fast as one\n`,
    )
  }
}

let inFlight = []
let flat = []
if (picked('memory')) {
  note('memory')
  const orders = memory(share, long)
  inFlight = orders.inFlight.map(run)
  flat = run(orders.flat).seen
  for (const { count, bytes } of inFlight)
    process.stdout.write(`${short(count)} requests in flight: ${bytes.toFixed(0)} bytes each\n`)
  for (const { count, heap, rss } of flat)
    process.stdout.write(
      `after ${short(count)} requests: heap ${(heap / 2 ** 20).toFixed(2)} MiB, process ${(rss / 2 ** 20).toFixed(1)} MiB\n`,
    )
}

if (!quick && only === undefined) {
  writeFileSync('docs/performance.svg', chart(rows.filter(({ group }) => group === 'peers')))
  writeFileSync('docs/performance.md', page({ rows, threads, inFlight, flat, rounds, present, missing }))
  note('written: docs/performance.md, docs/performance.svg')
}
