import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readScenario, shippedNames } from '../../cli/files.js'
import { built } from '../support/built.js'
import { folder } from '../support/nines.js'

/** In a folder where there is nothing. */
function nines(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), ...args], {
    cwd: folder(),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const brief = ['--lasts', '5s', '--replications', '2', '--quiet']

describe('a scenario that comes with the program', () => {
  it.each([
    ['run', ['@02-distributed', ...brief]],
    ['compare', ['@01-simple-web-stack.yaml', '@experiments/contention-one-host', ...brief]],
    ['check', ['@experiments/02-nginx-dies.yaml']],
    ['draw', ['@02-distributed', '--format', 'mermaid']],
    ['spof', ['@01-simple-web-stack', ...brief]],
    ['trace', ['@02-distributed', '--requests', '1', '--lasts', '5s']],
    ['sweep', ['@02-distributed', '--x', '100', '--set', 'users.visitors.arrive=poisson({x}/s)', ...brief]],
  ])('is found from any folder by %s', (command, args) => {
    expect(nines(command, ...args)).toMatchObject({ status: 0, stderr: '' })
  })

  it('has its short name in results, which is the same on every machine', () => {
    const { stdout } = nines('run', '@02-distributed.yaml', ...brief, '--format', 'json')
    expect(JSON.parse(stdout).results[0].file).toBe('@02-distributed')
  })

  it('can be read, each of them', () => {
    expect(shippedNames().length).toBeGreaterThan(20)
    for (const name of shippedNames()) expect(readScenario(name).file).toBe(name)
  })

  it('is named by nines list', () => {
    expect(nines('list', 'scenarios').stdout.trim().split('\n')).toEqual(shippedNames())
    expect(JSON.parse(nines('list', '--format', 'json').stdout).scenarios).toEqual(shippedNames())
  })

  it('is looked for among the known ones: the nearest and the list', () => {
    for (const name of ['@02-distribted', '@../scenarios/02-distributed']) {
      const { status, stdout, stderr } = nines('check', name)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain(`${name}: no scenario of this name comes with the program`)
      expect(stderr).toContain('@experiments/02-nginx-dies')
    }
    expect(nines('check', '@02-distribted').stderr).toContain('did you mean "@02-distributed"?')
  })
})
