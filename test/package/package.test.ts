import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from '../support/built.js'
import { file, folder } from '../support/nines.js'

/** This program and what it needs: more would be a burden for whoever installs it. */
const MOST_PACKAGES = 14
/** Bytes, as npm packs it. */
const MOST_BYTES = 2_950_000

const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
const at = folder()
const user = folder()
const lines = { cwd: user, encoding: 'utf8' } as const
const npx = (...args: string[]) => spawnSync('npx', ['--no-install', 'nines', ...args], lines)
let packed: { filename: string; size: number; files: { path: string }[] }

beforeAll(() => {
  const pack = spawnSync('npm', ['pack', '--json', '--pack-destination', at], { cwd: root, encoding: 'utf8' })
  expect(pack.status, pack.stderr).toBe(0)
  packed = JSON.parse(pack.stdout.slice(pack.stdout.indexOf('[\n')))[0]
  file(user, 'package.json', '{ "private": true, "type": "module" }')
  const tarball = path.join(at, packed.filename)
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]
  const { status, stderr } = spawnSync('npm', install, lines)
  expect(status, stderr).toBe(0)
}, 300_000)

describe('the package, installed from its tarball', () => {
  it('is small, and has what a user reads and nothing that only tests read', () => {
    const names = packed.files.map((f) => f.path)
    expect(packed.size).toBeLessThan(MOST_BYTES)
    expect(readme).toContain(`\`npm pack\`, ${(packed.size / 1e6).toFixed(1)} MB`)
    for (const name of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'docs/scenario.md',
      'scenarios/02-distributed.yaml',
    ])
      expect(names).toContain(name)
    expect(names.filter((name) => name.startsWith('scenarios/kept/') || name.startsWith('test/'))).toEqual([])
  })

  it('brings few packages, and none that only --queue needs', () => {
    const lock = JSON.parse(readFileSync(path.join(user, 'package-lock.json'), 'utf8'))
    const there = Object.keys(lock.packages).filter((name) => name !== '')
    expect(there.length).toBeLessThanOrEqual(MOST_PACKAGES)
    expect(readme).toContain(`it brings ${there.length - 1} others`)
    expect(there.filter((name) => /bullmq|ioredis/.test(name))).toEqual([])
  })

  it('brings every package that its modules ask for', () => {
    const home = path.join(user, 'node_modules/nines')
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(path.join(home, 'package.json'), 'utf8'),
    )
    const known = Object.keys({ ...dependencies, ...peerDependencies })
    const asked = readdirSync(path.join(home, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(sim|reports|pools)\/.*\.js$/.test(name) && !name.endsWith('hover.js'))
      .flatMap((name) => [
        ...readFileSync(path.join(home, 'dist', name), 'utf8').matchAll(/ from '([^.][^']*)'/g),
      ])
      .map(([, name]) => name!)
      .filter((name) => !name.startsWith('node:'))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0])
    expect(asked.length).toBeGreaterThan(10)
    expect([...new Set(asked)].filter((name) => !known.includes(name))).toEqual([])
  })

  it('is a library with types that need neither those of Node nor of a page', () => {
    file(
      user,
      'program.ts',
      `import { compare, parseScenario, type Result, run, ScenarioError } from 'nines'
      const text = (workers: number) => \`
        lasts: 1min
        replications: 2
        users: { visitors: { arrive: poisson(50/s), to: app } }
        components: { app: { kind: app, workers: \${workers}, service: exponential(20ms) } }\`
      declare const console: { log(text: string): void }
      const ran = await run([1, 8].map((workers) => parseScenario(text(workers), \`\${workers}.yaml\`)))
      const results: Result[] = ran.map(({ result }) => result)
      let problems = 0
      try {
        parseScenario('lasts: soon', 'wrong.yaml')
      } catch (error) {
        if (error instanceof ScenarioError) problems = error.problems.length
      }
      console.log(JSON.stringify({ ok: results.map(({ requests }) => requests.ok), verdicts: compare(ran).length, problems }))`,
    )
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const options = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023',
      '--types',
      '',
    ]
    const compiled = spawnSync('node', [compiler, ...options, '--outDir', 'own', 'program.ts'], lines)
    // Zod's own name URL, which is no part of the language.
    const wrong = compiled.stdout.split('\n').filter((line) => line !== '' && !line.includes('/zod/'))
    expect(wrong).toEqual([])
    const { stdout, stderr } = spawnSync('node', ['own/program.js'], lines)
    expect(stderr).toBe('')
    const { ok, verdicts, problems } = JSON.parse(stdout)
    expect(ok).toHaveLength(2)
    expect(Math.min(...ok)).toBeGreaterThan(1000)
    expect(verdicts).toBe(9)
    expect(problems).toBeGreaterThan(0)
  })

  it('compares scenarios that come with it', () => {
    const brief = ['--lasts', '1min', '--replications', '2', '--format', 'json']
    const { status, stdout, stderr } = npx('compare', '@01-simple-web-stack', '@02-distributed', ...brief)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { results, comparisons } = JSON.parse(stdout)
    expect(results.map((r: { file: string }) => r.file)).toEqual(['@01-simple-web-stack', '@02-distributed'])
    expect(comparisons.length).toBeGreaterThan(0)
  })

  it('writes the studio, as any web server can give it', () => {
    const { status, stderr } = npx('studio', '@02-distributed', '--out', 'site')
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('site/index.html'),
    })
    expect(readFileSync(path.join(user, 'site/engine.js'), 'utf8').length).toBeGreaterThan(100_000)
  })

  it('writes a page', () => {
    const { status } = npx(
      'run',
      '@01-simple-web-stack',
      '--lasts',
      '5s',
      '--replications',
      '2',
      '--out',
      'out',
    )
    expect(status).toBe(0)
    expect(readFileSync(path.join(user, 'out/report.html'), 'utf8')).toContain('<svg')
  })

  it.each([
    ['worker', ['worker']],
    ['run', ['run', '@01-simple-web-stack', '--lasts', '5s', '--replications', '2']],
  ])('asks for the clients of Redis by name: %s', (_, args) => {
    const { status, stdout, stderr } = npx(...args, '--queue', 'redis://127.0.0.1:1')
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr:
        '--queue needs the packages bullmq and ioredis, which are not installed: npm install bullmq@6 ioredis@6\n',
    })
  })
})
