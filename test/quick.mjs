// The answer to a change within seconds: formatting, lint and types, and the tests of the rooms that were changed.
//   npm run quick                      what git calls changed
//   npm run quick -- sim/parts/wire.ts the files at hand
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean)
const given = process.argv.slice(2).map((file) => path.relative('.', file))
const files = given.length > 0 ? given : git('ls-files', '--modified', '--others', '--exclude-standard')
const sources = files.filter((file) => /\.(ts|mjs|json)$/.test(file) && existsSync(file))
if (sources.length === 0) {
  process.stdout.write('nothing has changed: name the files at hand\n')
  process.exit(0)
}

/** The tests of `file`: itself; those of its name, or of its room, in the tree of tests that mirrors the sources. */
function testsOf(file) {
  if (file.startsWith('test/')) return file.endsWith('.test.ts') ? [file] : []
  const mirrored = path.join('test', file.replace(/^sim\//, '').replace(/\.ts$/, '.test.ts'))
  if (existsSync(mirrored)) return [mirrored]
  const room = path.dirname(mirrored)
  const there = existsSync(room) && statSync(room).isDirectory() ? readdirSync(room) : []
  return there.filter((name) => name.endsWith('.test.ts')).map((name) => path.join(room, name))
}

const tests = new Set(['test/architecture.test.ts', ...sources.flatMap(testsOf)])
const kinds = new Set(
  sources
    .flatMap((file) => /^sim\/components\/([^/]+)\//.exec(file)?.[1] ?? [])
    .filter((k) => k !== 'balance'),
)

let failed = false
const run = (...command) => {
  process.stdout.write(`$ ${command.join(' ')}\n`)
  failed = spawnSync('npx', command, { stdio: 'inherit' }).status !== 0 || failed
}
run('biome', 'check', ...sources)
run('tsc', '--noEmit')
run('vitest', 'run', ...tests)
// Every kind must keep what all kinds promise.
if (kinds.size > 0 && existsSync('test/components/conformance.test.ts'))
  run('vitest', 'run', 'test/components/conformance.test.ts', '-t', `\\b(${[...kinds].join('|')})\\b`)
process.exit(failed ? 1 : 0)
