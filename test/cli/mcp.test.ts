import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { Ajv } from 'ajv'
import { afterEach, describe, expect, it, test } from 'vitest'
import { shippedNames } from '../../cli/files.js'
import { built, root } from '../support/built.js'
import { folder, nines, queueOf, start } from '../support/nines.js'

const clients: Client[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

/** A client of the SDK, and the program as its server, in a folder of its own. */
const connected = (...args: string[]) => connectedIn(folder(), args)

async function connectedIn(at: string, args: string[] = []): Promise<Client & { at: string }> {
  const client = new Client({ name: 'test', version: '1' })
  clients.push(client)
  const command = { command: 'node', args: [built('cli/main.js'), 'mcp', ...args], cwd: at }
  await client.connect(new StdioClientTransport(command))
  return Object.assign(client, { at })
}

async function asked(client: Client, name: string, given: Record<string, unknown> = {}) {
  const answer = await client.callTool({ name, arguments: given })
  const texts = (answer.content as { type: string; text: string }[]).map(({ text }) => text)
  return { bad: answer.isError === true, texts, text: texts[0]! }
}
/** The document that a sound answer is. */
async function document(client: Client, name: string, given: Record<string, unknown>) {
  const { bad, text } = await asked(client, name, given)
  expect(bad, text).toBe(false)
  return JSON.parse(text)
}
const brief = { lasts: '5s', replications: 2 }
const printed = async (...args: string[]) =>
  JSON.parse(
    (await nines(...args, '--format', 'json', '--quiet', '--lasts', '5s', '--replications', '2')).stdout,
  )

it('tells its tools, each with the schema of what it takes, and that it only reads', async () => {
  const client = await connected()
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual([
    'check',
    'list',
    'run',
    'compare',
    'capacity',
    'spof',
    'explain',
  ])
  for (const { description, inputSchema, annotations } of tools) {
    expect(description!.length).toBeGreaterThan(40)
    expect(annotations).toMatchObject({ readOnlyHint: true })
    const fits = new Ajv({ strict: false }).compile(inputSchema)
    expect(fits({ scenario: '@02-distributed' }) || fits({ name: 'nginx' })).toBe(true)
    expect(fits({ file: '/etc/passwd' })).toBe(false)
  }
  expect(client.getInstructions()).toContain('@02-distributed')
})

it('checks texts and shipped scenarios, and tells mistakes with the lines of the command line', async () => {
  const client = await connected()
  const good = await asked(client, 'check', { scenario: queueOf(5) })
  expect(good).toMatchObject({
    bad: false,
    text: expect.stringMatching(/^scenario: ok: scenario \(1 kind of users, /),
  })
  expect((await asked(client, 'check', { scenario: '02-distributed' })).text).toContain(
    '@02-distributed: ok: ',
  )
  const text = queueOf(5).replace('kind: service', 'kind: servce')
  const own = path.join(client.at, 'scenario')
  writeFileSync(own, text)
  const { stderr } = await nines('check', own)
  const lines = stderr.split('\n').filter((line) => line.startsWith(own))
  expect(lines.length).toBeGreaterThan(0)
  const bad = await asked(client, 'run', { scenario: text })
  expect(bad).toMatchObject({ bad: true, text: lines.join('\n').replaceAll(own, 'scenario') })
  const both = await asked(client, 'compare', { scenarios: [text, queueOf(5), '@02-distribted'] })
  expect(both.text).toMatch(
    /^scenario-1:3:\d+: [\s\S]*@02-distribted: no scenario of this name comes with the program; did you mean "@02-distributed"\?/,
  )
})

it('lists as nines list does', async () => {
  const client = await connected()
  const all = await document(client, 'list', {})
  expect(all.scenarios).toEqual(shippedNames())
  expect(all.components.find(({ name }: { name: string }) => name === 'mysql').says).toContain(
    'database server',
  )
  expect(await document(client, 'list', { name: 'nginx' })).toEqual(
    JSON.parse((await nines('list', 'nginx', '--format', 'json')).stdout),
  )
  expect(await asked(client, 'list', { name: 'nginks' })).toMatchObject({
    bad: true,
    text: expect.stringContaining('did you mean "nginx"?'),
  })
})

describe('answers as the command line does', () => {
  it('run, of a text that extends a scenario of the program', async () => {
    const client = await connected()
    expect(
      await document(client, 'run', {
        scenario: '@experiments/02-nginx-dies',
        ...brief,
        set: ['faults.0.at=1s'],
      }),
    ).toEqual(
      JSON.parse(
        (
          await nines(
            'run',
            '@experiments/02-nginx-dies',
            '--set',
            'faults.0.at=1s',
            '--lasts',
            '5s',
            '--replications',
            '2',
            '--format',
            'json',
          )
        ).stdout,
      ),
    )
    for (const base of ["'@02-distributed'", '../02-distributed.yaml']) {
      const scenario = `extends: ${base}\nname: Mine\n`
      const { results } = await document(client, 'run', { scenario, ...brief })
      const [theirs] = (await printed('run', '@02-distributed')).results
      expect(results[0]).toEqual({ ...theirs, scenario: 'Mine', file: 'scenario' })
    }
  })

  it('compare', async () => {
    const client = await connected()
    const scenarios = ['@01-simple-web-stack', '@02-distributed']
    expect(await document(client, 'compare', { scenarios, ...brief })).toEqual(
      await printed('compare', ...scenarios),
    )
    expect(await asked(client, 'compare', { scenario: '@02-distributed' })).toMatchObject({
      bad: true,
      text: 'expected 2 scenarios or more',
    })
  })

  it('spof', async () => {
    const client = await connected()
    expect(await document(client, 'spof', { scenario: '@01-simple-web-stack', ...brief })).toEqual(
      await printed('spof', '@01-simple-web-stack'),
    )
  })

  it('capacity, with objectives of its own', async () => {
    const client = await connected('--seconds', '300')
    const { capacities } = await document(client, 'capacity', {
      scenario: queueOf(5),
      lasts: '20s',
      slo: ['latency_mean <= 50ms'],
    })
    // M/M/1 with mean 10 ms: 1 / (100 - x) <= 50 ms up to 80/s.
    expect(capacities[0].objectives).toEqual(['latency_mean <= 50ms'])
    expect(capacities[0].qps.value).toBeGreaterThan(72)
    expect(capacities[0].qps.value).toBeLessThan(88)
    expect(await asked(client, 'capacity', { scenario: queueOf(5), slo: ['fast'] })).toMatchObject({
      bad: true,
      text: expect.stringContaining("such as 'latency_p99 <= 200ms'"),
    })
  })

  it('explain', async () => {
    const client = await connected('--seconds', '300')
    const { explanations } = await document(client, 'explain', { scenario: queueOf(5), ...brief, seed: 7 })
    expect(explanations[0]).toMatchObject({ seed: '7', components: [{ name: 'q', kind: 'service' }] })
    expect(explanations[0].remedies.length).toBeGreaterThan(0)
  })
})

describe('keeps within its bounds', () => {
  it('what takes too long is cut, with what is there and why', async () => {
    const client = await connected('--seconds', '6', '--jobs', '1')
    const began = Date.now()
    const { bad, text, texts } = await asked(client, 'run', { scenario: queueOf(4000), replications: 100 })
    expect(Date.now() - began).toBeLessThan(30_000)
    expect(bad, text).toBe(false)
    expect(texts[1]).toBe(
      'cut after 6 s, which is the most that a question may take here: ask for fewer replications, or a shorter lasts',
    )
    const [result] = JSON.parse(text).results
    expect(result.interrupted).toEqual({ planned: 100 })
    expect(result.replications).toBeLessThan(100)
    // And the next question has all of its time.
    expect((await asked(client, 'check', { scenario: queueOf(5) })).bad).toBe(false)
  })

  test.each([
    [
      'too many requests',
      'run',
      { scenario: queueOf(3600, 'poisson(1k/s)'), replications: 100 },
      'too much at once: some 450 million requests',
    ],
    ['too many replications', 'run', { scenario: queueOf(5), replications: 5000 }, 'replications: '],
    [
      'a text that is too long',
      'check',
      { scenario: `${'# \n'.repeat(100_000)}${queueOf(5)}` },
      'scenario: ',
    ],
    [
      'options that there are not',
      'run',
      { scenario: queueOf(5), replication: 2 },
      'there is no replication; did you mean "replications"?',
    ],
    ['no scenario', 'run', {}, 'expected scenario, or scenarios'],
    [
      'more losses than are told apart',
      'spof',
      { scenario: queueOf(5), replications: 31 },
      'expected at most 30 of each loss, not 31',
    ],
    ['the same', 'explain', { scenario: queueOf(5), replications: 31 }, 'expected at most 30 of each loss'],
    ['several at once', 'explain', { scenarios: [queueOf(5), queueOf(5)] }, 'explain takes one scenario'],
    ['a tool that there is not', 'runn', {}, 'there is no tool "runn"; did you mean "run"?'],
  ])('refused with a message: %s', async (_, name, given, says) => {
    const { bad, text } = await asked(await connected(), name, given)
    expect(bad).toBe(true)
    expect(text).toContain(says)
    expect(text).not.toContain('defect')
  })

  it('opens none either where the program lies below the folder that it is called in', async () => {
    const client = await connectedIn(root)
    for (const scenario of ['@01-simple-web-stack', '@experiments/01-surge']) {
      const set = ['users.visitors.arrive=renewal(empirical(../LICENSE))']
      const { bad, text } = await asked(client, 'check', { scenario, set })
      expect(bad).toBe(true)
      expect(text).toContain('no file: ')
      expect(text).not.toContain('LICENSE:')
      expect((await asked(client, 'check', { scenario })).bad).toBe(false)
    }
  })

  it('opens no file but those of the program, and writes none', async () => {
    const client = await connected()
    writeFileSync(path.join(client.at, 'own.yaml'), queueOf(5))
    writeFileSync(path.join(client.at, 'gaps.csv'), '0.1\n')
    for (const scenario of [
      'own.yaml',
      path.join(client.at, 'own.yaml'),
      '@../own',
      'extends: own.yaml\n',
      `extends: ${path.join(client.at, 'own.yaml')}\n`,
      "extends: '@experiments/../../package'\n",
      queueOf(5, 'renewal(empirical(gaps.csv))'),
    ])
      expect(await asked(client, 'check', { scenario }), scenario).toMatchObject({ bad: true })
    await asked(client, 'run', { scenario: queueOf(5), replications: 2 })
    expect(readdirSync(client.at).sort()).toEqual(['gaps.csv', 'own.yaml'])
  })
})

it('tells how far it is, to who wants to know', async () => {
  const client = await connected()
  const heard: number[] = []
  await client.callTool({ name: 'run', arguments: { scenario: queueOf(5), replications: 4 } }, undefined, {
    onprogress: ({ progress }) => heard.push(progress),
  })
  expect(heard.length).toBeGreaterThanOrEqual(4)
  expect(heard).toEqual(heard.toSorted((a, b) => a - b))
})

it('answers several questions at a time, each its own', async () => {
  const client = await connected()
  const seconds = [5, 6, 7]
  const all = await Promise.all(
    seconds.map((s) => document(client, 'run', { scenario: queueOf(s), replications: 2 })),
  )
  expect(all.map(({ results }) => results[0].simulated_s)).toEqual(seconds)
})

it('ends with its input, also while it works', async () => {
  const server = start(['mcp'])
  server.process.stdin!.end()
  expect(await server.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  const busy = start(['mcp', '--jobs', '1'])
  const message = (id: number, method: string, params: object) =>
    busy.process.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
  message(1, 'initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  })
  message(2, 'tools/call', { name: 'run', arguments: { scenario: queueOf(3000), replications: 100 } })
  busy.process.stdin!.end()
  expect(await busy.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
})
