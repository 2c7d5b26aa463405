import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../sim/experiments/result.js'
import { file, folder, nines, queueOf, start } from '../support/nines.js'

const at = folder()
const scenario = file(at, 'mm1.yaml', queueOf(300))
// One thread: replications are finished in their order.
const many = [scenario, '--replications', '2000', '--format', 'json', '--jobs', '1']
const resultsOf = (stdout: string) => (JSON.parse(stdout) as { results: Result[] }).results

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('ends a run with what is there: the result of so many replications, which says so', async () => {
    const run = start(['run', ...many], { hook: 'finished' })
    await run.says('finished', 6)
    run.process.kill(signal)
    const { code, stdout } = await run.ended
    expect(code).toBe(130)
    const { interrupted, notes, ...result } = resultsOf(stdout)[0]!
    expect(interrupted).toEqual({ planned: 2000 })
    expect(notes).toContain(`interrupted: ${result.replications} of 2000 replications are in this result`)
    expect(result.replications).toBeGreaterThanOrEqual(5)
    // Replications in a row, as if no more had been asked for; a longer warm-up is not looked for.
    const whole = await nines(...['run', ...many], '--replications', String(result.replications))
    const { notes: _, ...usual } = resultsOf(whole.stdout)[0]!
    if (usual.warmup_s === result.warmup_s) expect(result).toEqual(usual)
  })
})

it('an interrupted comparison has as much of each, and compares that', async () => {
  const run = start(['compare', ...many, scenario], { hook: 'finished' })
  await run.says('finished', 8)
  run.process.kill('SIGINT')
  const { code, stdout } = await run.ended
  expect(code).toBe(130)
  const [one, other] = resultsOf(stdout).map((result) => result.replications)
  expect(Math.abs(one! - other!)).toBeLessThanOrEqual(2)
  expect(JSON.parse(stdout).comparisons[0].difference.value).toBe(0)
})

it('a run that is interrupted before there is anything says so and prints nothing', async () => {
  const run = start(['run', scenario, '--lasts', '100d', '--replications', '3'], {
    hook: 'trouble',
    env: { TROUBLE: 'exit', ONCE: path.join(at, 'begun') },
  })
  await run.says('is run again')
  run.process.kill('SIGINT')
  expect(await run.ended).toMatchObject({
    code: 130,
    stdout: '',
    stderr: expect.stringContaining('interrupted before its first replication was finished'),
  })
})

it('a second Ctrl-C ends the program at once, whatever it is at', async () => {
  const run = start(['run', ...many], { hook: 'stuck' })
  await run.says('finished')
  run.process.kill('SIGINT')
  await run.says('interrupted')
  run.process.kill('SIGINT')
  expect(await run.ended).toMatchObject({ code: null, signal: 'SIGINT' })
})

describe('a sweep', () => {
  const POINTS = 4
  const REPLICATIONS = 5
  const sweep = (out: string) => [
    ...['sweep', scenario, '--set', 'users.web.arrive=poisson({x}/s)', '--x', '20..80:20'],
    ...['--replications', String(REPLICATIONS), '--lasts', '2000s', '--warmup', '50s'],
    ...['--format', 'json', '--jobs', '2', '--out', path.join(at, out)],
  ]
  const files = (out: string) =>
    ['sweep.json', 'sweep.csv', 'sweep.html'].map((name) => readFileSync(path.join(at, out, name), 'utf8'))
  const keys = (out: string) =>
    readFileSync(path.join(at, out, 'journal'), 'latin1')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(0, 22))
  let usual = ''

  beforeAll(async () => {
    usual = (await nines(...sweep('whole'))).stdout
    expect(JSON.parse(usual).points).toHaveLength(POINTS)
  })

  it('that is killed again and again loses nothing, computes nothing twice, and ends in the same bytes', async () => {
    for (const after of [2, 4, 3]) {
      const run = start([...sweep('killed'), '--resume'], { hook: 'finished' })
      await run.says('finished', after)
      run.process.kill('SIGKILL')
      await run.ended
    }
    const before = keys('killed').length
    const last = start([...sweep('killed'), '--resume'], { hook: 'finished' })
    const { code, stdout, stderr } = await last.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: usual })
    expect(stderr.match(/^finished$/gm)).toHaveLength(POINTS * REPLICATIONS - before)
    expect(new Set(keys('killed')).size).toBe(POINTS * REPLICATIONS)
    expect(keys('killed')).toHaveLength(POINTS * REPLICATIONS)
    expect(files('killed')).toEqual(files('whole'))
  })

  it('that is interrupted prints the points that are there, says so, and resumes to the same bytes', async () => {
    const run = start([...sweep('cut'), '--jobs', '1'], { hook: 'finished' })
    await run.says('finished', REPLICATIONS + 3)
    run.process.kill('SIGINT')
    const { code, stdout, stderr } = await run.ended
    expect(code).toBe(130)
    expect(stderr).toContain('--resume goes on from here')
    const { interrupted, points } = JSON.parse(stdout)
    expect(interrupted).toEqual({ planned: POINTS })
    expect(points[0]).toEqual(JSON.parse(usual).points[0])
    // It may have come just between two points.
    const last = points.at(-1).result
    if (points.length === POINTS || last.replications < REPLICATIONS)
      expect(last.interrupted).toEqual({ planned: REPLICATIONS })
    expect(existsSync(path.join(at, 'cut', 'sweep.html'))).toBe(true)
    expect(await nines(...sweep('cut'), '--resume')).toMatchObject({ code: 0, stdout: usual })
    expect(files('cut')).toEqual(files('whole'))
  })

  it('gives the same without a journal', async () => {
    const args = sweep('none')
    expect(await nines(...args.slice(0, -2))).toMatchObject({ code: 0, stdout: usual, stderr: '' })
  })
})
