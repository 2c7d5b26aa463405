import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { type FaultKind, faultKind, type Step } from '../../sim/faults/fault.js'
import { faultKinds } from '../../sim/faults/registry.js'
import { type Strike, targetOf } from '../../sim/model/fault-calendar.js'
import { Model } from '../../sim/model/model.js'
import { ClassDials, Dial } from '../../sim/parts/dial.js'
import { Floods } from '../../sim/parts/floods.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { FaultSpec } from '../../sim/scenario/scenario.js'
import { gcPause } from '../support/documented/gc-pause.js'
import { problemsOf } from '../support/world.js'

const site = (faults: string, lasts = '200s') => `
lasts: ${lasts}
warmup: 0s
hosts: { h1: { cores: 1, zone: z, disk_size: 50GB }, h2: { cores: 1, zone: z, disk_size: 50GB } }
users: { web: { arrive: constant(5/s), to: lb, timeout: 1s, mix: { page: 40%, other: 60% } } }
components:
  lb: { kind: haproxy, host: h1, servers: [a, b], default_server: { check: on }, tls: {} }
  name: { kind: dns, addresses: [lb] }
  a: { kind: service, host: h2, service: 1ms, servers: unlimited }
  b: { kind: service, host: h2, service: 1ms, servers: unlimited }
  cd: { kind: deployment, targets: [a], strategy: recreate, restarts: off }
wires: { lb -> a: { latency: 5ms, loss: 10% } }
faults:
${faults}
`

/** What stands for each type of target in that site. */
const targets = { component: 'lb', host: 'h1', zone: 'z', wire: 'lb -> a', users: 'web' } as const
const targetFor = ({ kind, strikesNames }: FaultKind, type: keyof typeof targets): string =>
  strikesNames === true ? 'name' : kind === 'deploy' ? 'cd' : targets[type]

/** The example of a kind, on a target of that site, when the test wants it. */
function entryOf({ example }: FaultKind, target: string, when: object): Record<string, unknown> {
  const { at, for: lasts, mtbf, mttr, ...rest } = parse(example)
  return { ...rest, target, ...when }
}

/** The same with nothing but what the kind cannot be without: the rest is as its defaults have it. */
function plainOf(kind: FaultKind, target: string, when: object): Record<string, unknown> {
  const optional = Object.entries(kind.options.shape)
    .filter(([, schema]) => (schema as z.ZodType).safeParse(undefined).success)
    .map(([name]) => name)
  return Object.fromEntries(
    Object.entries(entryOf(kind, target, when)).filter(([name]) => !optional.includes(name)),
  )
}

/** The same, of one request class. */
const oneClassOf: typeof plainOf = (kind, target, when) => ({
  ...plainOf(kind, target, when),
  class: 'page',
})

const linesOf = (entries: readonly object[]) =>
  entries.map((entry) => `  - ${JSON.stringify(entry)}`).join('\n')

/** Every dial of a model, those for request classes too. */
function dialsOf({ components, hosts, wires, users, scenario }: Model): Dial[] {
  const parts = [
    ...[...components.values()].flatMap((c) => [c, c.process]),
    ...[...hosts.values()].flatMap((host) => [host, host.processor]),
    ...wires,
    ...users,
  ]
  return parts.flatMap((part) =>
    Object.values(part).flatMap((one) =>
      one instanceof ClassDials
        ? scenario.classes.map((name) => one.get(name))
        : one instanceof Floods
          ? one.from(Number.POSITIVE_INFINITY)
          : one instanceof Dial
            ? one
            : [],
    ),
  )
}

type Span = [from: number, to: number]

/** Spans as one reads them: in order, none over another, none empty. */
function joined(spans: readonly Span[]): Span[] {
  const whole: Span[] = []
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const last = whole.at(-1)
    if (last !== undefined && from <= last[1] + 1e-6) last[1] = Math.max(last[1], to)
    else if (to > from + 1e-6) whole.push([from, to])
  }
  return whole.map(([from, to]) => [rounded(from), rounded(to)])
}
const rounded = (time: number) => Math.round(time * 1e6) / 1e6

/** Runs `model`, and says when its dials were not what they were at the start; and what was struck. */
function bentIn(model: Model): { bent: Span[]; strikes: Omit<Strike, 'forever'>[]; whole: boolean } {
  const dials = dialsOf(model)
  const base = dials.map(({ value }) => value)
  const isBent = () => dials.some(({ value }, i) => value !== base[i])
  const spans: Span[] = []
  let since: number | null = null
  const look = () => {
    if (since === null && isBent()) since = model.kernel.now
    else if (since !== null && !isBent()) {
      spans.push([since, model.kernel.now])
      since = null
    }
  }
  for (const dial of dials) dial.watch(look)
  model.run()
  const strikes = model.faultCalendar.strikes.map(({ fault, from, to }) => ({ fault, from, to }))
  const { lasts } = model.scenario
  if (since !== null) spans.push([since, lasts])
  // What the last visitors saw after the measured span is another matter.
  return {
    bent: joined(spans.map(([from, to]) => [from, Math.min(to, lasts)])),
    strikes,
    whole: since === null,
  }
}

/** When the steps of the kind say that dials are bent, of strikes that begin and last so long. */
function saidOf(model: Model, strikes: readonly { at: number; lasts: number }[]): Span[] {
  const { kind, targets, options } = model.scenario.faults[0]!
  const aimed = targets.map((name) => targetOf(model, name))
  const end = model.scenario.lasts
  const spans: Span[] = []
  for (const { at, lasts } of strikes)
    for (const step of kind.steps(aimed, options, lasts)) {
      if (at + step.after >= end) break
      if (step.bends.length > 0) spans.push([at + step.after, Math.min(end, at + step.after + step.lasts)])
    }
  return joined(spans)
}

/** Those of the registry, and the one that docs/adding-a-component.md shows, under a name that is nobody's. */
const documented = {
  ...gcPause,
  kind: 'documented',
  example: gcPause.example.replace(gcPause.kind, 'documented'),
} as unknown as FaultKind
const all = [...faultKinds, documented]

beforeAll(() => {
  ;(faultKinds as FaultKind[]).push(documented)
})
// Other files of tests have the registry to themselves.
afterAll(() => {
  ;(faultKinds as FaultKind[]).pop()
})

const casesOf = (kinds: readonly FaultKind[], of: string, written: typeof plainOf) =>
  kinds.flatMap((kind) =>
    kind.targets.map(
      (type) => [`${kind.kind} of ${of} ${type}`, kind, targetFor(kind, type), written] as const,
    ),
  )
const cases = [
  ...casesOf(all, 'a', plainOf),
  ...casesOf(
    all.filter(({ options }) => 'class' in options.shape),
    'one class at a',
    oneClassOf,
  ),
]

describe.each(cases)('every kind of fault: %s', (_, kind, target, written) => {
  const modelOf = (times: readonly object[], lasts?: string) =>
    new Model(
      parseScenario(site(linesOf(times.map((when) => written(kind, target, when))), lasts), 'test.yaml'),
      0,
    )

  test('with for:, it is there for so long, and nothing is left of it', () => {
    const model = modelOf([{ at: '20s', for: '30s' }])
    const said = saidOf(model, [{ at: 20, lasts: 30 }])
    expect(said.length, 'a fault bends something').toBeGreaterThan(0)
    expect(bentIn(model)).toEqual({
      bent: said,
      strikes: [{ fault: 0, from: 20, to: 50 }],
      whole: true,
    })
  })

  test('without for:, it is there to the end of the run', () => {
    const model = modelOf([{ at: '20s' }])
    const said = saidOf(model, [{ at: 20, lasts: Number.POSITIVE_INFINITY }])
    const { bent, strikes } = bentIn(model)
    expect(bent).toEqual(said)
    expect(strikes).toEqual([{ fault: 0, from: 20, to: Number.POSITIVE_INFINITY }])
  })

  test('by mtbf and mttr, it comes again when it has healed', () => {
    const model = modelOf([{ mtbf: '30s', mttr: '10s' }], '90s')
    const said = saidOf(model, [
      { at: 30, lasts: 10 },
      { at: 70, lasts: 10 },
    ])
    expect(bentIn(model)).toEqual({
      bent: said,
      strikes: [
        { fault: 0, from: 30, to: 40 },
        { fault: 0, from: 70, to: 80 },
      ],
      whole: true,
    })
  })

  test('over itself, it heals in any order', () => {
    const strikes = [
      { at: 20, lasts: 30 },
      { at: 30, lasts: 10 },
      { at: 30, lasts: 50 },
      { at: 80, lasts: 1 },
    ]
    const model = modelOf(strikes.map(({ at, lasts }) => ({ at: `${at}s`, for: `${lasts}s` })))
    const said = saidOf(model, strikes)
    const { bent, whole } = bentIn(model)
    expect({ bent, whole }).toEqual({ bent: said, whole: true })
  })
})

describe.each(all.map((kind) => [kind.kind, kind] as const))('the example of a fault: %s', (_, kind) => {
  test('is one of it, in one line, whole', () => {
    expect(kind.example).toMatch(/^\{ kind: .* \}$/)
    const { kind: name, target, at, mtbf } = parse(kind.example)
    expect(name).toBe(kind.kind)
    expect(target, 'target').toBeDefined()
    expect(at ?? mtbf, 'at or mtbf').toBeDefined()
  })

  test('does something, wherever it can strike', () => {
    const struck = kind.targets.filter((type) => {
      const fault = entryOf(kind, targetFor(kind, type), { at: '20s', for: '30s' })
      const text = site(linesOf([fault]))
      // Some of its options may be for some targets only.
      if (problemsOf(text).length > 0) return false
      const { bent, whole } = bentIn(new Model(parseScenario(text, 'test.yaml'), 0))
      expect(bent.length).toBeGreaterThan(0)
      expect(whole).toBe(true)
      return true
    })
    expect(struck).not.toEqual([])
  })
})

describe('a kind of fault that comes again and again', () => {
  /** A process stops for `pause`, every `every`, for as long as it lasts. */
  const pauses = faultKind({
    kind: 'gc-pause',
    says: 'a process stops again and again',
    targets: ['component'],
    example: '{ kind: gc-pause, target: app, every: 10s, pause: 3s, at: 5min }',
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
  /** Pauses of three seconds, every ten. */
  const rows = (from: number, to: number): Span[] =>
    Array.from({ length: Math.ceil((to - from) / 10) }, (_, i) => [from + 10 * i, from + 10 * i + 3])

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
        const pausesOf = ({ at, lasts, every, pause }: (typeof strikes)[number]) =>
          Array.from({ length: Math.ceil(lasts / every) }, (_, i): Span => {
            const from = at + i * every
            return [from, from + pause]
          })
        expect(bent).toEqual(joined(strikes.flatMap(pausesOf)))
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
