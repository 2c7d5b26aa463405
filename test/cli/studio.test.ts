import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { root } from '../support/built.js'
import { file, folder, nines, queueOf, start } from '../support/nines.js'

const read = (...names: string[]) => readFileSync(path.join(...names), 'utf8')

/** Starts `nines studio` and opens its address as a browser does. */
async function served(...args: string[]) {
  const running = start(['studio', '--no-open', ...args])
  let address = ''
  running.process.stdout!.on('data', (data) => (address += data))
  await expect.poll(() => address, { timeout: 20_000 }).toMatch(/\n/)
  const entered = await fetch(address.trim(), { redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
  const at = new URL(address).origin
  const get = async (name: string) => (await fetch(`${at}/${name}`, { headers: { cookie } })).text()
  return { ...running, get, at, cookie }
}

it('serves the page with a scenario that it follows, and ends with Ctrl-C', async () => {
  const at = folder()
  const own = file(at, 'own.yaml', queueOf(5))
  const { get, process, ended } = await served(own)
  expect(await get('')).toContain('<title>nines studio</title>')
  expect(await get('page.js')).toBe(read(root, 'dist/studio/page.js'))
  expect(JSON.parse(await get('scenario.json'))).toEqual({
    scenario: { text: queueOf(5), file: 'own.yaml', files: {} },
    followed: true,
  })
  // As editors do: another file takes its place.
  writeFileSync(path.join(at, 'part'), queueOf(6))
  renameSync(path.join(at, 'part'), own)
  await expect
    .poll(async () => JSON.parse(await get('scenario.json')).scenario.text, { timeout: 10_000 })
    .toBe(queueOf(6))
  // With mistakes it is given too: the page shows them.
  writeFileSync(own, 'lasts: soon')
  await expect
    .poll(async () => JSON.parse(await get('scenario.json')).scenario.text, { timeout: 10_000 })
    .toBe('lasts: soon')
  process.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})

it('follows what the scenario extends, and gives no place of this machine away', async () => {
  const at = folder()
  const base = file(at, 'base.yaml', queueOf(5))
  const { get, process, ended } = await served(file(at, 'own.yaml', 'extends: base.yaml\nlasts: 7s\n'))
  const text = await get('scenario.json')
  expect(JSON.parse(text).scenario.files).toEqual({ 'base.yaml': queueOf(5) })
  expect(text).not.toContain(at)
  writeFileSync(base, queueOf(9))
  await expect
    .poll(async () => JSON.parse(await get('scenario.json')).scenario.files, { timeout: 10_000 })
    .toEqual({ 'base.yaml': queueOf(9) })
  process.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})

it('goes on where the folder that was allowed is gone', async () => {
  const at = folder()
  const allowed = folder()
  const own = file(at, 'own.yaml', queueOf(5))
  const { get, process, ended } = await served(own, '--allow', allowed)
  rmSync(allowed, { recursive: true })
  writeFileSync(own, queueOf(6))
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(JSON.parse(await get('scenario.json')).scenario.text).toBe(queueOf(5))
  process.kill('SIGINT')
  expect((await ended).code).toBe(0)
})

it('begins with the gallery where no file is named', async () => {
  const { get, process, ended } = await served()
  expect(JSON.parse(await get('scenario.json'))).toEqual({ scenario: null, followed: false })
  process.kill('SIGINT')
  expect((await ended).code).toBe(0)
})

it('writes the page as files for any web server', async () => {
  const out = path.join(folder(), 'site')
  const { code, stdout, stderr } = await nines('studio', '@02-distributed', '--out', out)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain(`written: ${out}/index.html`)
  for (const name of [
    'index.html',
    'page.js',
    'engine.js',
    'yaml.js',
    'page.css',
    'shelf.json',
    'report.json',
    'LICENSES',
  ])
    expect(read(out, name)).toBe(read(root, 'dist/studio', name))
  expect(JSON.parse(read(out, 'scenario.json'))).toMatchObject({
    scenario: { file: '02-distributed.yaml' },
    followed: false,
  })
})

it('is less than 700 kB over the wire, with everything', () => {
  const folder = path.join(root, 'dist/studio')
  const wired = readdirSync(folder).filter((name) => name !== 'LICENSES')
  const sizes = wired.map((name) => gzipSync(readFileSync(path.join(folder, name))).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(700_000)
})

it.each([
  [['--out', 'out', '--port', '8080'], '--port: with --out nothing is served'],
  [['--out', 'out', '--no-open'], '--no-open: with --out nothing is served'],
  [['--allow', '.'], '--allow: no file is named'],
  [['/dev/null'], 'nines studio: /dev/null is no regular file'],
  [['--quiet'], '--quiet: only with --out'],
  [['--port', '70000'], 'expected'],
  [['missing.yaml'], 'missing.yaml: cannot be read: '],
])('refuses %j in words', async (args, words) => {
  const { code, stdout, stderr } = await nines('studio', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(words)
})
