import { describe, expect, it } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { commandOf } from '../../cli/origin.js'
import { originOf } from '../../reports/html/origin-of.js'

describe('the command that a page names', () => {
  it.each([
    [
      'what changes no result is left out',
      'run a.yaml --jobs 4 --quiet --watch --out o --replications 3',
      'nines run a.yaml --replications 3',
    ],
    [
      'with = too, and what follows stays',
      'run --format=json --out=o a.yaml --check b.yaml',
      'nines run a.yaml b.yaml',
    ],
    ['the address of a queue is nobody’s', 'run a.yaml --queue redis://me:secret@there', 'nines run a.yaml'],
  ])('%s', (_, line, command) => {
    expect(commandOf(line.split(' '))).toBe(command)
  })

  it('is quoted as a shell needs it', () => {
    expect(commandOf(['sweep', 'a b.yaml', '--set', 'users.web.arrive=poisson({x}/s)', "it's"])).toBe(
      `nines sweep 'a b.yaml' --set 'users.web.arrive=poisson({x}/s)' 'it'\\''s'`,
    )
  })
})

it('a page carries each file once, with those that it extends', () => {
  const read = ['02-nginx-dies', '02-primary-dies'].map((name) =>
    readScenario(`scenarios/experiments/${name}.yaml`),
  )
  const { files } = originOf([...read, read[0]!], null)
  expect(files.map(({ name }) => name)).toEqual([
    'scenarios/experiments/02-nginx-dies.yaml',
    'scenarios/02-distributed.yaml',
    'scenarios/experiments/02-primary-dies.yaml',
  ])
})
