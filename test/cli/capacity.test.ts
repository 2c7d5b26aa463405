import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { file, folder, nines } from '../support/nines.js'

const at = folder()
const queue = (expected: string, name = 'q.yaml', cost = 10) =>
  file(
    at,
    name,
    `name: ${name}
hosts: { h: { cost: ${cost}, cores: ${cost / 10} } }
users: { web: { arrive: poisson(50/s), to: q } }
components: { q: { kind: service, host: h, discipline: ps, service: exponential(10ms) } }
expect: { ${expected} }
`,
  )
const plain = queue('hosts.h.utilization: "<= 50%"')
const brief = ['--within', '5%', '--max-replications', '8', '--lasts', '30s', '--quiet']

describe('nines capacity', () => {
  it('prints the answer first, in lines of at most 100 columns', async () => {
    const { code, stdout } = await nines('capacity', plain, ...brief)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^q\.yaml carries (49|50|51)[\d.]*\/s ±[\d.]+% with hosts\.h\.utilization <= 50%; the first to break is/,
    )
    expect(stdout.replace(/\s+/g, ' ')).toContain('without h it carries nothing.')
    expect(stdout).toContain('It costs 10 a month')
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
  })

  it('prints the contract as JSON, the same to the byte for every --jobs, and after --resume', async () => {
    const out = path.join(at, 'out')
    const one = await nines('capacity', plain, ...brief, '--format', 'json', '--jobs', '1', '--out', out)
    const two = await nines('capacity', plain, ...brief, '--format', 'json', '--jobs', '2')
    const again = await nines('capacity', plain, ...brief, '--format', 'json', '--out', out, '--resume')
    expect(two.stdout).toBe(one.stdout)
    expect(again.stdout).toBe(one.stdout)
    const { version, capacities } = JSON.parse(one.stdout)
    expect(version).toBe(1)
    expect(capacities).toHaveLength(1)
    const [capacity] = capacities
    expect(capacity).toMatchObject({
      scenario: 'q.yaml',
      objectives: ['hosts.h.utilization <= 50%'],
      binding: 'hosts.h.utilization',
      bottleneck: { part: 'h', place: 'CPU' },
      without: [{ part: 'h', components: ['q'], qps: { value: 0, low: 0, high: 0 } }],
    })
    for (const point of capacity.points) {
      expect(['met', 'not met', 'undecided']).toContain(point.met)
      expect(point.latency_ms.mean.value).toBeGreaterThan(0)
      expect(point.availability.value).toBe(1)
    }
    expect(JSON.parse(readFileSync(path.join(out, 'capacity.json'), 'utf8'))).toEqual({ version, capacities })
    const rows = readFileSync(path.join(out, 'points.csv'), 'utf8').trim().split('\n')
    expect(rows).toHaveLength(capacity.points.length + 1)
    expect(readFileSync(path.join(out, 'without.csv'), 'utf8')).toContain('q.yaml,h,q,0,0,0,')
    const html = readFileSync(path.join(out, 'capacity.html'), 'utf8')
    expect(html).toContain('Good answers')
    expect(html).toContain('hosts.h.utilization &lt;= 50%')
  })

  it('judges what the file demands, for --check and --junit', async () => {
    const demanding = (bound: number) =>
      queue(`hosts.h.utilization: "<= 50%", capacity: ">= ${bound}/s"`, `demand-${bound}.yaml`)
    const junit = path.join(at, 'junit.xml')
    const met = await nines('capacity', demanding(40), ...brief, '--no-without', '--check', '--junit', junit)
    expect(met.code).toBe(0)
    expect(met.stdout).toContain('Expected capacity >= 40/s: met')
    expect(readFileSync(junit, 'utf8')).toContain('tests="1" failures="0"')
    const unmet = await nines('capacity', demanding(60), ...brief, '--no-without', '--check')
    expect(unmet.code).toBe(1)
    expect(unmet.stdout).toContain('Expected capacity >= 60/s: not met')
  })

  it('puts several files into one table, and says what the next unit of money buys', async () => {
    const twice = queue('hosts.h.utilization: "<= 50%"', 'twice.yaml', 20)
    const { code, stdout } = await nines('capacity', twice, plain, ...brief, '--no-without')
    expect(code).toBe(0)
    expect(stdout).toMatch(/per cost/)
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /twice\.yaml costs 10 a month more than q\.yaml and carries (4[6-9]|5[0-4])/,
    )
  })

  it.each([
    [['--slo', 'fast'], /--slo: expected a metric and a condition/],
    [
      ['--slo', 'latenc_p99 <= 1s'],
      /--slo: latenc_p99: there is no metric "latenc_p99"; did you mean "latency_p99"/,
    ],
    [['--slo', 'good >= 9%', '--slo', 'good >= 8%'], /good is there twice/],
    [['--slo', 'failed <= 3'], /nothing is left to keep/],
    [['--within', '0%'], /expected a share from 0\.1% to 50%/],
    [['--max-replications', '1'], /expected 2 or more/],
    [['--replications', '1'], /expected 2 or more/],
    [['--resume'], /--resume needs the --out/],
    [['--set', 'users.web.arrive=closed(users=3, think=1s)'], /there are no open users/],
  ])('refuses %j in words', async (options, says) => {
    const { code, stdout, stderr } = await nines('capacity', plain, ...options)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
