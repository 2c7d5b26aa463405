import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { file, folder, nines, queueOf, type StartOptions, start } from '../support/nines.js'

const at = folder()
const args = [
  'run',
  file(at, 'mm1.yaml', queueOf(50)),
  '--replications',
  '4',
  '--format',
  'json',
  '--jobs',
  '2',
]
const trouble = (kind: string, more: StartOptions & { once?: string } = {}) =>
  start(args, {
    hook: 'trouble',
    node: more.node,
    env: { TROUBLE: kind, ONCE: more.once ? path.join(at, more.once) : '' },
  }).ended
let usual = ''

beforeAll(async () => {
  usual = (await nines(...args)).stdout
}, 120_000)

it('gives the same bytes in groups of replications, with one thread or two', async () => {
  const short = queueOf(50).replace('50s', '1s')
  const many = ['run', file(at, 'many.yaml', short), '--replications', '520', '--format', 'json', '--jobs']
  const [one, two] = [await nines(...many, '1'), await nines(...many, '2')]
  expect(JSON.parse(one.stdout).results[0].replications).toBe(520)
  expect(two.stdout).toBe(one.stdout)
}, 60_000)

describe('a worker thread', () => {
  it('that exits is told of, and its replication is run again: the result is the same to the byte', async () => {
    const { code, stdout, stderr } = await trouble('exit', { once: 'exit' })
    expect(stderr).toContain('a worker died (exit code 7): replication 2 of ')
    expect({ code, stdout }).toEqual({ code: 0, stdout: usual })
  })

  it('that runs out of memory is told of, and its replication is run again', async () => {
    const { code, stdout, stderr } = await trouble('memory', {
      once: 'memory',
      node: ['--max-old-space-size=150'],
    })
    expect(stderr).toContain('a worker died (out of memory): replication 2 of ')
    expect({ code, stdout }).toEqual({ code: 0, stdout: usual })
  })

  it('that dies every time ends the run with exit code 3 after three tries', async () => {
    const { code, stdout, stderr } = await trouble('exit')
    expect(stderr.match(/is run again/g)).toHaveLength(2)
    expect(stderr).toContain('3 workers died of it, the last one: exit code 7')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  })

  it('whose simulation throws is a defect: told with its stack, and not run again', async () => {
    const { code, stdout, stderr } = await trouble('throw')
    expect(stderr).not.toContain('is run again')
    expect(stderr).toMatch(/which is a defect: Error: it is broken\n\s+at /)
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  })
})
