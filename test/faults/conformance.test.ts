import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type FaultKind, faultKind, type Step } from '../../sim/faults/fault.js'
import { faultKinds } from '../../sim/faults/registry.js'
import type { Strike } from '../../sim/model/fault-calendar.js'
import { Model } from '../../sim/model/model.js'
import type { Dial } from '../../sim/parts/dial.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { FaultSpec } from '../../sim/scenario/scenario.js'

const site = (faults: string, lasts = '200s') => `
lasts: ${lasts}
warmup: 0s
hosts: { h1: { cores: 1, zone: z }, h2: { cores: 1, zone: z } }
users: { web: { arrive: constant(5/s), to: lb, timeout: 1s } }
components:
  lb: { kind: haproxy, host: h1, servers: [a, b], default_server: { check: on }, tls: {} }
  a: { kind: service, host: h2, service: 1ms, servers: unlimited }
  b: { kind: service, host: h2, service: 1ms, servers: unlimited }
wires: { lb -> a: { latency: 5ms, loss: 10% } }
faults:
${faults}
`

/** What stands for each type of target in that site. */
const targets = { component: 'lb', host: 'h1', zone: 'z', wire: 'lb -> a', users: 'web' } as const

/** What a kind needs beside its target, by the names of its options: a new one has to be told here. */
const needs: Record<string, string> = { factor: '3', share: '40%', add: '7ms' }

const optionsOf = ({ options }: FaultKind) =>
  Object.entries(options.shape)
    .filter(([, schema]) => !(schema as z.ZodType).safeParse(undefined).success)
    .map(([name]) => `, ${name}: ${needs[name]}`)
    .join('')

/** All dials that faults can turn. */
function dialsOf({ components, hosts, wires, users }: Model): Dial[] {
  return [
    ...[...components.values()].flatMap((c) => [
      c.up,
      c.running,
      c.speed,
      c.soundness,
      c.rotation,
      c.certificate,
    ]),
    ...[...hosts.values()].flatMap(({ power, processor }) => [power, processor.speed]),
    ...wires.flatMap(({ latency, delivery, open }) => [latency, delivery, open]),
    ...users.map(({ surge }) => surge),
  ].filter((dial) => dial !== null)
}

/** Runs `model`, and says when its dials were not what they were at the start; and what was struck. */
function bentIn(model: Model): { bent: number[]; strikes: Omit<Strike, 'forever'>[]; whole: boolean } {
  const dials = dialsOf(model)
  const base = dials.map(({ value }) => value)
  const isBent = () => dials.some(({ value }, i) => value !== base[i])
  const bent: number[] = []
  // Between whole seconds, where the faults of these tests come and go.
  for (let time = 0.5; time < model.scenario.lasts; time++)
    model.kernel.after(time, () => isBent() && bent.push(Math.floor(time)), null)
  model.run()
  const strikes = model.faultCalendar.strikes.map(({ fault, from, to }) => ({ fault, from, to }))
  return { bent, strikes, whole: !isBent() }
}

const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

const cases = faultKinds.flatMap((kind) =>
  kind.targets.map(
    (type) =>
      [
        `${kind.kind} of a ${type}`,
        `kind: ${kind.kind}, target: ${targets[type]}${optionsOf(kind)}`,
      ] as const,
  ),
)

describe.each(cases)('every kind of fault: %s', (_, fault) => {
  const run = (faults: string, lasts?: string) =>
    bentIn(new Model(parseScenario(site(faults, lasts), 'test.yaml'), 0))

  test('with for:, it is there for so long, and nothing is left of it', () => {
    expect(run(`  - { ${fault}, at: 20s, for: 30s }`)).toEqual({
      bent: seconds(20, 50),
      strikes: [{ fault: 0, from: 20, to: 50 }],
      whole: true,
    })
  })

  test('without for:, it is there to the end of the run', () => {
    expect(run(`  - { ${fault}, at: 20s }`)).toEqual({
      bent: seconds(20, 200),
      strikes: [{ fault: 0, from: 20, to: Number.POSITIVE_INFINITY }],
      whole: false,
    })
  })

  test('by mtbf and mttr, it comes again when it has healed', () => {
    expect(run(`  - { ${fault}, mtbf: 30s, mttr: 10s }`, '90s')).toEqual({
      bent: [...seconds(30, 40), ...seconds(70, 80)],
      strikes: [
        { fault: 0, from: 30, to: 40 },
        { fault: 0, from: 70, to: 80 },
      ],
      whole: true,
    })
  })

  test('over itself, it heals in any order', () => {
    const lines = ['at: 20s, for: 30s', 'at: 30s, for: 10s', 'at: 30s, for: 50s', 'at: 80s, for: 1s']
    const { bent, whole } = run(lines.map((line) => `  - { ${fault}, ${line} }`).join('\n'))
    expect({ bent, whole }).toEqual({ bent: seconds(20, 81), whole: true })
  })
})

describe('a kind of fault that comes again and again', () => {
  /** A process stops for `pause`, every `every`, for as long as it lasts. */
  const pauses = faultKind({
    kind: 'gc-pause',
    says: 'a process stops again and again',
    targets: ['component'],
    options: z.strictObject({ every: z.number(), pause: z.number() }),
    *steps(targets, { every, pause }, lasts): Generator<Step> {
      const bends = targets.flatMap(({ components }) =>
        components.map(({ running }) => ({ dial: running, by: 0 })),
      )
      for (let after = 0; after < lasts; after += every) yield { after, lasts: pause, bends }
    },
  }) as unknown as FaultKind

  const modelOf = (specs: readonly Partial<FaultSpec>[], lasts = '200s') => {
    const scenario = parseScenario(site('', lasts).replace('faults:', ''), 'test.yaml')
    const faults = specs.map(
      (spec): FaultSpec => ({
        kind: pauses,
        targets: ['a'],
        options: { every: 10, pause: 3 },
        timed: null,
        random: null,
        says: 'pauses of a',
        ...spec,
      }),
    )
    return new Model({ ...scenario, faults }, 0)
  }
  const constant = (text: string) =>
    parseScenario(site(`  - { kind: hang, target: a, mtbf: ${text}, mttr: ${text} }`), 'test.yaml').faults[0]!
      .random!.mtbf
  const rows = (from: number, to: number) => seconds(from, to).filter((second) => (second - from) % 10 < 3)

  test('without an end goes on to the end of the run', () => {
    const { bent, strikes } = bentIn(modelOf([{ timed: { at: 20, lasts: Number.POSITIVE_INFINITY } }]))
    expect(bent).toEqual(rows(20, 200))
    expect(strikes).toEqual([{ fault: 0, from: 20, to: Number.POSITIVE_INFINITY }])
  })

  test('with an end is over when the last pause is', () => {
    const { bent, strikes, whole } = bentIn(modelOf([{ timed: { at: 20, lasts: 45 } }]))
    expect(bent).toEqual(rows(20, 65))
    expect(strikes).toEqual([{ fault: 0, from: 20, to: 63 }])
    expect(whole).toBe(true)
  })

  test('by mtbf and mttr begins anew when it is over', () => {
    const { bent, strikes } = bentIn(
      modelOf([{ random: { mtbf: constant('30s'), mttr: constant('15s') } }], '110s'),
    )
    // Two pauses each time: 13 s.
    expect(bent).toEqual([...rows(30, 43), ...rows(73, 86)])
    expect(strikes).toEqual([
      { fault: 0, from: 30, to: 43 },
      { fault: 0, from: 73, to: 86 },
    ])
  })

  test('over itself: the process runs while no pause is there, whole again in the end', () => {
    const strike = fc.record({
      at: fc.integer({ min: 0, max: 60 }),
      lasts: fc.integer({ min: 1, max: 60 }),
      every: fc.integer({ min: 1, max: 12 }),
      pause: fc.integer({ min: 1, max: 20 }),
    })
    fc.assert(
      fc.property(fc.array(strike, { minLength: 1, maxLength: 8 }), (strikes) => {
        const specs = strikes.map(({ at, lasts, ...options }) => ({ timed: { at, lasts }, options }))
        const { bent, whole } = bentIn(modelOf(specs))
        const there = ({ at, lasts, every, pause }: (typeof strikes)[number], second: number) => {
          for (let after = 0; after < lasts; after += every)
            if (at + after <= second && second < at + after + pause) return true
          return false
        }
        expect(bent).toEqual(seconds(0, 200).filter((second) => strikes.some((one) => there(one, second))))
        expect(whole).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('is asked for its steps one by one, and each target has its own', () => {
    let asked = 0
    const counted: FaultKind = {
      ...pauses,
      *steps(targets, options, lasts) {
        for (const step of pauses.steps(targets, options, lasts)) {
          asked++
          yield step
        }
      },
    }
    const { bent } = bentIn(
      modelOf([{ kind: counted, targets: ['a', 'b'], timed: { at: 20, lasts: Number.POSITIVE_INFINITY } }]),
    )
    expect(bent).toEqual(rows(20, 200))
    // Of each target 19 that began, the last one at the very end, and the next.
    expect(asked).toBe(2 * 20)
  })

  test('all of its targets together, if it says so', () => {
    const groups: string[][] = []
    const noted = (together: boolean): FaultKind => ({
      ...pauses,
      together,
      steps: (targets, options, lasts) => {
        groups.push(targets.map(({ name }) => name))
        return pauses.steps(targets, options, lasts)
      },
    })
    for (const together of [true, false])
      bentIn(modelOf([{ kind: noted(together), targets: ['a', 'b'], timed: { at: 20, lasts: 5 } }]))
    expect(groups).toEqual([['a', 'b'], ['a'], ['b']])
  })

  test('whose steps go back in time is a defect, and says so', () => {
    const back: FaultKind = {
      ...pauses,
      steps: () => [
        { after: 5, lasts: 1, bends: [] },
        { after: 4, lasts: 1, bends: [] },
      ],
    }
    expect(() => modelOf([{ kind: back, timed: { at: 20, lasts: 5 } }]).run()).toThrow(
      'the steps of a fault come in the order in which they begin',
    )
  })

  test('that does nothing has healed at once', () => {
    const idle: FaultKind = { ...pauses, steps: () => [] }
    const { strikes } = bentIn(modelOf([{ kind: idle, timed: { at: 20, lasts: 5 } }]))
    expect(strikes).toEqual([{ fault: 0, from: 20, to: 20 }])
  })
})
