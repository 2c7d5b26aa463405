import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/built.js'
import { directives, type Program, programs, shareOf } from '../support/directives.js'
import { directivesPage } from '../support/directives-page.js'
import { problemsOf } from '../support/world.js'

const all = directives()
const of = (program: Program) => all.filter((row) => row.program === program)

it('docs/directives.md says what the kinds do with every directive', async () => {
  await expect(directivesPage(all)).toMatchFileSnapshot(path.join(root, 'docs/directives.md'))
})

it('every program has rows, each directive stands in one of them, in no more files than there are', () => {
  expect(programs.map((program) => of(program).length)).toEqual([147, 152, 100, 147, 38, 57])
  expect(new Set(all.map(({ program, directive }) => `${program} ${directive}`)).size).toBe(all.length)
  for (const { files, of, directive } of all) {
    expect(files, directive).toBeGreaterThan(0)
    expect(files, directive).toBeLessThanOrEqual(of)
  }
})

it.each<[Program, rows: number, files: number]>([
  ['haproxy', 0.8, 0.95],
  ['nginx', 0.75, 0.85],
])(
  'of the rows of %s that matter at least %d are simulated, and %d with each as often as it stands',
  (program, rows, files) => {
    const share = shareOf(of(program))
    expect(share.simulated / share.matter).toBeGreaterThanOrEqual(rows)
    expect(share.simulatedFiles / share.files).toBeGreaterThanOrEqual(files)
  },
)

const told = (component: string) =>
  problemsOf(`
lasts: 10s
users: { u: { arrive: poisson(1/s), to: box } }
components: { box: { ${component} }, b: { kind: service, service: 1ms } }
`).join('\n')

describe('what the table says is what a scenario is told', () => {
  it.each([
    ['kind: haproxy, servers: [b], peers: x', 'it matters and is not simulated: a stick table is'],
    ['kind: haproxy, servers: [{ name: b, init-addr: last }]', 'it is said in another way here: servers:'],
    ['kind: nginx, upstream: b, server_tokens: off', 'it has no influence here: leave it out'],
    ['kind: nginx, upstream: b, try_files: x', 'it is said in another way here: static:'],
    ['kind: mysql, service: 1ms, innodb_file_per_table: 1', 'it has no influence here'],
    ['kind: app, service: 1ms, depends_on: [b]', 'it is said in another way here: wires:'],
    ['kind: app, service: 1ms, mem_limit: 512m', 'it is said in another way here: memory: of its host'],
  ])('%s', (component, words) => {
    expect(told(component)).toContain(words)
  })

  it('at the top too', () => {
    expect(problemsOf('services: { web: { image: nginx } }').join('\n')).toContain(
      'services: there is no option "services"; it is said in another way here: components:',
    )
  })
})
