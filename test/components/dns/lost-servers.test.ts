import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { livesOf } from '../../../sim/experiments/lives.js'
import { Structure } from '../../../sim/experiments/structure.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { partOf, severitiesIn, spofsIn } from '../../support/spofs.js'

/** With fewer visitors. */
const shipped = (name: string) => {
  const file = path.resolve(import.meta.dirname, `../../../scenarios/experiments/dns-${name}.yaml`)
  return parseScenario(readFileSync(file, 'utf8').replace('30/s', '10/s'), file)
}
const one = shipped('one-name-server')
const two = shipped('two-name-servers')

/** Longer than the minute for which resolvers keep an answer. */
const long = { lasts: '2min', warmup: '30s', replications: 1 }

test('a name server that is the only one is a single point of failure, once the TTL is over', async () => {
  const found = await spofsIn(one, { ...long, only: ['dns-1', 'ns-1'] })
  expect(severitiesIn(found)).toEqual({ 'dns-1': 'hard', 'ns-1': 'hard' })
  const brief = await spofsIn(one, { ...long, lasts: '20s', only: ['dns-1'] })
  expect(severitiesIn(brief)).toEqual({ 'dns-1': 'capacity' })
})

test('one of two is not: without the first, visitors are late now and then, without the second nobody sees it', async () => {
  const found = await spofsIn(two, { ...long, only: ['dns-1', 'dns-2', 'ns-1'] })
  expect(severitiesIn(found)).toEqual({ 'dns-1': 'capacity', 'dns-2': 'none', 'ns-1': 'none' })
  const late = partOf(found, 'dns-1')
  expect(late.unanswered).toEqual([])
  expect(late.availability.value).toBe(1)
})

test('by the wiring both are needed, and the name itself is nothing that could be lost', () => {
  expect(new Structure(one).cutSets(2)).toEqual([['dns-1'], ['web-1', 'web-2']])
  expect(new Structure(two).cutSets(2)).toEqual([
    ['dns-1', 'dns-2'],
    ['web-1', 'web-2'],
  ])
  for (const scenario of [one, two]) {
    expect(new Structure(scenario).parts.map(({ name }) => name)).not.toContain('www')
    expect(livesOf(scenario).map(({ part }) => part)).not.toContain('www')
  }
})
