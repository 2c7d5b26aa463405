import { appendFileSync, cpSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { built, root } from '../../support/built.js'
import { file, folder, nines, queueOf, type Running, type StartOptions, start } from '../../support/nines.js'
import { freePort, hasRedis, type Server, startRedis } from '../../support/redis.js'

if (!hasRedis) process.stderr.write('not tested: there is no redis-server (apt-get install redis-server)\n')

const at = folder()
file(at, 'gaps.csv', Array.from({ length: 4000 }, (_, i) => 0.012 + 0.004 * Math.sin(i)).join('\n'))
file(at, 'base.yaml', queueOf(300, 'renewal(empirical(gaps.csv))'))
const scenario = file(at, 'scenario.yaml', 'extends: base.yaml\n')

const sweep = (...more: string[]) => [
  ...['sweep', scenario, '--set', 'components.q.service=exponential({x}ms)', '--x', '4..10:2'],
  ...['--replications', '5', '--format', 'json', ...more],
]

describe.skipIf(!hasRedis)('a queue', () => {
  let redis: Server
  let usual = ''
  let workers: Running[] = []
  const work = (jobs = 1, options: StartOptions = {}) => {
    const worker = start(['worker', '--queue', redis.url, '--jobs', String(jobs)], {
      hook: 'finished',
      ...options,
    })
    workers.push(worker)
    return worker
  }

  beforeAll(async () => {
    redis = await startRedis()
    usual = (await nines(...sweep('--jobs', '2'))).stdout
    expect(JSON.parse(usual).points).toHaveLength(4)
  })

  afterEach(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL')
    await Promise.all(workers.map((worker) => worker.ended))
    workers = []
    // What one test has had computed is not there for the next.
    const client = new Redis(redis.url)
    await client.flushall()
    client.disconnect()
  })

  afterAll(() => redis.stop())

  it('loses nothing when one of two workers is killed in the middle, and gives the same bytes', async () => {
    const [first, second] = [work(), work()]
    const run = start(sweep('--queue', redis.url))
    await Promise.all([first.says('finished', 2), second.says('finished', 2)])
    first.process.kill('SIGKILL')
    expect(await run.ended).toEqual({ code: 0, signal: null, stdout: usual, stderr: '' })
    const worked = await Promise.all(
      [first, second].map(async (worker) => {
        worker.process.kill('SIGINT')
        return (await worker.ended).stderr.match(/^finished$/gm)?.length ?? 0
      }),
    )
    // Twenty replications, and the one that the dead worker was at, if it had finished it and not said so.
    expect(worked[0]! + worked[1]!).toBeGreaterThanOrEqual(20)
    expect(worked[0]! + worked[1]!).toBeLessThanOrEqual(21)
  })

  it('goes on after the sweep was killed, with what the workers have done since', async () => {
    const out = path.join(at, 'out')
    const worker = work(2)
    const killed = start(sweep('--queue', redis.url, '--out', out))
    await worker.says('finished', 3)
    killed.process.kill('SIGKILL')
    await killed.ended
    const last = await nines(...sweep('--queue', redis.url, '--out', out, '--quiet', '--resume'))
    expect(last).toEqual({ code: 0, signal: null, stdout: usual, stderr: '' })
    worker.process.kill('SIGTERM')
    const { code, stderr } = await worker.ended
    expect(code).toBe(0)
    expect(stderr.match(/^finished$/gm)!.length).toBe(20)
  })

  it('tells when nobody works, and can be interrupted', async () => {
    const run = start(sweep('--queue', redis.url))
    await run.says(`start "nines worker --queue ${redis.url}"`)
    run.process.kill('SIGINT')
    expect(await run.ended).toMatchObject({ code: 130, stdout: '' })
    // What nobody had begun is not there for those who come later.
    const worker = work()
    expect((await nines('run', scenario, '--replications', '2', '--queue', redis.url)).code).toBe(0)
    worker.process.kill('SIGINT')
    expect((await worker.ended).stderr.match(/^finished$/gm)).toHaveLength(2)
  })

  it('is not seen by a worker that is another program, and has its jobs done by one that is the same', async () => {
    const other = path.join(at, 'other')
    cpSync(built('.'), path.join(other, 'dist'), { recursive: true })
    cpSync(path.join(root, 'package.json'), path.join(other, 'package.json'))
    symlinkSync(path.join(root, 'node_modules'), path.join(other, 'node_modules'))
    appendFileSync(path.join(other, 'dist/sim/kernel/kernel.js'), '// changed\n')
    const run = start(sweep('--queue', redis.url))
    const main = path.join(other, 'dist/cli/main.js')
    const wrong = work(1, { main })
    await run.says('install the same here and there')
    work(2)
    const { code, stdout, stderr } = await run.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: usual })
    expect(stderr).toMatch(
      /^only nines \S+ \(code .*\) takes jobs at .*, and this is nines .*: install the same/,
    )
    // It has not ended, and its own sweeps find it.
    const own = await start(['run', scenario, '--replications', '2', '--queue', redis.url], { main }).ended
    expect(own.code).toBe(0)
    wrong.process.kill('SIGINT')
    const worked = await wrong.ended
    expect(worked.code).toBe(0)
    expect(worked.stderr.match(/^finished$/gm)).toHaveLength(2)
  })

  it('passes on what the simulator throws: exit code 3, once', async () => {
    const worker = work(1, { hook: 'trouble', env: { TROUBLE: 'throw' } })
    const { code, stdout, stderr } = await nines(...sweep('--queue', redis.url))
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/which is a defect: Error: it is broken\n\s+at /)
    expect(worker.process.exitCode).toBe(null)
  })
})

it.each([
  ['sweep', sweep()],
  ['worker', ['worker']],
])('%s says that nobody answers, with exit code 2 and no stack trace', async (_, args) => {
  const url = `redis://:secret@127.0.0.1:${await freePort()}`
  const { code, stdout, stderr } = await nines(...args, '--queue', url)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(
    /^no Redis or Valkey answers at redis:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .*\n$/,
  )
})

it('says what an address looks like', async () => {
  const { code, stderr } = await nines('worker', '--queue', 'localhost')
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'expected an address such as redis://localhost:6379, not "localhost"\n',
  })
})
