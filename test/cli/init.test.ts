import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, it } from 'vitest'
import { shippedNames } from '../../cli/files.js'
import { built, root } from '../support/built.js'
import { folder } from '../support/nines.js'

let at = ''
beforeEach(() => {
  at = folder()
})
function nines(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), ...args], {
    cwd: at,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const read = (name: string) => readFileSync(path.join(at, name), 'utf8')
const brief = ['--lasts', '5s', '--replications', '2', '--quiet', '--format', 'csv']

it('without a name, all scenarios and what they ask', () => {
  writeFileSync(path.join(at, 'own.txt'), '')
  const { status, stdout, stderr } = nines('init')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(
    /^\d+ scenarios come with the program; nines init NAME writes one as a file to edit:\n/,
  )
  for (const name of shippedNames()) expect(stdout).toContain(`  ${name}\n`)
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'An Nginx process dies. Why is that so much cheaper than a machine that is silent (02-web-server-dies)?',
  )
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  expect(readdirSync(at)).toEqual(['own.txt'])
})

it('in an empty folder, the first one too', () => {
  const { status, stdout } = nines('init')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^written: 01-simple-web-stack\.yaml: Simple web stack\. .*\?\n/)
  expect(nines('run', '01-simple-web-stack.yaml', ...brief)).toMatchObject({ status: 0, stderr: '' })
  expect(nines('init')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+ scenarios/) })
})

it('a name gives a file that says the same, alone in its folder, with its schema for editors', () => {
  expect(nines('init', '02-nginx-dies')).toMatchObject({ status: 0, stderr: '' })
  expect(readdirSync(at)).toEqual(['02-nginx-dies.yaml'])
  const text = read('02-nginx-dies.yaml')
  const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n# +\+-->/.exec(text)!
  expect(fileURLToPath(schema!)).toBe(path.join(root, 'docs/scenario.schema.json'))
  const numbers = (file: string) => nines('run', file, ...brief).stdout.replace(file, 'it')
  expect(numbers('02-nginx-dies.yaml')).toBe(numbers('@experiments/02-nginx-dies'))
})

it.each([['@02-distributed'], ['02-distributed.yaml'], ['experiments/04-surge'], ['04-surge']])(
  'knows %s',
  (name) => {
    expect(nines('init', name, '-o', 'it.yaml').status).toBe(0)
    expect(nines('check', 'it.yaml')).toMatchObject({ status: 0, stderr: '' })
  },
)

it('names where the schema is from where the file is, if the program is installed below', () => {
  const home = path.join(at, 'node_modules/nines')
  mkdirSync(home, { recursive: true })
  for (const one of ['package.json', 'dist', 'scenarios', 'docs'])
    spawnSync('cp', ['-r', path.join(root, one), home])
  spawnSync('ln', ['-s', path.join(root, 'node_modules'), path.join(home, 'node_modules')])
  const main = path.join(home, 'dist/cli/main.js')
  const { status } = spawnSync('node', [main, 'init', '04-surge', '-o', 'deep/it.yaml'], { cwd: at })
  expect(status).toBe(0)
  expect(read('deep/it.yaml')).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/node_modules\/nines\/docs\/scenario\.schema\.json\n/,
  )
})

it('never takes the place of a file without --force', () => {
  writeFileSync(path.join(at, '02-distributed.yaml'), 'mine\n')
  expect(nines('init', '02-distributed')).toEqual({
    status: 2,
    stdout: '',
    stderr: '02-distributed.yaml is there already: --force replaces it, -o FILE takes another name\n',
  })
  expect(read('02-distributed.yaml')).toBe('mine\n')
  expect(nines('init', '02-distributed', '--force').status).toBe(0)
  expect(read('02-distributed.yaml')).toContain('kind: haproxy')
})

it('prints it with -o -', () => {
  const { status, stdout, stderr } = nines('init', '02-surge', '-o', '-')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(readdirSync(at)).toEqual([])
  writeFileSync(path.join(at, 'it.yaml'), stdout)
  expect(nines('check', 'it.yaml')).toMatchObject({ status: 0, stderr: '' })
})

it.each([
  [
    ['02-distibuted'],
    'no scenario named "02-distibuted" comes with the program; did you mean "02-distributed"?',
  ],
  [['02-distributed', '-o', ''], 'expected the name of a file'],
  [['02-distributed', '-o', 'x/package.json/y.yaml'], 'x/package.json/y.yaml: there is no such folder'],
])('tells what is wrong with %j, and writes nothing', (args, says) => {
  mkdirSync(path.join(at, 'x'))
  writeFileSync(path.join(at, 'x/package.json'), '')
  const { status, stdout, stderr } = nines('init', ...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(says)
  expect(existsSync(path.join(at, '02-distributed.yaml'))).toBe(false)
})
