import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { kinds } from '../../sim/components/registry.js'
import { faultKinds } from '../../sim/faults/registry.js'
import { ScenarioError } from '../../sim/scenario/problem.js'
import { built, root } from '../support/built.js'

/**
 * Each `x.yaml` in `files/` is a bad scenario, and `x.txt` beside it what must be said about it, as a reader of the
 * message would want it. NINES_UPDATE=1 writes what is said now: read the difference before it is committed.
 */
const folder = path.join(import.meta.dirname, 'files')
const cases = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
const updating = process.env.NINES_UPDATE === '1'

/** What is kept: wherever the files stand, and however many kinds there are. */
function general(messages: string): string {
  const names = (registry: readonly { kind: string }[]) => registry.map(({ kind }) => kind).join(', ')
  return messages
    .replaceAll(`${folder}/`, '')
    .replaceAll(names(kinds), '<all kinds of components>')
    .replaceAll(names(faultKinds), '<all kinds of faults>')
}

function said(file: string): string {
  try {
    readScenario(path.join(folder, file))
  } catch (error) {
    if (error instanceof ScenarioError) return `${general(error.message)}\n`
    throw error
  }
  return 'nothing\n'
}

describe('every problem of a bad file is told at once, where it stands, with what was expected', () => {
  test.each(cases)('%s', (file) => {
    const golden = path.join(folder, file.replace(/yaml$/, 'txt'))
    const messages = said(file)
    if (updating) writeFileSync(golden, messages)
    expect(messages).toBe(readFileSync(golden, 'utf8'))
    expect(messages).not.toBe('nothing\n')
  })

  test('no message without its file', () => {
    const messages = readdirSync(folder).filter((file) => file.endsWith('.txt'))
    expect(messages.filter((file) => !cases.includes(file.replace(/txt$/, 'yaml')))).toEqual([])
  })
})

test('messages are one line each, name their file, and show no insides', () => {
  for (const file of cases) {
    for (const line of said(file).trimEnd().split('\n')) {
      expect(line).toMatch(/^[\w/-]+\.(yaml|csv)(:\d+:\d+)?: \S/)
      expect(line).not.toMatch(/Invalid input|undefined|\[object|(?<!")NaN|=>|\bat .*\.[jt]s|Error:/)
      expect(line.length).toBeLessThan(400)
    }
  }
})

test('several bad files: all of them on standard error, nothing on standard output, exit code 2', () => {
  const files = cases.map((file) => path.join(folder, file))
  const { status, stdout, stderr } = spawnSync('node', [built('cli/main.js'), 'run', ...files], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stdout).toBe('')
  // Lines of the files stand between, behind a bar.
  const told = stderr.replace(/^ +\d* \|.*\n/gm, '')
  expect(told).not.toBe(stderr)
  expect(general(told)).toBe(cases.map(said).join(''))
})
