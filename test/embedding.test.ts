import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/built.js'

const example = 'docs/examples/embed.mjs'
const page = readFileSync(path.join(root, 'docs/embedding.md'), 'utf8')
const [code, printed] = [...page.matchAll(/^```(?:js)?\n([\s\S]*?)^```/gm)].map(([, text]) => text!)

it('docs/embedding.md shows the example as it is', () => {
  expect(code).toBe(readFileSync(path.join(root, example), 'utf8'))
})

it('the example prints what docs/embedding.md says', () => {
  const { status, stdout, stderr } = spawnSync('node', [example], { cwd: root, encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: printed, stderr: '' })
})
