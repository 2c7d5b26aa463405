import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { commands, HIDDEN } from '../../cli/commands.js'
import { shippedNames } from '../../cli/files.js'
import { kinds } from '../../sim/components/registry.js'
import { built, root } from '../support/built.js'
import { folder } from '../support/nines.js'

const at = folder()
mkdirSync(path.join(at, 'stacks'))
writeFileSync(path.join(at, 'own.yaml'), '')
writeFileSync(path.join(at, 'notes.txt'), '')
mkdirSync(path.join(at, 'apart'))
writeFileSync(path.join(at, 'apart', 'my stack.yaml'), '')
symlinkSync(path.join(at, 'stacks'), path.join(at, 'apart/link'))
// Called by its name, as a shell that is used does.
mkdirSync(path.join(at, 'bin'))
spawnSync('ln', ['-s', built('cli/main.js'), path.join(at, 'bin/nines')])
const env = { ...process.env, PATH: `${path.join(at, 'bin')}:${process.env.PATH}` }

const script = (shell: string): string => {
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), 'completion', shell], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/** What bash itself completes the last of the words with, parted as bash parts them. */
function bash(...words: string[]): string[] {
  const set = ['nines', ...words].map((word) => `'${word}'`).join(' ')
  const lines = `${script('bash')}\nCOMP_WORDS=(${set})\nCOMP_CWORD=${words.length}\n_nines\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', lines], { cwd: at, env, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

describe('bash completes', () => {
  it('commands, and not the one that only scripts ask', () => {
    const shown = Object.keys(commands).filter((name) => !HIDDEN.includes(name))
    expect(bash('')).toEqual([...shown, 'help', '--version', '--help'])
    expect(bash('comp')).toEqual(['compare', 'completion'])
    expect(bash('help', 'tr')).toEqual(['trace'])
  })

  it('options of the command', () => {
    expect(bash('run', '--re')).toEqual(['--replications'])
    expect(bash('draw', '--')).toEqual(expect.arrayContaining(['--format', '--by', '--output', '--help']))
    expect(bash('list', '--repl')).toEqual([])
  })

  it('choices, be they parted from the option by a space or not', () => {
    expect(bash('capacity', '--format', '')).toEqual(['text', 'json', 'csv'])
    expect(bash('draw', '--format', 's')).toEqual(['svg'])
    // Bash parts at =, and replaces only what comes after it.
    expect(bash('draw', '--format', '=', 'm')).toEqual(['mermaid'])
    expect(bash('draw', '--format', '=')).toEqual(['svg', 'mermaid', 'dot'])
    expect(bash('completion', 'z')).toEqual(['zsh'])
  })

  it('scenarios that come with it, with @ parted or not, and scenario files', () => {
    expect(bash('run', '@')).toEqual(shippedNames())
    expect(bash('run', '@', '02')).toEqual(['@02-distributed'])
    expect(bash('compare', '@02-distributed', '@experiments/02-ng')).toEqual(['@experiments/02-nginx-dies'])
    expect(bash('run', 'o')).toEqual(['own.yaml'])
    expect(bash('run', '')).toEqual(['apart/', 'bin/', 'own.yaml', 'stacks/', ...shippedNames()])
    expect(bash('run', '--seed', '1', 'own.yaml', 'st')).toEqual(['stacks/'])
    // One file is all that it takes.
    expect(bash('trace', 'own.yaml', '')).toEqual([])
  })

  it('files and folders of options', () => {
    expect(bash('run', '--out', '')).toEqual(['apart/', 'bin/', 'stacks/'])
    expect(bash('run', '--out', 'apart/')).toEqual(['apart/link/'])
    // As one word.
    expect(bash('run', 'apart/m')).toEqual(['apart/my\\ stack.yaml'])
    expect(bash('run', '--junit', 'n')).toEqual(['notes.txt'])
    expect(bash('draw', '-o', './no')).toEqual(['./notes.txt'])
    expect(bash('run', '--out', '/nowhere/')).toEqual([])
  })

  it('what list, init and validate can name', () => {
    expect(bash('list', '')).toEqual(
      expect.arrayContaining([...kinds.map(({ kind }) => kind), 'crash', 'poisson', 'scenarios']),
    )
    expect(bash('list', 'hapr')).toEqual(['haproxy'])
    expect(bash('init', '02-ng')).toEqual(['02-nginx-dies'])
    expect(bash('validate', 'mm1ps')).toEqual(['mm1ps-rho70'])
  })

  it('nothing where there is nothing to say', () => {
    expect(bash('nonsense', '')).toEqual([])
    expect(bash('run', '--seed', '')).toEqual([])
  })

  it('also where the program is called by npx alone', () => {
    const lines = `${script('bash')}\nCOMP_WORDS=(nines tra)\nCOMP_CWORD=1\n_nines\necho "\${COMPREPLY[@]}"\n`
    const { stdout } = spawnSync('bash', ['--norc', '-c', lines], { cwd: root, encoding: 'utf8' })
    expect(stdout).toBe('trace\n')
  })
})

test.each([
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('the script for %s is one, where that is installed', (shell, check) => {
  const text = script(shell)
  const file = path.join(at, `script.${shell}`)
  writeFileSync(file, text)
  const { error, status, stderr } = spawnSync(shell, [...check, file], { encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    process.stdout.write(`not checked: ${shell} is not installed\n`)
    return
  }
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('fish completes by its script, where it is installed', () => {
  const asked = 'complete -C "nines run --fo"; complete -C "nines draw --format m"; complete -C "nines run o"'
  const given = ['--no-config', '-c', `${script('fish')}\n${asked}`]
  const { error, stdout } = spawnSync('fish', given, { cwd: at, env, encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    process.stdout.write('not checked: fish is not installed\n')
    return
  }
  expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([
    '--format',
    'mermaid',
    'own.yaml',
    '',
  ])
})

it('knows no other shell', () => {
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), 'completion', 'tcsh'], {
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('Allowed choices are bash, zsh, fish')
})
