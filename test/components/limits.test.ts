import { describe, expect, it } from 'vitest'
import { kinds } from '../../sim/components/registry.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** The example of a kind, with so many visitors, a crash and a hang. */
const stack = ({ kind, example }: (typeof kinds)[number], rate: number) =>
  parseScenario(
    `
lasts: 30s
warmup: 0s
users: { u: { arrive: poisson(${rate}/s), to: ${kind}, timeout: 2s } }
components:
    ${example}
faults:
  - { kind: crash, target: ${kind}, at: 8s, for: 2s }
  - { kind: hang, target: ${kind}, at: 16s, for: 2s }`,
    'test.yaml',
  )

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('what of %s can fill', (_, kind) => {
  it.each([1, 300])('is never more than full, and never less than empty, at %d/s', (rate) => {
    const { components, used } = replicate(stack(kind, rate), 0)
    for (const [name, { limits }] of Object.entries(components)) {
      expect(new Set(limits.map(({ says }) => says)).size).toBe(limits.length)
      for (const { says, capacity, used: share } of limits) {
        expect(capacity, says).toBeGreaterThan(0)
        expect(capacity, says).toBeLessThan(Number.POSITIVE_INFINITY)
        expect(share, says).toBeGreaterThanOrEqual(-1e-9)
        expect(share, says).toBeLessThanOrEqual(1 + 1e-9)
        for (const one of used[`${name}: ${says}`]!) {
          expect(one, says).toBeGreaterThanOrEqual(-1e-6)
          expect(one, says).toBeLessThanOrEqual(1 + 1e-6)
        }
      }
    }
  })
})

it('slots of a station are told without a word of the kind, cores of its own machine too', () => {
  const { components } = replicate(
    parseScenario(
      `
lasts: 30s
users: { u: { arrive: constant(50/s), to: q } }
components:
  q: { kind: cache, origin: o, threads: 2, service: 10ms, hit_ratio: 0% }
  o: { kind: service, servers: 4, service: 20ms }`,
      'test.yaml',
    ),
    0,
  )
  const told = (name: string) =>
    components[name]!.limits.map(({ says, capacity, used }) => [
      says,
      capacity,
      Math.round(used * 1000) / 1000,
    ])
  expect(told('q')).toEqual([
    ['threads', 2, 0.25],
    ['CPU', 2, 0.25],
  ])
  expect(told('o')).toEqual([['servers', 4, 0.25]])
})
