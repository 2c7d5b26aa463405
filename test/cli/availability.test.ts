import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import { built, root } from '../support/built.js'

const folder = mkdtempSync(path.join(tmpdir(), 'nines-test-'))

function availability(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    'node',
    [built('cli/main.js'), 'availability', '--quiet', ...args],
    { cwd: root, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

const file = path.join(folder, 'pair.yaml')
writeFileSync(
  file,
  `name: A pair
users: { web: { arrive: poisson(20/s), to: lb, timeout: 1s } }
hosts: { one: { cores: 1 }, two: { cores: 1 } }
components:
  lb: { kind: balancer, policy: roundrobin, servers: [a, b] }
  a: { kind: service, host: one, service: 2ms }
  b: { kind: service, host: two, service: 2ms }
faults:
  - { kind: crash, target: [lb, a, b], mtbf: 30d, mttr: exponential(10min) }
expect: { availability_year: ">= 99%" }
`,
)
const few = ['--effort', '30k']

describe('nines availability', () => {
  const answer = availability(file, ...few, '--format', 'json', '--check', '--jobs', '1')
  const [result] = (JSON.parse(answer.stdout) as { availabilities: NinesResult[] }).availabilities

  it('answers as it is asked, the same for any number of jobs', () => {
    expect(answer.status).toBe(0)
    expect(result).toMatchObject({
      scenario: 'A pair',
      over_s: 315_360_000,
      expectations: [{ verdict: 'met' }],
    })
    const junit = path.join(folder, 'junit.xml')
    const again = availability(file, ...few, '--format', 'json', '--jobs', '2', '--junit', junit)
    expect(again.stdout).toBe(answer.stdout)
    expect(readFileSync(junit, 'utf8')).toMatch(/<testcase [^>]*name="availability_year &gt;= 99%"/)
    const { structural, requests } = result!.availability
    expect(requests.value).toBeLessThan(structural.value!)
    expect(result!.parts.find(({ part }) => part === 'one')!.assumed).toContain('assumed')
    expect(result!.parts.find(({ part }) => part === 'a')!.assumed).toBeNull()
  })

  it('says the answer in the first line, and what is assumed', () => {
    const { stdout } = availability(file, '--structure', '--over', '1y')
    expect(stdout).toMatch(
      /^A pair: 99\.97\d*% of the time all is there that requests need, over 1 year, 3\.\d nines/,
    )
    expect(stdout).toContain('Assumed, since the file does not say so:')
    expect(availability(file, '--structure', '--format', 'csv').stdout.split('\n')).toHaveLength(3)
  })

  it('writes pages and tables, and goes on where it was', () => {
    const out = path.join(folder, 'out')
    expect(availability(file, ...few, '--out', out).status).toBe(0)
    for (const name of ['availability.json', 'availability.csv', 'parts.csv', 'availability.html'])
      expect(existsSync(path.join(out, name))).toBe(true)
    const whole = readFileSync(path.join(out, 'availability.json'), 'utf8')
    expect(whole).toBe(answer.stdout)
    expect(readFileSync(path.join(out, 'availability.html'), 'utf8')).toContain(
      'Downtime a year, by what fails',
    )
    const journal = path.join(out, 'journal')
    const half = readFileSync(journal, 'utf8').split('\n').slice(0, 20).join('\n')
    writeFileSync(journal, `${half}\n`)
    expect(availability(file, ...few, '--out', out, '--resume').status).toBe(0)
    expect(readFileSync(path.join(out, 'availability.json'), 'utf8')).toBe(whole)
  })

  it('ends with 1 where too little is answered, and with 2 where it is asked for what cannot be', () => {
    const demand = ['--set', 'expect.availability_year=">= 99.9999%"']
    expect(availability(file, '--structure', ...demand, '--check').status).toBe(1)
    expect(availability(file, '--structure', ...demand).status).toBe(0)
    const refused = availability(file, '--assume', 'none')
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('nothing says how often these fail: one, two')
    for (const wrong of [
      ['--over', '1h'],
      ['--effort', '0'],
      ['--structure', '--joint'],
      ['--resume'],
      ['--assume', 'all'],
    ])
      expect([wrong, availability(file, ...wrong).status]).toEqual([wrong, 2])
  })
})

describe('docs/availability.md shows what is printed', () => {
  const shown = [
    ...readFileSync(path.join(root, 'docs/availability.md'), 'utf8').matchAll(
      /^```\n\$ npx nines availability (.+)\n([\s\S]*?)^```/gm,
    ),
  ]
  it('of some', () => {
    expect(shown).toHaveLength(2)
  })
  it.each(shown.map(([, command, text]) => [command!, text!]))('%s', (command, text) => {
    expect(availability(...command.split(' ')).stdout).toBe(text)
  })
})
