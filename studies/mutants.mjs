// Do the tests notice? Lines of sim/, reports/ and cli/, chosen by chance, are changed one at a time; the tests that
// can see the file are run, first those of its own room, then, where none fails, all that import it, then the rest.
//
//   node studies/mutants.mjs                    60 changes, about 40 minutes on two cores
//   node studies/mutants.mjs --seed 2 --count 20 --out mutants.md
//   node studies/mutants.mjs --brief            the quick tests only: at least so many are noticed; with the same --out,
//                                               one without --brief goes on with those that these did not see
//
// It works in a copy of the tree, in a temporary folder: nothing here is changed. The same seed chooses the same
// changes; with --out, what stands in that file is not done again, so that a study that was stopped goes on.
// A change that does not compile is no change: another is chosen. One that only the type checker refuses is noticed.
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { transformSync } from 'esbuild'
import seedrandom from 'seedrandom'
import { parseAst } from 'vitest/node'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '60' },
    out: { type: 'string' },
    dry: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
  },
})
const root = path.resolve(import.meta.dirname, '..')
const random = seedrandom(`mutants ${values.seed}`)
const one = (list) => list[Math.floor(random() * list.length)]

/** Seconds that the tests of a room may take, and all of them: what takes longer never ends. */
const ROOM = 480
const ALL = 900

const TURNED = {
  '<': ['<=', '>'],
  '<=': ['<', '>'],
  '>': ['>=', '<'],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
  '++': ['--'],
  '--': ['++'],
}

/** What can be changed in a file: from where to where, and what stands there then. */
function changesOf(text) {
  const changes = []
  const change = (start, end, into) => changes.push({ start, end, into })
  const code = (node) => text.slice(node.start, node.end)
  const operator = (node, from, to) => {
    const at = text.indexOf(node.operator, from)
    if (at < 0 || at >= to) return
    for (const into of TURNED[node.operator] ?? []) change(at, at + node.operator.length, into)
  }
  const looks = {
    BinaryExpression: (node) => operator(node, node.left.end, node.right.start),
    LogicalExpression: (node) => operator(node, node.left.end, node.right.start),
    AssignmentExpression: (node) => operator(node, node.left.end, node.right.start),
    UpdateExpression: (node) => operator(node, node.start, node.end),
    UnaryExpression(node) {
      if ('-!'.includes(node.operator)) change(node.start, node.end, code(node.argument))
    },
    Literal(node) {
      if (typeof node.value === 'number') change(node.start, node.end, `${node.value + 1}`)
      if (typeof node.value === 'boolean') change(node.start, node.end, `${!node.value}`)
    },
    IfStatement: (node) => change(node.test.start, node.test.end, `!(${code(node.test)})`),
    ConditionalExpression(node) {
      change(node.consequent.start, node.consequent.end, code(node.alternate))
      change(node.alternate.start, node.alternate.end, code(node.consequent))
    },
    ExpressionStatement(node) {
      if (/^(Call|Assignment|Update)/.test(node.expression.type)) change(node.start, node.end, ';')
    },
    MemberExpression(node) {
      const other = { min: 'max', max: 'min', floor: 'ceil', ceil: 'floor' }[node.property.name]
      if (node.object.name === 'Math' && other) change(node.property.start, node.property.end, other)
    },
  }
  const walk = (node) => {
    // Types are no code.
    if (/^TS(Type|Interface)/.test(node.type) || node.type === 'ImportDeclaration') return
    looks[node.type]?.(node)
    for (const value of Object.values(node))
      for (const part of Array.isArray(value) ? value : [value])
        if (typeof part?.type === 'string') walk(part)
  }
  walk(parseAst(text, { lang: 'ts' }))
  return changes
}

const lineOf = (text, at) => text.slice(0, at).split('\n').length
const files = ['sim', 'reports', 'cli'].flatMap((room) =>
  readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(room, file))
    .sort(),
)

/** Lines chosen by chance, each with one of the changes that it can have. */
function chosen(count) {
  const lines = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const byLine = new Map()
    for (const change of changesOf(text)) {
      const line = lineOf(text, change.start)
      byLine.set(line, [...(byLine.get(line) ?? []), change])
    }
    return [...byLine].map(([line, changes]) => ({ file, text, line, changes }))
  })
  const mutants = []
  while (mutants.length < count && lines.length > 0) {
    const [{ file, text, line, changes }] = lines.splice(Math.floor(random() * lines.length), 1)
    const { start, end, into } = one(changes)
    const mutated = text.slice(0, start) + into + text.slice(end)
    try {
      transformSync(mutated, { loader: 'ts' })
    } catch {
      continue
    }
    const what = `\`${text.slice(start, end).replace(/\s+/g, ' ').slice(0, 50)}\` → \`${into.replace(/\s+/g, ' ').slice(0, 50)}\``
    mutants.push({ file, place: `${file}:${line}`, what, mutated })
  }
  return mutants
}

/** The tests of the room that mirrors the file's, those of the same name first. */
function roomOf(file) {
  const [first, ...rest] = file.split('/')
  const name = rest.pop().replace('.ts', '.test.ts')
  for (let at = first === 'sim' ? rest : [first, ...rest]; at.length > 0; at = at.slice(0, -1)) {
    const exact = path.join('test', ...at, name)
    if (existsSync(path.join(root, exact))) return [exact]
    if (existsSync(path.join(root, 'test', ...at))) return [path.join('test', ...at)]
  }
  return []
}

const children = new Set()
process.on('exit', () => {
  for (const child of children) process.kill(-child.pid, 'SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** Runs vitest in the copy: the test file that failed first, that it did not end, or null where all is green. */
async function seenBy(copy, args, seconds) {
  const command = [
    'node_modules/vitest/vitest.mjs',
    ...args,
    '--bail=1',
    '--reporter=json',
    '--outputFile=seen.json',
  ]
  rmSync(path.join(copy, 'seen.json'), { force: true })
  const child = spawn('node', command, { cwd: copy, stdio: 'ignore', detached: true })
  children.add(child)
  let endless = false
  const timer = setTimeout(() => {
    endless = true
    process.kill(-child.pid, 'SIGKILL')
  }, seconds * 1000)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  children.delete(child)
  if (endless) return 'does not end'
  if (code === 0) return null
  const seen = path.join(copy, 'seen.json')
  if (!existsSync(seen)) return 'does not start'
  const { testResults } = JSON.parse(readFileSync(seen, 'utf8'))
  const failed = testResults.find(({ status }) => status === 'failed')
  return failed === undefined ? 'does not start' : path.relative(copy, failed.name)
}

function compiles(copy) {
  try {
    execFileSync('node', ['node_modules/typescript/bin/tsc', '--noEmit'], { cwd: copy, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Test files that were seen to pass without any change. */
const green = new Set()

/** A test that fails without any change notices nothing: it has to be mended first. */
async function honest(copy, file, seen) {
  if (!seen.endsWith('.test.ts') || green.has(seen)) return
  cpSync(path.join(root, file), path.join(copy, file))
  if ((await seenBy(copy, ['run', seen], ALL)) !== null) throw new Error(`${seen} fails without any change`)
  green.add(seen)
}

/** Where no room mirrors the file's, or others see more of it: the rooms that look at it, the quick ones first. */
const LOOKS = [
  [/^sim\/(options|scenario)\//, ['test/invalid', 'test/scenario', 'test/components/declared.test.ts']],
  [
    /^sim\/(parts|components|faults|model|kernel)\//,
    ['test/parts', 'test/faults', 'test/model', 'test/components'],
  ],
  [
    /^sim\/(stats|random|arithmetic|traffic)\//,
    ['test/stats', 'test/random', 'test/traffic', 'test/experiments'],
  ],
  [
    /^(sim\/experiments|reports)\//,
    ['test/reports', 'test/experiments', 'test/kept/architectures.test.ts', 'test/kept/pages.test.ts'],
  ],
]

/** First the tests of the same name or room, then those that look at it, then all that import it, then the program's. */
async function noticedBy(copy, file) {
  const parts = (args, seconds) =>
    seenBy(copy, ['run', '--project', 'parts', '--passWithNoTests', ...args], seconds)
  const room = roomOf(file)
  if (room.length > 0) {
    const near = await parts(room, ROOM)
    if (near !== null) return near
  }
  if (!compiles(copy)) return 'types'
  for (const [rooms, looks] of LOOKS) {
    if (!rooms.test(file)) continue
    const seen = await parts(looks, ALL)
    if (seen !== null) return seen
  }
  if (values.brief) return (await brief(copy, file, parts)) ?? 'NOT SEEN SO FAR'
  const far = file.startsWith('cli/')
    ? null
    : await seenBy(copy, ['related', file, '--run', '--project', 'parts', '--passWithNoTests'], ALL)
  if (far !== null) return far
  const program = (args) => seenBy(copy, ['run', '--project', 'program', ...args], ALL)
  const near = await program(['test/cli', 'test/invalid', 'test/pools', 'test/experiments'])
  if (near !== null) return near
  // The exact cases know nothing of words and options.
  return (file.startsWith('sim/') ? await program(['test/theory']) : null) ?? 'SURVIVED'
}

/** With --brief: the kept results of a few scenarios, or the command line. What is not seen by then may be seen by others. */
async function brief(copy, file, parts) {
  if (/^(cli|sim\/(options|scenario))\//.test(file))
    return seenBy(copy, ['run', '--project', 'program', 'test/cli/cli.test.ts', 'test/invalid'], ALL)
  return parts(['test/kept/architectures.test.ts'], ROOM)
}

const mutants = chosen(Number(values.count))
if (values.dry) {
  for (const { place, what } of mutants) console.log(place, what)
  process.exit()
}
const done = values.out !== undefined && existsSync(values.out) ? readFileSync(values.out, 'utf8') : ''
const tell = (row) => {
  console.log(row)
  if (values.out !== undefined) appendFileSync(values.out, `${row}\n`)
}
const copy = mkdtempSync(path.join(tmpdir(), 'nines-mutants-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
for (const file of tracked)
  if (existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(copy, file))
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))

const rows = done.split('\n').filter((row) => /^\| [^|]+:\d+ \|/.test(row))
if (done === '') tell('| place | change | noticed by |\n|---|---|---|')
for (const { file, place, what, mutated } of mutants) {
  const start = `| ${place} | ${what.replaceAll('|', '\\|')} |`
  const known = rows.findIndex((row) => row.startsWith(start))
  if (known >= 0 && (values.brief || !rows[known].endsWith('NOT SEEN SO FAR |'))) continue
  if (known >= 0) rows.splice(known, 1)
  writeFileSync(path.join(copy, file), mutated)
  const seen = await noticedBy(copy, file)
  await honest(copy, file, seen)
  const row = `${start} ${seen} |`
  cpSync(path.join(root, file), path.join(copy, file))
  rows.push(row)
  tell(row)
}
const survived = rows.filter((row) => /(SURVIVED|NOT SEEN SO FAR) \|$/.test(row)).length
console.log(
  `\n${rows.length} lines changed, seed ${values.seed}: ${rows.length - survived} noticed, ${survived} not`,
)
