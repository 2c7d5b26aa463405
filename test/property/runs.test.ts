import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kinds } from '../../sim/components/registry.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { Model } from '../../sim/model/model.js'
import { Outcome } from '../../sim/parts/outcome.js'
import type { Request } from '../../sim/parts/request.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Book, observe, runOut } from '../support/observer.js'
import { play } from '../support/world.js'
import { all, everyFront, reported, scenarios } from './architectures.js'

/** NINES_RUNS=20 for twenty times as many random stacks. */
const times = Number(process.env.NINES_RUNS ?? 1)
const settings = (numRuns: number) => ({ seed: 20, numRuns: numRuns * times })
const everything = { faults: all, count: 5, checks: true }

const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))

test('whoever asks ends as ok, failed or in flight, once: of every kind of users, class and window', () => {
  fc.assert(
    fc.property(scenarios(everything), (text) => {
      const scenario = parseScenario(text, 'random.yaml')
      const model = new Model(scenario, 0)
      const open = new Map<string, number>()
      // Another try is another object.
      const visitor = ({ family, key }: Request) => `${family}/${key}`
      let asked = 0
      let settled = 0
      model.context.observe({
        asked(request) {
          if (open.has(visitor(request))) throw new Error('asked twice')
          open.set(visitor(request), model.kernel.now)
          if (model.kernel.now >= model.warmup) asked++
          return false
        },
        ended(request) {
          if (open.get(visitor(request)) !== request.arrived)
            throw new Error('ended without having been asked')
          open.delete(visitor(request))
          if (request.arrived >= model.warmup) settled++
        },
      })
      model.run()
      const accounts = model.users.flatMap((users) => users.accounts)
      const offered = accounts.reduce((sum, { offered }) => sum + offered, 0)
      const ended = accounts.reduce((sum, { outcomes }) => sum + outcomes.reduce((a, b) => a + b, 0), 0)
      const inFlight = [...open.values()].filter((arrived) => arrived >= model.warmup).length
      expect(offered).toBe(asked)
      expect(ended).toBe(settled)
      expect(offered).toBe(ended + inFlight)
      expect(model.users.reduce((sum, users) => sum + users.underWay().length, 0)).toBe(inFlight)
      for (const { outcomes, latency } of accounts) expect(latency.count).toBe(outcomes[0])
      const rows = model.ledger.timeline.windows
      const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((a, row) => a + of(row), 0)
      expect(sum((row) => row.offered)).toBe(offered)
      expect(sum((row) => row.ok + row.failed)).toBe(ended)
    }),
    settings(60),
  )
})

test('the laws of every sample path: Little inside, in queues and in service; no host gives more CPU than it has', () => {
  fc.assert(
    fc.property(scenarios(everything), (text) => {
      const model = new Model(parseScenario(text, 'random.yaml'), 0)
      const books: [string, Book][] = [...model.components].map(([name, c]) => [name, observe(model, c)])
      model.run()
      const { now } = model.kernel
      for (const [name, book] of books) {
        const { probe, station } = model.components.get(name)!
        for (const [what, level, times] of [
          ['inside', probe.inside, book.inside],
          ['waiting', probe.waiting, book.waiting],
          ['serving', probe.serving, book.serving],
        ] as const) {
          if (what !== 'inside' && station === null) continue
          const [area, sum] = [level.integral(now), times.total(model.warmup, now)]
          expect(near(area, sum), `${name}: ${area} ${what}, ${sum} by the requests`).toBe(true)
          expect(level.value).toBe(times.open)
          expect(level.value).toBeGreaterThanOrEqual(0)
        }
        expect(probe.waits.sum).toBeGreaterThanOrEqual(0)
      }
      for (const { processor } of model.hosts.values()) {
        const most = processor.cores * (now - model.warmup)
        expect(processor.busy.integral(now)).toBeLessThanOrEqual(most * (1 + 1e-9))
      }
    }),
    settings(60),
  )
})

test.each([
  ['after whatever speaks', { faults: reported, count: 5, checks: false }],
  [
    'after silence, before which timeouts stand',
    { faults: all, count: 5, checks: false, fronts: ['haproxy', 'nginx'] },
  ],
])('when the users stop, all goes out, and every dial is back: %s', (_, options) => {
  fc.assert(
    fc.property(scenarios(options), (text) => {
      const model = new Model(parseScenario(text, 'random.yaml'), 0)
      const dials = [...model.components.values()].flatMap(({ process, rotation }) => [
        process.up,
        process.running,
        process.speed,
        process.soundness,
        rotation,
      ])
      dials.push(...model.wires.flatMap(({ latency, delivery, open }) => [latency, delivery, open]))
      dials.push(...model.users.map(({ surge }) => surge))
      const before = dials.map((dial) => dial.value)
      model.run()
      expect(dials.map((dial) => dial.value)).toEqual(before)
      runOut(model, 2000)
      const still = [...model.components].map(([name, { probe }]) => [name, probe.inside.value])
      expect(still.filter(([, inside]) => inside !== 0)).toEqual([])
      expect(model.context.requests.inUse).toBe(0)
      for (const { station } of model.components.values()) expect(station?.taken ?? 0).toBe(0)
    }),
    settings(80),
  )
})

test('the same seed gives the same record, and the order of what is run does not matter', () => {
  fc.assert(
    fc.property(scenarios(everything), (text) => {
      const scenario = parseScenario(text, 'random.yaml')
      const [first, second] = [replicate(scenario, 0), replicate(scenario, 1)]
      expect(replicate(parseScenario(text, 'random.yaml'), 1)).toEqual(second)
      expect(replicate(scenario, 0)).toEqual(first)
    }),
    settings(10),
  )
})

test('every kind of the registry stands in the random stacks: behind others, in front if it calls, and is struck', () => {
  const seen = new Set<string>()
  for (const text of fc.sample(scenarios(everything), { seed: 20, numRuns: 300 })) {
    const { components, faults } = JSON.parse(text)
    for (const [name, { kind }] of Object.entries<{ kind: string }>(components)) {
      seen.add(`${kind} as ${name.replace(/-\d$/, '')}`)
      if (faults.some(({ target }: { target: string }) => target === name)) seen.add(`${kind}, struck`)
    }
  }
  const behind = kinds.flatMap(({ kind }) => [`${kind} as m`, `${kind} as base`, `${kind}, struck`])
  const front = everyFront.map((kind) => `${kind} as front`)
  expect(front.length).toBeGreaterThan(8)
  expect([...behind, ...front].filter((one) => !seen.has(one))).toEqual([])
})

test('the random stacks are alive: most answer, many fail, most are struck', () => {
  const counts = { ok: 0, failed: 0, struck: 0, abandoned: 0, refused: 0, retried: 0 }
  fc.assert(
    fc.property(scenarios(everything), (text) => {
      const { model, ended } = play(text)
      if (ended.some(({ outcome }) => outcome === 'ok')) counts.ok++
      if (ended.some(({ outcome }) => outcome !== 'ok')) counts.failed++
      if (ended.some(({ tries }) => tries > 0)) counts.retried++
      if (model.faultCalendar.strikes.length > 0) counts.struck++
      const probes = [...model.components.values()].map(({ probe }) => probe)
      if (probes.some(({ refused }) => refused > 0)) counts.refused++
      if (probes.some(({ outcomes }) => outcomes[Outcome.abandoned]! > 0)) counts.abandoned++
    }),
    { seed: 20, numRuns: 120 },
  )
  expect(counts.ok).toBeGreaterThan(100)
  for (const n of [counts.failed, counts.struck, counts.retried]) expect(n).toBeGreaterThan(40)
  for (const n of [counts.refused, counts.abandoned]) expect(n).toBeGreaterThan(0)
})
