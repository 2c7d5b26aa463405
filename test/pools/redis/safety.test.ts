import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../../cli/files.js'
import { identity } from '../../../cli/version.js'
import { keyOf } from '../../../pools/identity.js'
import { hashOf, KEPT, PREFIX, queueOf, recordKey, sourceKey } from '../../../pools/redis/protocol.js'
import { jobsOf } from '../../../sim/experiments/run.js'
import {
  type Ended,
  file,
  folder,
  nines,
  queueOf as queue,
  type Running,
  start,
} from '../../support/nines.js'
import { hasRedis, type Server, startRedis } from '../../support/redis.js'

const at = folder()
const scenario = file(at, 'scenario.yaml', `warmup: 5s\n${queue(20)}`)
const SECRET = 's3cr3t-of-the-queue'

const begun: Running[] = []
afterEach(async () => {
  for (const one of begun) one.process.kill('SIGKILL')
  await Promise.all(begun.splice(0).map((one) => one.ended))
})

function begin(args: string[], env: Record<string, string> = {}): Running {
  const running = start(args, { hook: 'finished', env })
  begun.push(running)
  return running
}

const run = (url: string, ...more: string[]) => [
  ...['run', scenario, '--replications', '3', '--format', 'json', '--queue', url, ...more],
]

describe.skipIf(!hasRedis)('a queue that others can reach', () => {
  let redis: Server
  let client: Redis
  /** What `run` gives without a queue. */
  let usual = ''
  const source = readScenario(scenario, { replications: 3, set: [] }).source
  const jobs = jobsOf(readScenario(scenario, { replications: 3, set: [] }))
  let mine: { version: string; code: string }
  let prefix = ''

  beforeAll(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
    mine = identity()
    prefix = `${PREFIX}:${queueOf(mine)}`
    usual = (await nines('run', scenario, '--replications', '3', '--format', 'json', '--jobs', '1')).stdout
  })
  afterEach(() => client.flushall())
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  const work = async () => {
    const worker = begin(['worker', '--queue', redis.url, '--jobs', '1'])
    await worker.says('takes jobs')
    return worker
  }
  const keys = async () => {
    const names = await client.keys('*')
    return Promise.all(names.map(async (name) => ({ name, ttl: await client.ttl(name) })))
  }
  const told = ({ code, stdout, stderr }: Ended) => {
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toMatch(/defect|\n\s+at /)
    return stderr
  }

  it('leaves nothing without an end where a sweep is killed, whether somebody works or not', async () => {
    const alone = begin(run(redis.url))
    await alone.says('nobody takes jobs')
    alone.process.kill('SIGKILL')
    await alone.ended
    const left = await keys()
    expect(left.map(({ name }) => name)).toContain(`${prefix}:wait`)
    expect(left.filter(({ ttl }) => ttl < 0 || ttl > KEPT)).toEqual([])

    const worker = await work()
    const again = begin(run(redis.url, '--lasts', '1000s'))
    await worker.says('finished', 2)
    // In the middle of the next one: the few milliseconds between two are what docs/sweep.md speaks of.
    await new Promise((resolve) => setTimeout(resolve, 200))
    again.process.kill('SIGKILL')
    worker.process.kill('SIGKILL')
    await Promise.all([again.ended, worker.ended])
    expect((await keys()).filter(({ ttl }) => ttl < 0)).toEqual([])
  })

  it('has a worker refuse what is no job, in a line each, and go on', async () => {
    const text = JSON.stringify(source)
    const name = hashOf(text)
    const { source: _, ...job } = jobs[0]!
    const holed = JSON.stringify({ ...source, text: `extends: ${at}/secret.yaml\n`, files: null })
    file(at, 'secret.yaml', 'password_of_the_worker: 1\n')
    await client.set(sourceKey(name), text)
    await client.set(sourceKey(hashOf(holed)), holed)
    await client.set(sourceKey('a'.repeat(22)), text)
    await client.set(sourceKey('b'.repeat(22)), 'x'.repeat(100))
    await client.lpush(sourceKey('c'.repeat(22)), 'a list')
    const bad: [unknown, RegExp][] = [
      [{ job: {} }, /job\.identity: /],
      [{ identity: mine, source: name, job: {} }, /job\.job\.without: /],
      [{ identity: mine, source: name, job: { ...job, warmup: 'x' } }, /job\.job\.warmup: /],
      [{ identity: mine, source: name, job: { ...job, replication: -1 } }, /job\.job\.replication: /],
      [{ identity: mine, source: name, job: { ...job, more: 1 } }, /job\.job: /],
      [{ identity: 5, source: name, job }, /job\.identity: /],
      [{ identity: { ...mine, version: '9\u001b]0;x' }, source: name, job }, /it is of nines 9 \]0;x /],
      [{ identity: mine, source: hashOf(holed), job }, /scenario\.files: expected a map of texts/],
      [{ identity: mine, source: 'a'.repeat(22), job }, /its scenario is not the one that it was/],
      [{ identity: mine, source: 'b'.repeat(22), job }, /its scenario is not the one that it was/],
      [{ identity: mine, source: 'c'.repeat(22), job }, /WRONGTYPE .* \(nines:source:c+\)/],
      [{ identity: mine, source: 'd'.repeat(22), job }, /its scenario is no longer in the queue/],
      [
        { identity: mine, source: name, job: { ...job, replication: 1 } },
        /its name is not that of its content/,
      ],
      [null, /^refused a job: job: /],
    ]
    const worker = await work()
    const others = new Queue(queueOf(mine), {
      connection: { host: '127.0.0.1', port: portOf(redis) },
      prefix: PREFIX,
    })
    for (const [i, [data]] of bad.entries()) await others.add('replication', data, { jobId: `bad-${i}` })
    await worker.says('refused a job', bad.length)
    // One that is no JSON, and one that has ended while its name waited.
    const { wait, marker } = others.keys
    await client.hset(`${prefix}:torn`, { name: 'replication', data: '{', opts: '{}', timestamp: '1' })
    await client.lpush(wait!, 'torn', 'gone')
    await client.zadd(marker!, 0, '0')
    await worker.says('refused a job', bad.length + 2)
    await others.close()

    expect(await begin(run(redis.url)).ended).toMatchObject({ code: 0, stdout: usual })
    worker.process.kill('SIGINT')
    const { code, stderr } = await worker.ended
    expect(code).toBe(0)
    const lines = stderr.split('\n').filter((line) => line.startsWith('refused'))
    for (const [i, [, says]] of bad.entries()) expect(lines[i]).toMatch(says)
    expect(stderr.match(/^finished$/gm)).toHaveLength(3)
    expect(stderr).not.toContain('password_of_the_worker')
    expect(await client.keys(`${prefix}:bad-*`)).toEqual([])
  })

  it('holds no thread with a warm-up that nobody asks for', async () => {
    const job = { ...jobs[0]!, warmup: 3e11 }
    const { source: _, ...errand } = job
    const text = JSON.stringify(source)
    await client.set(sourceKey(hashOf(text)), text)
    const others = new Queue(queueOf(mine), {
      connection: { host: '127.0.0.1', port: portOf(redis) },
      prefix: PREFIX,
    })
    await others.add(
      'replication',
      { identity: mine, source: hashOf(text), job: errand },
      { jobId: keyOf(job, mine) },
    )
    await work()
    await others.close()
    expect(await begin(run(redis.url)).ended).toMatchObject({ code: 0, stdout: usual })
  })

  it('has jobs done again whose records are of no use', async () => {
    const id = (i: number) => recordKey(keyOf(jobs[i]!, mine))
    await client.set(id(0), 'hello')
    await client.set(id(1), deflateSync(Buffer.alloc(1_000_000_000), { level: 1 }).toString('base64'))
    await client.set(id(2), deflateSync(Buffer.from([255, 15, 48])).toString('base64')) // null
    const worker = await work()
    expect(await begin(run(redis.url)).ended).toMatchObject({ code: 0, stdout: usual, stderr: '' })
    worker.process.kill('SIGINT')
    expect((await worker.ended).stderr.match(/^finished$/gm)).toHaveLength(3)
    expect(await client.get(id(0))).not.toBe('hello')
  })

  it('ends a sweep that gets nothing but such records, with exit code 2', async () => {
    await work()
    const sweep = begin(run(redis.url))
    const id = recordKey(keyOf(jobs[0]!, mine))
    let ended = false
    const end = sweep.ended.finally(() => {
      ended = true
    })
    // The worker takes the job for done, again and again.
    while (!ended) await client.set(id, 'hello')
    expect(told(await end)).toMatch(/cannot be used: replication 1 of .* was done 3 times in vain/)
  })

  it.each([
    ['a record', () => recordKey(keyOf(jobs[0]!, mine))],
    ['the list of jobs', () => `${prefix}:wait`],
    ['the events', () => `${prefix}:events`],
    ['what the queue says of itself', () => `${prefix}:meta`],
  ])('tells in words that %s is something else, and ends', async (what, key) => {
    if (what === 'a record') await client.lpush(key(), 'x')
    else await client.set(key(), 'x')
    expect(told(await begin(run(redis.url)).ended)).toMatch(
      /^the queue at redis:.* cannot be used: WRONGTYPE /,
    )
  })

  it('has a worker tell that, too, and go on when it is mended', async () => {
    await client.set(`${prefix}:wait`, 'x')
    const worker = await work()
    await client.zadd(`${prefix}:marker`, 0, '0')
    await worker.says('cannot be used: WRONGTYPE')
    await client.del(`${prefix}:wait`)
    expect(await begin(run(redis.url)).ended).toMatchObject({ code: 0, stdout: usual })
  })
})

const portOf = ({ url }: Server): number => Number(new URL(url).port)

describe('an address', () => {
  it.each([
    ['redis://%:x@127.0.0.1:7', '...@127.0.0.1:7'],
    [`redis://:${SECRET}%@127.0.0.1:7`, '...@127.0.0.1:7'],
    [`http://:${SECRET}@127.0.0.1:7`, '...@127.0.0.1:7'],
    [`redis://127.0.0.1:7?password=${SECRET}`, 'redis://127.0.0.1:7?...'],
    [`redis://user:123#${SECRET}@127.0.0.1:7`, '...@127.0.0.1:7'],
  ])('%s is refused in words, without what may be a password', async (url, shown) => {
    const says = `expected an address such as redis://localhost:6379, not "${shown}"\n`
    for (const args of [['worker'], ['run', scenario]])
      expect(await nines(...args, '--queue', url)).toEqual({
        code: 2,
        signal: null,
        stdout: '',
        stderr: says,
      })
  })
})

describe.skipIf(!hasRedis)('a Redis with TLS and a password', () => {
  let redis: Server
  const authority = path.join(at, 'authority.pem')

  beforeAll(async () => {
    const [key, certificate] = [path.join(at, 'key.pem'), path.join(at, 'certificate.pem')]
    const request = path.join(at, 'request.pem')
    const names = file(at, 'names', 'subjectAltName=IP:127.0.0.1\n')
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const authorityKey = path.join(at, 'authority-key.pem')
    openssl('req', '-x509', ...fresh, '-keyout', authorityKey, '-out', authority, '-subj', '/CN=authority')
    openssl('req', ...fresh, '-keyout', key, '-out', request, '-subj', '/CN=queue')
    const signed = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-extfile', names]
    openssl('x509', '-req', '-in', request, ...signed, '-out', certificate)
    redis = await startRedis(
      ...['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority],
      ...['--tls-auth-clients', 'no', '--requirepass', SECRET],
    )
  })
  afterAll(() => redis.stop())

  const environment = () => ({
    NODE_EXTRA_CA_CERTS: authority,
    NINES_QUEUE: redis.url,
    NINES_QUEUE_PASSWORD: SECRET,
  })

  it('runs jobs, with address and password from the environment, which nobody is shown', async () => {
    const args = ['run', scenario, '--replications', '2', '--format', 'json']
    const sweep = begin(args, environment())
    await sweep.says(`nobody takes jobs at ${redis.url}`)
    const worker = begin(['worker', '--jobs', '1'], environment())
    const { code, stdout, stderr } = await sweep.ended
    expect(code).toBe(0)
    expect(stdout).toBe((await nines(...args, '--jobs', '1')).stdout)
    worker.process.kill('SIGINT')
    const worked = await worker.ended
    expect(worked.stderr.match(/^finished$/gm)).toHaveLength(2)
    expect(stderr + worked.stderr).not.toContain(SECRET)
  })

  it.each([
    ['a wrong password', { NINES_QUEUE_PASSWORD: `${SECRET}x` }, /WRONGPASS/],
    ['no password', { NINES_QUEUE_PASSWORD: '' }, /NOAUTH/],
    ['an unknown authority', { NODE_EXTRA_CA_CERTS: '' }, /certificate/],
  ])('tells of %s in words', async (_, wrong, says) => {
    const { code, stderr } = await begin(['worker'], { ...environment(), ...wrong }).ended
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(new RegExp(`${SECRET}|\\n\\s+at `))
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
