import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/built.js'
import { file, folder, nines, queueOf } from '../support/nines.js'

it('docs/report.md shows how the summary of a command begins', async () => {
  const text = readFileSync(path.join(root, 'docs/report.md'), 'utf8')
  const [, command, begins] = /^`nines (.*)`:\n\n```markdown\n([\s\S]*?)^```/m.exec(text)!
  const { stdout, code } = await nines(...command!.split(' '), '--quiet')
  expect(code).toBe(0)
  expect(stdout.slice(0, begins!.length)).toBe(begins)
})

it('a summary is printed beside what --out writes and --check finds, and names what gives it again', async () => {
  const at = folder()
  const scenario = file(at, 'queue.yaml', `${queueOf(10)}expect: { latency_mean: "<= 1ms" }\n`)
  const out = path.join(at, 'out')
  const { stdout, code } = await nines(
    ...['run', scenario, '--replications', '3', '--set', 'seed=7', '--jobs', '1', '--quiet'],
    ...['--format', 'markdown', '--out', out, '--check'],
  )
  expect(code).toBe(1)
  expect(stdout).toContain('| `latency_mean <= 1ms` | ❌ not met |')
  const command = `nines run ${scenario} --replications 3 --set seed=7`
  expect(stdout).toContain(`\n${command}\n`)
  expect(readFileSync(path.join(out, 'report.html'), 'utf8')).toContain(command)
})

it('is refused where there is none', async () => {
  const { code, stderr } = await nines('spof', '@02-distributed', '--format', 'markdown')
  expect(code).toBe(2)
  expect(stderr).toContain("argument 'markdown' is invalid. Allowed choices are text, json, csv.")
})
