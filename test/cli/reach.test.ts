import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { built, root } from '../support/built.js'
import { file, folder, queueOf } from '../support/nines.js'

let at = ''
beforeEach(() => {
  at = folder()
  for (const name of ['in', 'in/deep', 'out', 'out/deep']) mkdirSync(path.join(at, name))
  file(at, 'out/base.yaml', queueOf(5))
  file(at, 'out/gaps.csv', '0.1\n0.2\n')
  file(at, 'in/deep/base.yaml', queueOf(5))
  file(at, 'in/deep/gaps.csv', '0.1\n0.2\n')
})

function nines(cwd: string, ...args: string[]) {
  const { status, stderr } = spawnSync('node', [built('cli/main.js'), ...args], {
    cwd: path.resolve(at, cwd),
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stderr }
}
const own = (text: string) => file(at, 'in/own.yaml', text)
const fine = { status: 0, stderr: '' }
const outside = {
  status: 2,
  stderr: expect.stringContaining('it is not below the folder of the scenario, and no --allow says'),
}
/** Ways to name a file. */
const ways = (name: string) => [
  `extends: ${name}.yaml\n`,
  queueOf(5, `trace(${name}.csv)`),
  queueOf(5, `renewal(empirical(${name}.csv))`),
]

describe('a scenario reads', () => {
  it('what lies below its folder, wherever one is', () => {
    file(at, 'in/deep/gaps.yaml', queueOf(5))
    for (const text of [...ways('deep/gaps'), ...ways(`${at}/in/deep/gaps`)]) {
      own(text)
      expect(nines('out', 'check', '../in/own.yaml')).toEqual(fine)
    }
  })

  it('nothing else, told no more of it than that, be it there or not', () => {
    file(at, 'out/gaps.yaml', 'swordfish')
    for (const name of ['../out/gaps', `${at}/out/gaps`, 'deep/../../out/gaps', '/etc/no-such'])
      for (const text of ways(name)) {
        const result = nines('in', 'check', own(text))
        expect(result).toEqual(outside)
        expect(result.stderr).not.toMatch(/swordfish|no such file/)
      }
  })

  it('what --allow says, as often as it is given, by every command', () => {
    file(at, 'out/deep/gaps.csv', '0.1\n0.2\n')
    own('extends: ../out/base.yaml\nusers: { web: { arrive: trace(../out/deep/gaps.csv) } }\n')
    const run = ['run', 'own.yaml', '--quiet', '--replications', '2']
    expect(nines('in', ...run)).toEqual(outside)
    expect(nines('in', ...run, '--allow', '../out/deep')).toEqual(outside)
    const allow = ['--allow', '../out']
    expect(nines('in', ...run, ...allow)).toEqual(fine)
    expect(nines('in', ...run, '--allow', '../in', ...allow)).toEqual(fine)
    expect(nines('in', 'trace', 'own.yaml', ...allow)).toEqual(fine)
    expect(nines('in', 'compare', 'own.yaml', 'own.yaml', '--quiet', ...allow)).toMatchObject({ status: 0 })
    const sweep = ['sweep', 'own.yaml', '--quiet', '--set', 'components.q.service={x}ms', '--x', '1,2']
    expect(nines('in', ...sweep, ...allow)).toEqual(fine)
    expect(nines('in', ...sweep)).toEqual(outside)
    expect(nines('in', 'check', 'own.yaml', '--allow', 'no-such')).toEqual({
      status: 2,
      stderr: '--allow: expected a folder, not no-such: there is no such file\n',
    })
    expect(nines('in', 'check', 'own.yaml', '--allow', '')).toMatchObject({ status: 2 })
    expect(nines('in', 'check', 'own.yaml', '--allow', 'own.yaml')).toMatchObject({ status: 2 })
  })

  it('what lies below the working directory, where it lies there itself', () => {
    own('extends: ../out/base.yaml\n')
    expect(nines('.', 'check', 'in/own.yaml')).toEqual(fine)
    expect(nines('.', 'check', `${at}/in/own.yaml`)).toEqual(fine)
    // The working directory of somebody else's scenario is none of its business.
    expect(nines('out', 'check', '../in/own.yaml')).toEqual(outside)
    // The whole machine is no project.
    expect(nines('/', 'check', `${at}/in/own.yaml`)).toEqual(outside)
  })

  it('no link that leads out of it, but one that stays', () => {
    symlinkSync(path.join(at, 'out'), path.join(at, 'in/way'))
    symlinkSync(path.join(at, 'out/base.yaml'), path.join(at, 'in/base.yaml'))
    symlinkSync('deep', path.join(at, 'in/shallow'))
    for (const name of ['way/base.yaml', 'base.yaml'])
      expect(nines('in', 'check', own(`extends: ${name}\n`))).toEqual(outside)
    expect(nines('in', 'check', own('extends: shallow/base.yaml\n'))).toEqual(fine)
    own('extends: way/base.yaml\n')
    expect(nines('in', 'check', 'own.yaml', '--allow', '../out')).toEqual(fine)
  })

  it('the same rules where it comes with the program: beside itself', () => {
    expect(nines('in', 'check', '@experiments/02-nginx-dies')).toEqual(fine)
    const set = ['--set', 'users.visitors.arrive=trace(../package.json)']
    expect(nines('in', 'check', '@02-distributed', ...set)).toEqual(outside)
    const gaps = ['--set', `users.visitors.arrive=trace(${at}/out/gaps.csv)`]
    expect(nines('in', 'check', '@02-distributed', ...gaps)).toEqual(outside)
    expect(nines('in', 'check', '@02-distributed', ...gaps, '--allow', '../out')).toMatchObject({ status: 0 })
  })

  it('from a clone, the shipped experiments without a word more', () => {
    cpSync(path.join(root, 'scenarios'), path.join(at, 'clone/scenarios'), { recursive: true })
    expect(nines('clone', 'check', 'scenarios/experiments/02-nginx-dies.yaml')).toEqual(fine)
    expect(nines('clone/scenarios/experiments', 'check', '02-nginx-dies.yaml')).toEqual(outside)
    const allow = ['--allow', '..']
    expect(nines('clone/scenarios/experiments', 'check', '02-nginx-dies.yaml', ...allow)).toEqual(fine)
  })
})

describe('what is no regular file', () => {
  it('is refused as a base or a table, and not waited for', () => {
    spawnSync('mkfifo', [path.join(at, 'in/fifo')])
    symlinkSync('/dev/zero', path.join(at, 'in/zero'))
    for (const [name, says] of [
      ['fifo', 'it is no regular file'],
      ['deep', 'it is a folder'],
      ['/dev/zero', 'it is no regular file'],
      ['zero', 'it is no regular file'],
    ] as const)
      for (const text of [`extends: ${name}\n`, queueOf(5, `trace(${name})`)]) {
        const result = nines('in', 'check', own(text), '--allow', '/dev')
        expect(result).toEqual({ status: 2, stderr: expect.stringContaining(says) })
      }
  })

  it('can be the scenario itself', () => {
    const run = `node ${built('cli/main.js')} check <(cat out/base.yaml) && cat out/base.yaml | node ${built('cli/main.js')} check /dev/stdin`
    const { status, stderr } = spawnSync('bash', ['-c', run], { cwd: at, encoding: 'utf8' })
    expect({ status, stderr }).toEqual(fine)
  })
})

describe('extends', () => {
  it('goes 20 files deep', () => {
    const chain = (deep: number) => {
      for (let i = 0; i < deep; i++) file(at, `in/${i}.yaml`, `extends: ${i + 1}.yaml\n`)
      copyFileSync(path.join(at, 'out/base.yaml'), path.join(at, `in/${deep}.yaml`))
      return nines('in', 'check', '0.yaml')
    }
    expect(chain(20)).toEqual(fine)
    for (const deep of [21, 4000])
      expect(chain(deep)).toEqual({
        status: 2,
        stderr: '20.yaml:1:1: extends: expected at most 20 files that extend one another\n',
      })
  }, 60_000)

  test.each([
    'own.yaml',
    './own.yaml',
    'deep/../own.yaml',
    'ABSOLUTE/deep/../own.yaml',
    'link.yaml',
    'loop/own.yaml',
  ])('itself as %s is told', (name) => {
    symlinkSync('own.yaml', path.join(at, 'in/link.yaml'))
    symlinkSync('.', path.join(at, 'in/loop'))
    writeFileSync(path.join(at, 'in/own.yaml'), `extends: ${name.replace('ABSOLUTE', `${at}/in`)}\n`)
    const { status, stderr } = nines('in', 'check', 'own.yaml')
    expect(status).toBe(2)
    expect(stderr).toContain('extends itself')
    expect(stderr).not.toMatch(/ at .*\.js/)
  })
})
