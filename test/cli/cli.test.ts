import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../sim/experiments/result.js'
import { built, root } from '../support/built.js'

const folder = mkdtempSync(path.join(tmpdir(), 'nines-test-'))

function nines(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** A file in a folder of its own. */
function file(name: string, text: string): string {
  const at = path.join(folder, name)
  writeFileSync(at, text)
  return at
}

const brief = ['--lasts', '20s', '--replications', '3']
const mm1 = () =>
  file(
    'mm1.yaml',
    'lasts: 50s\nusers: { web: { arrive: poisson(80/s), to: q } }\ncomponents: { q: { kind: service, service: exponential(10ms) } }\n',
  )

describe('nines', () => {
  it('gives every problem of a bad file at once, with line, column and hint, and exit code 2', () => {
    const bad = file(
      'bad.yaml',
      'lasts: 10\nusers:\n  web: { arrive: poison(80/s), to: qq }\ncomponents:\n  q: { kind: service, service: -3ms, servres: 2 }\nfaults:\n  - { kind: crash, target: server-9, at: 1s }\n',
    )
    const { status, stdout, stderr } = nines('run', bad)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/at .*\.js:/)
    for (const part of [
      ':1:1: lasts:',
      ':3:10: users.web.arrive:',
      'poisson',
      ':5:23: components.q.service:',
      '"servres"',
      '"servers"',
      'server-9',
    ]) {
      expect(stderr).toContain(part)
    }
  })

  it.each([
    ['nonsense', 'x'.repeat(10_000_000)],
    ['not YAML', 'a: [1, 2\nb: }'],
    ['empty', ''],
    [
      'a circle',
      'users: { u: { arrive: poisson(1/s), to: a } }\ncomponents:\n  a: { kind: service, service: 1s, next: [b] }\n  b: { kind: service, service: 1s, next: [a] }\n',
    ],
    ['a prototype', '__proto__: { x: 1 }\nconstructor: 3\n'],
  ])('refuses %s with exit code 2 and no stack trace', (name, text) => {
    const { status, stdout, stderr } = nines('check', file(`${name}.yaml`, text))
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/at .*\.js:|defect/)
    expect(stderr).toContain(`${name}.yaml`)
  })

  it('prints the same bytes for every number of jobs', () => {
    const runs = ['1', '2'].map((jobs) =>
      nines('run', 'scenarios/02-distributed.yaml', ...brief, '--format', 'json', '--jobs', jobs),
    )
    expect(runs[0]!.status).toBe(0)
    expect(runs[0]!.stdout).toBe(runs[1]!.stdout)
  })

  it('prints results of version 1, in which offered = ok + failed + in flight', () => {
    const { stdout } = nines('run', 'scenarios/04-scale-up.yaml', ...brief, '--format', 'json')
    const { version, results } = JSON.parse(stdout)
    expect(version).toBe(1)
    const [{ requests, qps, availability, components, timeline }] = results
    expect(requests.offered).toBe(requests.ok + requests.failed + requests.in_flight)
    expect(qps.ok.value).toBeGreaterThan(qps.ok.low)
    expect(availability.value).toBe(1)
    expect(Object.keys(components)).toContain('haproxy-2')
    expect(timeline).toHaveLength(120)
  })

  it('compares in pairs, and says so in words of at most 100 columns', () => {
    const { stdout, status } = nines(
      'compare',
      'scenarios/01-simple-web-stack.yaml',
      'scenarios/04-scale-up.yaml',
      ...brief,
    )
    expect(status).toBe(0)
    expect(stdout).toContain('Scaled-up web infrastructure against Simple web stack')
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
  })

  it('traces single requests, a span for each box', () => {
    const { stdout } = nines(
      'trace',
      'scenarios/02-distributed.yaml',
      '--requests',
      '5',
      '--format',
      'json',
      '--lasts',
      '20s',
    )
    const { requests } = JSON.parse(stdout)
    expect(requests).toHaveLength(5)
    expect(requests[0].spans[0]).toMatchObject({ component: 'haproxy', parent: 'visitors', outcome: 'ok' })
    expect(
      nines('trace', 'scenarios/02-distributed.yaml', '--requests', '2', '--lasts', '20s').stdout,
    ).toContain('#2 ')
  })

  it('draws an architecture, alone or under load, to standard output or into a file', () => {
    const svg = path.join(folder, 'drawing.svg')
    expect(nines('draw', 'scenarios/02-distributed.yaml', '-o', svg)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    })
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg xmlns=[\s\S]*--card:[\s\S]*>mysql-2<[\s\S]*<\/svg>\n$/)
    const [once, twice] = ['1', '2'].map((jobs) =>
      nines('draw', mm1(), '--by', 'load', '--format', 'dot', ...brief, '--jobs', jobs, '--quiet'),
    )
    expect(once).toMatchObject({ status: 0, stderr: '' })
    expect(once!.stdout).toMatch(/% used/)
    expect(twice!.stdout).toBe(once!.stdout)
    const lost = ['--by', 'severity', '--format', 'mermaid', '--replications', '1', '--lasts', '20s']
    expect(nines('draw', mm1(), ...lost, '--quiet').stdout).toMatch(
      /"q<br\/>service<br\/>hard"[\s\S]*style n1 stroke:#c8322b/,
    )
  })

  it('loses each part in turn: the same for one job and two, and with --check 1 where that is more than is expected', () => {
    const spof = file(
      'spof.yaml',
      'users: { web: { arrive: poisson(20/s), to: q, timeout: 1s } }\ncomponents: { q: { kind: service, service: 1ms } }\nexpect: { spof: none, availability: ">= 99%" }\n',
    )
    const short = ['--lasts', '10s', '--warmup', '5s', '--replications', '2', '--quiet']
    const out = path.join(folder, 'spof')
    const junit = path.join(folder, 'spof.xml')
    const [once, twice] = ['1', '2'].map((jobs) =>
      nines('spof', spof, ...short, '--jobs', jobs, '--format', 'json', '--out', out, '--junit', junit),
    )
    expect(once).toMatchObject({ status: 0, stderr: '' })
    expect(twice).toEqual(once)
    const { version, spofs } = JSON.parse(once!.stdout)
    expect(version).toBe(1)
    expect(spofs[0].parts.map(({ part, severity }: Record<string, string>) => [part, severity])).toEqual([
      ['q', 'hard'],
      ['web -> q', 'hard'],
    ])
    expect(readdirSync(out).sort()).toEqual(['journal', 'spof.csv', 'spof.html', 'spof.json'])
    expect(readFileSync(path.join(out, 'spof.json'), 'utf8')).toBe(once!.stdout)
    expect(readFileSync(junit, 'utf8')).toContain('<failure type="not met" message="spof: none: not met')
    expect(nines('spof', spof, ...short, '--out', out, '--resume', '--check')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^\S.* has 1 single point of failure: q\.\n/),
    })
    expect(nines('spof', mm1(), ...short, '--check')).toMatchObject({
      status: 0,
      stderr: 'nothing was expected: no spof: in the expect: of what was run\n',
    })
  })

  it.each([
    [['--replications', '31'], /at most 30/],
    [['--gap', 'soon'], /expected a duration/],
    [['--resume'], /--resume needs the --out of the spof that stopped/],
    [['--lasts', 'long', '--set', 'seeds=2'], /seeds[\s\S]*--lasts/],
    [['--precision', '5%'], /unknown option/],
  ])('spof with %j is told what is wrong', (args, says) => {
    expect(nines('spof', mm1(), ...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(says),
    })
  })

  it('lists what a scenario can say', () => {
    expect(nines('list').stdout).toMatch(/haproxy[\s\S]*sizes, wires, repair\.\n$/)
    expect(nines('list', 'haproxy').stdout).toContain('timeout_connect')
    expect(nines('schema').stdout).toBe(readFileSync(path.join(root, 'docs/scenario.schema.json'), 'utf8'))
    const listed = JSON.parse(nines('list', 'haproxy', '--format', 'json').stdout)
    expect(Object.keys(listed)).toEqual(['version', 'components', 'every_component'])
    expect(listed.components.map(({ name }: { name: string }) => name)).toEqual(['haproxy'])
    expect(nines('list', 'mariadb').stderr).toContain('did you mean "mysql", which stands for mariadb?')
    expect(nines('list', 'haproxi')).toMatchObject({ status: 2, stderr: expect.stringContaining('haproxy') })
  })

  it('writes the files that --out promises, the page among them', () => {
    const out = path.join(folder, 'out')
    expect(nines('run', mm1(), ...brief, '--out', out, '--quiet').status).toBe(0)
    const [, promised] = /also write ([^)]*) there/.exec(nines('run', '--help').stdout.replace(/\s+/g, ' '))!
    const names = promised!.split(/, | and /)
    expect(names).toContain('outcomes.csv')
    for (const name of names) expect(existsSync(path.join(out, name)), name).toBe(true)
    const page = readFileSync(path.join(out, 'report.html'), 'utf8')
    expect(page).not.toMatch(/(src|href)="https?:/)
  })

  describe('a recording', () => {
    const scenario = (service: string) =>
      file(
        'replay.yaml',
        `lasts: 100s\nreplications: 4\nusers: { web: { arrive: trace(log.csv), to: q } }\ncomponents: { q: { kind: service, service: ${service} } }\n`,
      )
    const sound = 'time,class,service\n1,read,500ms\n1.25,write,1.5\n10,read,250ms\n'

    it('is replayed request by request, whatever the number of jobs', () => {
      file('log.csv', sound)
      const { stdout } = nines('trace', scenario('trace'), '--format', 'json')
      const { requests } = JSON.parse(stdout) as { requests: Record<string, unknown>[] }
      expect(requests.map((one) => [one.arrived_s, one.class, one.outcome, one.latency_ms])).toEqual([
        [1, 'read', 'ok', 500],
        [1.25, 'write', 'ok', 1750],
        [10, 'read', 'ok', 250],
      ])
      const ran = ['1', '2'].map((jobs) =>
        nines('run', scenario('trace'), '--format', 'json', '--jobs', jobs),
      )
      expect(ran[0]).toEqual(ran[1])
      const [result] = (JSON.parse(ran[0]!.stdout) as Report).results
      expect(result!.classes.read!.requests).toMatchObject({ offered: 8, ok: 8 })
      expect(result!.classes.write!.latency_ms.mean.value).toBeCloseTo(1750, 6)
    })

    it('is remarked on where nobody reads the service', () => {
      file('log.csv', sound)
      expect(nines('check', scenario('1ms')).stdout.replace(/\s+/g, ' ')).toContain(
        'the service times of log.csv are not used: nothing that web come to says service: trace',
      )
    })

    it('is refused at its own line and column where it is bad, with exit code 2', () => {
      const log = file('log.csv', sound.replace('1.5', 'soon').replace('10,', '0.5,'))
      const { status, stdout, stderr } = nines('run', scenario('trace'))
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr.trim().split('\n')).toEqual([
        `${log}:3:12: users.web.arrive: expected a duration such as 40ms or 2min`,
        `${log}:4:1: users.web.arrive: expected a time no earlier than that of the line above`,
      ])
    })
  })

  it('judges expectations with --check', () => {
    const text = readFileSync(mm1(), 'utf8')
    const met = file('met.yaml', `${text}expect: { latency_mean: "<= 1s" }\n`)
    const unmet = file('unmet.yaml', `${text}expect: { latency_mean: "<= 1ms" }\n`)
    expect(nines('run', met, ...brief, '--check').status).toBe(0)
    expect(nines('run', unmet, ...brief, '--check').status).toBe(1)
    expect(nines('run', unmet, ...brief).status).toBe(0)
  })

  it('writes verdicts for continuous integration, whether they are checked or not', () => {
    const text = readFileSync(mm1(), 'utf8')
    const unmet = file('unmet.yaml', `${text}expect: { latency_mean: "<= 1ms", qps: ">= 70/s" }\n`)
    const junit = path.join(folder, 'new', 'junit.xml')
    expect(nines('run', unmet, ...brief, '--junit', junit).status).toBe(0)
    const written = readFileSync(junit, 'utf8')
    expect(written).toContain('<testsuites name="nines" tests="2" failures="1"')
    expect(written).toContain('<failure type="not met" message="latency_mean &lt;= 1ms')
    expect(nines('compare', unmet, unmet, ...brief, '--junit', junit, '--check').status).toBe(1)
    expect(readFileSync(junit, 'utf8').match(/<testsuite /g)).toHaveLength(2)
    const swept = ['--set', 'users.web.arrive=poisson({x}/s)', '--x', '75,80', ...brief]
    expect(nines('sweep', unmet, ...swept, '--junit', junit, '--check').status).toBe(1)
    expect(readFileSync(junit, 'utf8')).toContain('<testsuite name="unmet, x=75"')
  })

  it('says so if nothing was expected, and if a file cannot be written', () => {
    const { status, stderr } = nines('run', mm1(), ...brief, '--check')
    expect(status).toBe(0)
    expect(stderr).toContain('nothing was expected')
    const below = path.join(mm1(), 'junit.xml')
    expect(nines('run', mm1(), ...brief, '--junit', below)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^nothing|^cannot write/),
    })
  })

  it('validate runs the cases that are named, and says so when none is', () => {
    const { status, stdout } = nines(
      'validate',
      'lru',
      '--replications',
      '2',
      '--format',
      'csv',
      '--out',
      folder,
    )
    expect(status).toBe(0)
    expect(stdout.split('\n').map((line) => line.split(',')[0])).toEqual([
      'case',
      'lru-n10-c3-zipf0.8',
      'lru-n16-c8-zipf0.6',
      '',
    ])
    expect(readFileSync(path.join(folder, 'validation.csv'), 'utf8')).toBe(stdout)
    for (const name of ['validation.json', 'validation.md'])
      expect(existsSync(path.join(folder, name))).toBe(true)
    expect(nines('validate', 'lru', '--replications', '2', '--format', 'csv', '--seed', '2').stdout).not.toBe(
      stdout,
    )
    expect(nines('validate', 'nothing-like-it')).toMatchObject({ status: 2, stdout: '' })
    expect(nines('validate', 'lru', '--replications', '1').status).toBe(2)
  })
})
