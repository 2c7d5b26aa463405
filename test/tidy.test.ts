import path from 'node:path'
import { expect, it } from 'vitest'
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
 * The rules of the house that a program can read. Where a list stands beside a rule, it holds what was there before
 * the rule: it only shrinks, and a test fails until what is cured has been struck off.
 */

/** What one can see without turning the page. */
const MOST_LINES = 70

/** Longer than that. */
const LONG = [
  'reports/html/charts.ts optionsOf',
  'reports/text.ts single',
  'sim/experiments/replicate.ts replicate',
  'sim/experiments/summarize.ts summarize',
  'sim/scenario/parse.ts check',
]

/** What these give away is meant for those outside. */
const DOORS = ['sim/index.ts']

/** Exported, though nobody takes it: types of what others get, which the door will name. */
const UNTAKEN = [
  'reports/csv.ts Row',
  'reports/html/tables.ts Column',
  'reports/html/tables.ts portion',
  'sim/experiments/result.ts TimelineRow',
  'sim/experiments/run.ts Done',
  'sim/experiments/run.ts resultOf',
  'sim/experiments/warmup.ts Warmth',
  'sim/faults/fault.ts Bend',
  'sim/faults/fault.ts TargetType',
  'sim/model/calamities.ts targetOf',
  'sim/model/trace.ts Span',
  'sim/options/types.ts Surroundings',
  'sim/scenario/catalog.ts CatalogEntry',
  'sim/scenario/document.ts Reader',
  'sim/scenario/parse.ts Reading',
  'sim/scenario/scenario.ts HostSpec',
  'sim/scenario/scenario.ts WireSpec',
]

/** Where the program is entered: by who starts it, by who builds it, and by the measurements. */
const ENTRIES = [
  /^cli\/main\.ts$/,
  /^sim\/index\.ts$/,
  /^reports\/html\/charts\.ts$/, // the only code for browsers, bundled
  /^(build\.mjs|reports\/html\/bundle\.mjs)$/,
  /^(bench|studies)\//,
]
/** And by its tests, which load hooks into threads. */
const TESTS = [/\.test\.ts$/, /vitest\.config\.ts$/, /^test\/support\/hooks\//]

/** Names of what a room has by its role. A command in `cli/` is called as what it commands. */
const ROLES = ['index.ts', 'registry.ts', 'options.ts']

/** Other files of one name in different rooms. */
const NAMESAKES = {
  'catalog.ts': ['reports', 'sim/scenario'],
  'law.ts': ['sim/options', 'sim/traffic/arrivals'],
  'queue.ts': ['pools/redis', 'sim/components/haproxy'],
  'scenario.ts': ['reports/html', 'sim/scenario'],
  'sweep.ts': ['reports', 'reports/html', 'sim/experiments'],
  'trace.ts': ['reports', 'sim/model', 'sim/traffic/arrivals'],
  'words.ts': ['reports/html', 'reports/words'],
  'worker.ts': ['pools', 'pools/redis'],
}

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
    machine: 'host',
    machines: 'hosts',
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

/** Of these, those that are still there. */
const STILL = [
  'aftermath',
  'aftermaths',
  'bounce',
  'calamities',
  'ghosts',
  'knock',
  'knocked',
  'knocks',
  'ponder',
  'restless',
  'sights',
  'spoken',
  'surroundings',
  'swallow',
  'warmth',
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
  expect([...new Set(long)].sort()).toEqual(LONG)
})

it('exports nothing that nobody imports', () => {
  const taken = new Set(all.flatMap((source) => importsOf(source, known)))
  const untaken = program
    .filter(({ file }) => !DOORS.includes(file) && !taken.has(`${file} *`))
    .flatMap((source) => exportsOf(source).map((name) => `${source.file} ${name}`))
    .filter((one) => !taken.has(one))
  expect(untaken.sort()).toEqual(UNTAKEN)
})

it('has no file that is not reached from where the program is entered, nor one of the tests that no test reaches', () => {
  const entered = reached(ENTRIES)
  expect(program.map(({ file }) => file).filter((file) => !entered.has(file))).toEqual([])
  const tested = reached([...ENTRIES, ...TESTS])
  expect(all.map(({ file }) => file).filter((file) => !tested.has(file))).toEqual([])
})

it('gives files in different rooms different names', () => {
  const rooms: Record<string, string[]> = {}
  for (const { file } of program) {
    const [room, name] = [path.dirname(file), path.basename(file)]
    if (room !== 'cli' && !ROLES.includes(name)) (rooms[name] ??= []).push(room)
  }
  const several = Object.entries(rooms).filter(([, where]) => where.length > 1)
  expect(Object.fromEntries(several.map(([name, where]) => [name, where.sort()]))).toEqual(NAMESAKES)
})

it('has no name with a word for which there is another', () => {
  const found = new Map<string, string>()
  // With an underscore, it is an option of the real software or a key of the results.
  for (const source of program)
    for (const name of namesOf(source))
      for (const word of name.includes('_') ? [] : name.split(/(?=[A-Z])/).map((one) => one.toLowerCase()))
        if (BANNED.has(word)) found.set(word, `${source.file}: ${name} (use: ${BANNED.get(word)})`)
  expect([...found].filter(([word]) => !STILL.includes(word)).map(([, where]) => where)).toEqual([])
  expect([...found.keys()].sort()).toEqual(STILL)
})

it('has nothing left to do, no test that is passed over, and no place of one machine', () => {
  const rules: [string, RegExp][] = [
    ['left to do', /\b(TODO|FIXME|XXX)\b/],
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
