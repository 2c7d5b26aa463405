import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { explanationMarkdown, explanationText } from '../../reports/explanation.js'
import { PLAIN_LOOK } from '../../reports/words/look.js'
import { type Explanation, explain } from '../../sim/experiments/explain/explained.js'
import { Interrupted, inline, type Pool } from '../../sim/experiments/jobs.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { built, root } from '../support/built.js'
import { file, folder } from '../support/nines.js'

const how = {
  trial: { lasts: '2min', warmup: '10s', replications: 2 },
  wishes: { gap: 5, pairs: false, assume: true },
  precisely: { within: 0.1, most: 2, first: 2 },
}

describe('an explanation', () => {
  const scenario = parseScenario(
    `# Two servers take turns.
#
# Who of them can be lost?
name: Two *small* servers
users: { web: { arrive: poisson(100/s), to: lb, timeout: 1s } }
components:
  lb: { kind: haproxy, timeout_connect: 100ms, timeout_server: 1s, redispatch: on, default_server: { check: on, inter: 1s, fall: 1 }, servers: [a, b] }
  a: { kind: nginx, upstream: code-a }
  b: { kind: nginx, upstream: code-b }
  code-a: { kind: app, host: one, service: 4ms }
  code-b: { kind: app, host: two, service: 4ms }
hosts: { one: {}, two: {} }
expect: { latency_p99: "<= 30ms" }`,
    'two.yaml',
  )
  let all: Explanation
  beforeAll(async () => {
    all = await explain(scenario, how, inline)
  }, 120_000)

  test('tells what each box does, and where requests go', () => {
    expect(all.components.map(({ name, does }) => [name, does[0]])).toEqual([
      ['lb', 'sends each request to one of a or b (in turn)'],
      ['a', 'passes everything on to code-a'],
      ['b', 'passes everything on to code-b'],
      ['code-a', expect.stringContaining('in 5 workers')],
      ['code-b', expect.stringContaining('in 5 workers')],
    ])
    expect(all.routes.map(({ users, way }) => [users, way[0]])).toEqual([['web', ['lb']]])
  })

  test('tries the remedies: one more server is half as many more, and a cache twice', () => {
    const told = Object.fromEntries(all.remedies.map((one) => [one.remedy, one]))
    expect(told.servers!.gain!.value).toBeGreaterThan(0.35)
    expect(told.servers!.gain!.value).toBeLessThan(0.65)
    expect(told.cache!.gain!.value).toBeGreaterThan(0.7)
    expect(told.cache!.p99_ms!.value).toBeLessThan(all.calm.latency_ms.p99.value!)
    expect(told.balancing).toMatchObject({ says: null, because: 'it is there: lb chooses among a, b' })
    expect(told.database!.because).toBe('no database is asked that could have a replica')
    const { without, with: limited, offered_qps } = told['rate limit']!.above!
    expect(offered_qps).toBeCloseTo(1.5 * all.capacity!.qps.value!, 6)
    expect(limited.good.low!).toBeGreaterThan(without.good.high!)
  })

  test('is a text whose first line is the answer', () => {
    const text = explanationText(all, scenario, PLAIN_LOOK)
    const [first] = text.split('\n\n') as [string]
    expect(first.replace(/\s+/g, ' ')).toMatch(
      /^Two \*small\* servers answers 9?\d+(\.\d)?\/s, could answer [34]\d\d\/s ±\S+ as well as is expected and stops without lb\. Most would come of a cache: \S+% ±\S+% more\.$/,
    )
    const flat = text.replace(/\s+/g, ' ')
    expect(flat).toContain('Two servers take turns. Who of them can be lost?')
    expect(flat).toContain(
      '- lb (haproxy): it sends each request to one of a or b (in turn); it checks every 1 s',
    )
    expect(flat).toContain('Not tried: balancing, since it is there')
    expect(flat).toContain('It brings no more, but saves what there is.')
    expect(flat).toContain('Here lb for all.')
    // No stack that has all of its letters.
    expect(flat).not.toContain('LAMP')
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
  })

  test('is Markdown with the drawing inside, where names mean themselves', () => {
    const text = explanationMarkdown(all, scenario)
    expect(text).toMatch(/^# Two \\\*small\\\* servers\n\n/)
    expect(text).toContain('```mermaid\nflowchart TB\n')
    expect(text).toContain('| as it is | ')
    expect(text).toMatch(/## What would bring more\n\n/)
  })
})

test('who interrupts it is told what was found by then', async () => {
  const scenario = parseScenario(
    `users: { web: { arrive: poisson(10/s), to: a } }
components: { a: { kind: service, service: exponential(10ms) } }`,
    'one.yaml',
  )
  let left = 2
  const pool: Pool = {
    ...inline,
    async run(jobs, ...rest) {
      if (left-- <= 0) throw new Interrupted(jobs.map(() => undefined))
      return inline.run(jobs, ...rest)
    },
  }
  const found = await explain(scenario, how, pool)
  expect(found).toMatchObject({ interrupted: true, capacity: null, remedies: [] })
  const text = explanationText(found, scenario, PLAIN_LOOK).replace(/\s+/g, ' ')
  expect(text).toContain('What it carries cannot be told: it was interrupted before that.')
  expect(text).toContain('It was interrupted: not all remedies were tried.')
})

describe('nines explain', () => {
  const nines = (...args: string[]) =>
    spawnSync('node', [built('cli/main.js'), ...args], { encoding: 'utf8' })
  const into = folder()
  const one = file(
    into,
    'one.yaml',
    'users: { web: { arrive: poisson(10/s), to: a } }\ncomponents: { a: { kind: service, service: exponential(10ms) } }\n',
  )
  const brief = ['--lasts', '10s', '--warmup', '5s', '--replications', '2', '--quiet']

  test('does what README says', () => {
    const [, args] = /^npx nines (explain .+) -o /m.exec(readFileSync(path.join(root, 'README.md'), 'utf8'))!
    const { status, stdout } = spawnSync('node', [built('cli/main.js'), ...args!.split(' '), ...brief], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^# Simple web stack$/m)
  }, 400_000)

  test('prints or writes it, the same for every number of jobs', () => {
    const [alone, both] = ['1', '2'].map((jobs) =>
      nines('explain', one, '--format', 'json', '--jobs', jobs, ...brief),
    )
    expect(alone).toMatchObject({ status: 0, stderr: '' })
    expect(both!.stdout).toBe(alone!.stdout)
    const [explanation] = JSON.parse(alone!.stdout).explanations as [Explanation]
    expect(explanation.spofs.parts[0]).toMatchObject({ part: 'a', severity: 'hard' })
    const at = path.join(into, 'one.md')
    expect(nines('explain', one, '--format', 'markdown', '-o', at, ...brief)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    })
    expect(readFileSync(at, 'utf8')).toContain('```mermaid')
  })

  test('goes on where it stopped, and comes to the same', () => {
    const out = path.join(into, 'out')
    const [names, journal] = [['explanation.md', 'explanation.json'], path.join(out, 'journal')]
    const asked = ['explain', one, '--format', 'json', '--out', out, ...brief]
    const whole = nines(...asked)
    expect(whole).toMatchObject({ status: 0, stderr: '' })
    const files = names.map((name) => readFileSync(path.join(out, name), 'utf8'))
    expect(files[1]).toBe(whole.stdout)
    const lines = readFileSync(journal, 'latin1').split('\n')
    const half = lines.slice(0, lines.length / 2)
    writeFileSync(journal, `${half.join('\n')}\n`, 'latin1')
    expect(nines(...asked, '--resume')).toMatchObject({ status: 0, stdout: whole.stdout })
    expect(names.map((name) => readFileSync(path.join(out, name), 'utf8'))).toEqual(files)
    const again = readFileSync(journal, 'latin1').split('\n')
    expect(again.slice(0, half.length)).toEqual(half)
    const keys = (some: readonly string[]) => some.map((line) => line.slice(0, 22)).sort()
    expect(keys(again)).toEqual(keys(lines))
    expect(nines('explain', one, '--resume')).toMatchObject({ status: 2, stdout: '' })
  })

  test('tells what is wrong with a file, and prints nothing', () => {
    const bad = file(into, 'bad.yaml', 'users: { web: { arrive: poisson(1/s), to: b } }\ncomponents: {}\n')
    expect(nines('explain', bad)).toMatchObject({ status: 2, stdout: '' })
  })
})
