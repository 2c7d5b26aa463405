import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/built.js'
import {
  code,
  exportsOf,
  importsOf,
  lengthsOf,
  namesOf,
  reaches,
  sources,
  textOf,
  written,
} from './support/sources.js'

/**
 * The rules of the house that a program can read.
 */

/** What one can see without turning the page. */
const MOST_LINES = 70

/** Of a line that somebody wrote: what a bundler makes has thousands. */
const MOST_CHARACTERS = 500

/** What these give away is meant for those outside: docs/api.md lists it, and a test compares. */
const DOORS = ['sim/index.ts']

/** Where the program is entered: by who starts it, by who builds it, and by the measurements. */
const ENTRIES = [
  /^cli\/main\.ts$/,
  /^sim\/index\.ts$/,
  /^reports\/charts\/hover\.ts$/, // for browsers, bundled
  /^(build\.mjs|reports\/html\/bundle\.mjs)$/,
  /^(bench|studies)\//,
  /^test\/(quick|package\/nodes)\.mjs$/, // npm run quick, npm run test:nodes
]
/** And by its tests, which load hooks into threads. */
const TESTS = [/\.test\.ts$/, /vitest\.config\.ts$/, /^test\/support\/hooks\//]

/** Names of what a room has by its role. A command in `cli/` is called as what it commands. */
const ROLES = ['index.ts', 'registry.ts', 'options.ts']

/** Words that names do not have, be they home-made or cut short, each with the one to use. */
const BANNED = new Map(
  Object.entries({
    aftermath: 'recovery',
    aftermaths: 'recoveries',
    bounce: 'reject',
    calamities: 'faults',
    customer: 'request',
    customers: 'requests',
    ghosts: 'errant',
    iteration: 'replication',
    iterations: 'replications',
    knock: 'connect',
    knocked: 'connecting',
    knocks: 'connects',

    packet: 'request',
    ponder: 'think',
    restless: 'drifting',
    sights: 'wires',
    spoken: 'reported',
    surroundings: 'names',
    swallow: 'drop',
    warmth: 'warmup',
    // Cut short.
    cfg: 'configuration',
    cnt: 'count',
    cur: 'current',
    helper: 'what it does',
    helpers: 'what they do',
    idx: 'index',
    manager: 'what it does',
    msg: 'message',
    num: 'number',
    opts: 'options',
    params: 'parameters',
    prev: 'previous',
    req: 'request',
    res: 'result',
    ret: 'result',
    srv: 'server',
    tmp: 'what it holds',
    util: 'what it does',
    utils: 'what they do',
    val: 'value',
  }),
)

/** Words that are others' to choose: those of the messages of a protocol, of the platform, and of a library. */
const FOREIGN = [
  'cli/mcp.ts: params',
  'cli/studio-server.ts: URLSearchParams',
  'studio/page/live-charts.ts: posToVal',
  'studio/page/live-charts.ts: valToPos',
]

const all = code()
const program = sources()
const known = new Set(all.map(({ file }) => file))

/** The files that are reached from those whose names fit. */
function reached(fits: readonly RegExp[]): Set<string> {
  const found = new Set(all.filter(({ file }) => fits.some((one) => one.test(file))).map(({ file }) => file))
  const ways = new Map(all.map((source) => [source.file, reaches(source, known)]))
  // What is added while one goes through a set is gone through, too.
  for (const file of found) for (const next of ways.get(file)!) found.add(next)
  return found
}

it('reads the whole program', () => {
  expect(program.length).toBeGreaterThan(150)
  expect(all.length).toBeGreaterThan(program.length + 80)
  expect(written().length).toBeGreaterThan(all.length)
})

it(`has no function of more than ${MOST_LINES} lines`, () => {
  const long = program.flatMap((source) =>
    lengthsOf(source)
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ name }) => `${source.file} ${name}`),
  )
  expect([...new Set(long)]).toEqual([])
})

it('exports nothing that nobody imports', () => {
  const taken = new Set(all.flatMap((source) => importsOf(source, known)))
  const untaken = program
    .filter(({ file }) => !DOORS.includes(file) && !taken.has(`${file} *`))
    .flatMap((source) => exportsOf(source).map((name) => `${source.file} ${name}`))
    .filter((one) => !taken.has(one))
  expect(untaken).toEqual([])
})

it('has no file that is not reached from where the program is entered, nor one of the tests that no test reaches', () => {
  const entered = reached(ENTRIES)
  expect(program.map(({ file }) => file).filter((file) => !entered.has(file))).toEqual([])
  const tested = reached([...ENTRIES, ...TESTS])
  expect(all.map(({ file }) => file).filter((file) => !tested.has(file))).toEqual([])
})

it('keeps nothing that is built: not what .gitignore names, no JavaScript, no minified lines', () => {
  const git = (...args: string[]) =>
    spawnSync('git', ['ls-files', ...args], { cwd: root, encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean)
  const tracked = git().filter((file) => existsSync(path.join(root, file)))
  expect(tracked.length).toBeGreaterThan(all.length)
  const isMinified = (file: string) =>
    textOf(file)
      .split('\n')
      .some((line) => line.length > MOST_CHARACTERS)
  const built = tracked
    // Whole pages are kept to be compared.
    .filter((file) => !file.startsWith('scenarios/kept/'))
    .filter((file) => file.endsWith('.js') || (/\.(css|html|mjs)$/.test(file) && isMinified(file)))
  expect([...git('--cached', '--ignored', '--exclude-standard'), ...built]).toEqual([])
})

it('gives files in different rooms different names', () => {
  const rooms: Record<string, string[]> = {}
  for (const { file } of program) {
    const [room, name] = [path.dirname(file), path.basename(file)]
    if (room !== 'cli' && !ROLES.includes(name)) (rooms[name] ??= []).push(room)
  }
  const several = Object.entries(rooms).filter(([, where]) => where.length > 1)
  expect(several).toEqual([])
})

it('has no name with a word for which there is another', () => {
  const found = new Map<string, string>()
  // With an underscore, it is an option of the real software or a key of the results.
  for (const source of program)
    for (const name of namesOf(source))
      for (const word of name.includes('_') ? [] : name.split(/(?=[A-Z])/).map((one) => one.toLowerCase()))
        if (BANNED.has(word) && !FOREIGN.includes(`${source.file}: ${name}`))
          found.set(word, `${source.file}: ${name} (use: ${BANNED.get(word)})`)
  expect([...found.values()]).toEqual([])
})

it('has nothing left to do, no test that is passed over, and no place of one machine', () => {
  const rules: [string, RegExp][] = [
    ['left to do', /\b(TO-?DO|FIX-?ME|X{3,})\b/],
    ['passed over', /\b(it|test|describe)\.(only|skip|todo)\b/],
    ['a place of one machine', /(?<![\w./)}:*])\/(home|root|work|tmp|Users|mnt)\/\w/],
  ]
  const wrong = written()
    .filter((file) => file !== 'test/tidy.test.ts')
    .flatMap((file) =>
      rules.filter(([, rule]) => rule.test(textOf(file))).map(([what]) => `${file}: ${what}`),
    )
  expect(wrong).toEqual([])
})
