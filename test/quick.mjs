// The answer to a change within seconds: formatting, lint and types, and the tests of the rooms that were changed.
//   npm run quick                      what git calls changed
//   npm run quick -- sim/parts/wire.ts the files at hand
//   npm run quick -- --plan ...        what it would run
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean)
const planned = process.argv[2] === '--plan'
const given = process.argv.slice(planned ? 3 : 2).map((file) => path.relative('.', file))
const files = given.length > 0 ? given : git('ls-files', '--modified', '--others', '--exclude-standard')
const sources = files.filter((file) => /\.(ts|mjs|json)$/.test(file) && existsSync(file))
if (sources.length === 0) {
  process.stdout.write('nothing has changed: name the files at hand\n')
  process.exit(0)
}

/** What is new in a registry is at hand, too. */
const registered = sources
  .filter((file) => file.endsWith('/registry.ts'))
  .flatMap((file) =>
    git('diff', 'HEAD', '--unified=0', '--', file).flatMap((line) => {
      const added = /^\+import .* from '(\..*)\.js'$/.exec(line)?.[1]
      return added === undefined ? [] : [path.join(path.dirname(file), `${added}.ts`)]
    }),
  )

const COMPONENT = /^sim\/components\/(?!balance\/)([^/]+)\//
const FAULT = /^sim\/faults\/(?!fault\.|registry\.)([^/]+)\.ts$/

/** What the suite asks of every kind: in these files, in tests that are called so. */
const asked = { files: new Set(), called: new Set() }
for (const file of [...sources, ...registered]) {
  const component = COMPONENT.exec(file)?.[1]
  const fault = FAULT.exec(file)?.[1]
  if (component === undefined && fault === undefined) continue
  asked.called.add(`\\b${component ?? fault}\\b`)
  asked.files.add('test/components/conformance.test.ts')
  asked.files.add(component ? 'test/components/limits.test.ts' : 'test/faults/conformance.test.ts')
  // The plainest box stands for all that must get over it.
  if (fault) asked.called.add("^'service' 'gets over faults'")
}
/** What the words of a kind may be in the way of, and what a registry is read by. */
const REGISTRY = ['reports/names', 'reports/listing', 'options/real', 'components/declared'].map(
  (name) => `test/${name}.test.ts`,
)

/** The tests of `file`: itself; those of its name, or of its room, in the tree of tests that mirrors the sources. */
function testsOf(file) {
  if (file.startsWith('test/')) return file.endsWith('.test.ts') ? [file] : []
  const mirrored = path.join('test', file.replace(/^sim\//, '').replace(/\.ts$/, '.test.ts'))
  if (existsSync(mirrored)) return [mirrored]
  const room = path.dirname(mirrored)
  // What stands in the room for all kinds is asked of those at hand alone.
  if (file.endsWith('/registry.ts') || file.match(FAULT)) return REGISTRY
  const there = existsSync(room) && statSync(room).isDirectory() ? readdirSync(room) : []
  return there.filter((name) => name.endsWith('.test.ts')).map((name) => path.join(room, name))
}

const tests = new Set([
  'test/architecture.test.ts',
  'test/tidy.test.ts',
  ...(asked.files.size > 0 ? REGISTRY : []),
  ...sources.flatMap(testsOf),
])

/** Runs a program, and shows what it said when it has ended: several at a time would talk at once. */
function run(program, ...given) {
  return new Promise((done) => {
    const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) }
    const child = spawn(path.join('node_modules/.bin', program), given, { env })
    const said = []
    child.stdout.on('data', (part) => said.push(part))
    child.stderr.on('data', (part) => said.push(part))
    child.on('close', (status) => {
      process.stdout.write(`$ npx ${[program, ...given].join(' ')}\n`)
      process.stdout.write(Buffer.concat(said))
      done(status === 0)
    })
  })
}

// What sim/ knows of Node takes as long as all the other rules together.
const rules = ['-t', '^(?!knows neither the globals of Node)']
const plan = [
  ['biome', 'check', ...sources],
  ['tsc', '--noEmit'],
  ['vitest', 'run', ...tests, ...rules],
  ...(asked.files.size > 0 ? [['vitest', 'run', ...asked.files, '-t', [...asked.called].join('|')]] : []),
]
if (planned) process.stdout.write(plan.map((command) => `${command.join(' ')}\n`).join(''))
else {
  const held = await Promise.all(plan.map((command) => run(...command)))
  process.exit(held.every(Boolean) ? 0 : 1)
}
