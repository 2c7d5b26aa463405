import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/built.js'
import { nines } from '../support/nines.js'

const text = readFileSync(path.join(root, 'docs/spof.md'), 'utf8')
/** A command, and what it prints. */
const shown = [...text.matchAll(/^```sh\nnpx nines (.*)\n```\n\n```text\n([\s\S]*?)^```/gm)].map(
  ([, command, prints]) => [command!, prints!] as const,
)

it('docs/spof.md shows what a command prints', () => {
  expect(shown.length).toBe(1)
})

it.each(shown)(
  'docs/spof.md shows what %s prints',
  async (command, prints) => {
    const { stdout, code } = await nines(...command.split(' '), '--quiet')
    expect(code).toBe(0)
    expect(stdout).toBe(prints)
  },
  300_000,
)
