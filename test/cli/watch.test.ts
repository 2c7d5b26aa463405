import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { file, folder, nines, queueOf, type Running, start } from '../support/nines.js'

let at = ''
beforeEach(() => {
  at = folder()
})
const brief = ['--replications', '2', '--quiet', '--format', 'csv', '--jobs', '1']
const watching = (run: Running, times = 1) => run.says('Ctrl-C ends\n', times)
const save = (name: string, text: string) => file(at, name, text)

async function end(run: Running, signal: NodeJS.Signals = 'SIGINT') {
  run.process.kill(signal)
  return run.ended
}

test('run --watch runs again when its file changes, and says so', async () => {
  const own = save('own.yaml', queueOf(5))
  const run = start(['run', own, '--watch', ...brief])
  await watching(run)
  save('own.yaml', queueOf(6))
  await watching(run, 2)
  const { code, stdout, stderr } = await end(run)
  expect(code).toBe(130)
  expect(stderr).toMatch(/^watching \S*own\.yaml: Ctrl-C ends\nchanged: \S*own\.yaml\nwatching/)
  // Twice, and no screen is cleared where there is none.
  expect(stdout.match(/^own,/gm)).toHaveLength(2)
  expect(stdout).not.toContain('\u001b')
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 130', async (signal) => {
  const run = start(['check', save('own.yaml', queueOf(5)), '--watch'])
  await watching(run)
  expect(await end(run, signal)).toMatchObject({ code: 130, signal: null })
})

test('an interrupted run prints what is there, and does not wait for a change', async () => {
  const many = ['--replications', '2000', '--format', 'json', '--jobs', '1', '--quiet']
  const run = start(['run', save('own.yaml', queueOf(300)), '--watch', ...many], { hook: 'finished' })
  await run.says('finished', 3)
  const { code, stdout, stderr } = await end(run)
  expect(code).toBe(130)
  expect(JSON.parse(stdout).results[0].interrupted).toEqual({ planned: 2000 })
  expect(stderr).not.toContain('watching')
})

describe('check --watch', () => {
  it('survives mistakes and a file that is gone, and is there again', async () => {
    const own = save('own.yaml', queueOf(5))
    const run = start(['check', own, '--watch'])
    await watching(run)
    save('own.yaml', queueOf(5).replace('service, service', 'servce, service'))
    await watching(run, 2)
    rmSync(own)
    await watching(run, 3)
    save('own.yaml', queueOf(7))
    await watching(run, 4)
    const { stdout, stderr } = await end(run)
    expect(stderr).toContain('there is no component kind "servce"; did you mean "service"?')
    expect(stderr).toContain('cannot be read: there is no such file')
    expect(stdout.match(/: ok: /g)).toHaveLength(2)
    expect(stdout).toContain('7s')
  })

  it('sees a change of what a link leads to', async () => {
    mkdirSync(path.join(at, 'real'))
    save('real/own.yaml', queueOf(5))
    symlinkSync('real/own.yaml', path.join(at, 'link.yaml'))
    const run = start(['check', path.join(at, 'link.yaml'), '--watch'])
    await watching(run)
    save('real/own.yaml', queueOf(6))
    await watching(run, 2)
    expect((await end(run)).stdout).toContain('6s')
  })

  it('begins with a file that is broken', async () => {
    const own = save('own.yaml', 'lasts: soon\n')
    const run = start(['check', own, '--watch'])
    await watching(run)
    save('own.yaml', queueOf(5))
    await watching(run, 2)
    expect((await end(run)).stdout).toContain(': ok: ')
  })

  it('sees what is extended, also where that was missing, and tables', async () => {
    mkdirSync(path.join(at, 'deep'))
    const own = save('own.yaml', 'extends: deep/base.yaml\n')
    const run = start(['check', own, '--watch'])
    await watching(run)
    save('deep/base.yaml', queueOf(5, 'renewal(empirical(gaps.csv))'))
    await watching(run, 2)
    save('gaps.csv', '0.1\n0.2\n')
    await watching(run, 3)
    save('gaps.csv', '0.1\nsoon\n')
    await watching(run, 4)
    const { stdout, stderr } = await end(run)
    expect(stderr).toMatch(/changed: \S*deep\/base\.yaml\n/)
    expect(stderr).toMatch(/changed: \S*gaps\.csv\n/)
    expect(stdout.match(/: ok: /g)).toHaveLength(1)
  })

  it('sees a file that takes the place of another, as editors save, and not one that is beside it', async () => {
    const own = save('own.yaml', queueOf(5))
    const run = start(['check', own, '--watch'])
    await watching(run)
    save('own.yaml~', 'nothing')
    renameSync(save('.own.yaml.swp', queueOf(9)), own)
    await watching(run, 2)
    writeFileSync(own, queueOf(8))
    await watching(run, 3)
    const { stdout, stderr } = await end(run)
    expect(stdout.match(/: ok: /g)).toHaveLength(3)
    expect(stderr).not.toContain('own.yaml~')
  })
})

test('compare --watch watches all of its files, one that comes with the program too', async () => {
  const own = save('own.yaml', queueOf(5))
  const other = save('other.yaml', queueOf(5))
  const run = start(['compare', own, other, '--watch', ...brief])
  await watching(run)
  save('other.yaml', queueOf(6))
  await watching(run, 2)
  expect(await end(run)).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/changed: \S*other\.yaml\n/),
  })
  const shipped = start(['check', '@experiments/02-surge', '--watch'])
  await watching(shipped)
  expect((await end(shipped)).stderr).toMatch(
    /^watching \S*02-surge\.yaml, \S*02-distributed\.yaml: Ctrl-C ends\n$/,
  )
})

test.each([
  [['compare', 'one'], 'compare takes two scenario files or more'],
  [['run', 'one', '--max-replications', '5'], '--max-replications goes with --precision'],
  [['run', '/dev/null'], '--watch: /dev/null is no regular file, and does not change'],
])('%j is told at once, and nothing is waited for', async (args, says) => {
  const own = save('own.yaml', queueOf(5))
  const ended = await nines(...args.map((arg) => (arg === 'one' ? own : arg)), '--watch')
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
})
