import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordOf, replicate } from '../../sim/experiments/replicate.js'
import { outcomeNames } from '../../sim/parts/outcome.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { loadedOf } from '../../studio/live/loaded.js'
import { type Seen, SeenRun, type Step } from '../../studio/live/seen-run.js'
import { BOX, DOT, HOST, LINE, STATES, WAY, type Window } from '../../studio/messages.js'
import { root } from '../support/built.js'

/** Two machines behind a load balancer that checks them: what waits, fails, and is tried again. */
const stack = (more = '', timing = 'lasts: 30s\nwarmup: 7s') => `
${timing}
good: 60ms
hosts: { h: { cores: 1 } }
users:
  web: { arrive: poisson(40/s), to: lb, timeout: 2s, retries: 1, backoff: exponential(300ms) }
  others: { arrive: "closed(users=3, think=1s)", to: lb }
  bad: { arrive: poisson(5/s), to: lb, malicious: true }
components:
  lb: { kind: haproxy, servers: [nginx-1, nginx-2], default_server: { check: on } }
  nginx-1: { kind: nginx, host: h, upstream: [app] }
  nginx-2: { kind: nginx, upstream: [app] }
  app: { kind: app, host: h, workers: 4, service: exponential(15ms), database: db }
  db: { kind: mysql, service: exponential(2ms) }
wires: { lb -> nginx-1: { latency: 1ms, loss: 1% } }
${more}
`
const scenarioOf = (text: string) => parseScenario(text, 'test.yaml')

/** Whoever asks for the time finds that a millisecond has passed. */
function ticking(): () => number {
  let now = 0
  return () => now++
}

function runOf(text: string, clock = ticking()) {
  const scenario = scenarioOf(text)
  const loaded = loadedOf(1, scenario)
  const run = new SeenRun(scenario, loaded.places, loaded.arrows, clock)
  return { scenario, loaded, run }
}

const step = (to: number, more: Partial<Step> = {}): Step => ({
  to,
  budget: 1e9,
  every: 0,
  window: 1,
  ...more,
})

function bytesOf(run: SeenRun): string {
  run.session.drain()
  return JSON.stringify(recordOf(run.session))
}
const bytesOfText = (text: string) => JSON.stringify(replicate(scenarioOf(text), 0))

const column = (rows: Float32Array, size: number, at: number): number[] =>
  Array.from({ length: rows.length / size }, (_, i) => rows[i * size + at]!)

describe('a run that is seen', () => {
  it('gives the bytes of a replication, in whatever steps and whatever is seen of it', () => {
    const whole = bytesOfText(stack())
    const steps = fc.array(
      fc.record({
        by: fc.double({ min: 0, max: 6, noNaN: true }),
        budget: fc.constantFrom(0, 3, 1e9),
        every: fc.constantFrom(0, 1, 7),
        window: fc.constantFrom(0, 0.1, 0.5, 13),
      }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(steps, (all) => {
        const { run } = runOf(stack())
        for (const { by, ...more } of all) run.step(step(run.now + by, more))
        expect(bytesOf(run)).toBe(whole)
      }),
      { numRuns: 5 },
    )
  })

  it('goes as far as it is told, or as its budget lets it, and begins after the warm-up', () => {
    const { run } = runOf(stack())
    expect(run.now).toBe(-7)
    expect(run.warmUp(3)).toBe(false)
    expect(run.now).toBeGreaterThan(-7)
    expect(run.step(step(5, { budget: 5 })).now).toBeLessThan(0)
    expect(run.warmUp(1e9)).toBe(true)
    expect(run.now).toBe(0)
    expect(run.step(step(12.345678)).now).toBe(12.345678)
    const { now } = run.step(step(30, { budget: 5 }))
    expect(now).toBeGreaterThan(12.345678)
    expect(now).toBeLessThan(30)
    expect(run.step(step(1000))).toMatchObject({ now: 30, ended: true })
    expect(run.step(step(1001))).toMatchObject({ now: 30, ended: true, windows: [] })
  })

  it('counts in windows what the reports count in all', () => {
    const { run, scenario } = runOf(stack())
    const windows: Window[] = []
    while (!run.ended)
      windows.push(...run.step(step(run.now + 0.37, { window: run.now < 20 ? 0.5 : 3 })).windows)
    expect(windows[0]).toMatchObject({ from: 0, to: 0.5 })
    windows.slice(1).forEach(({ from }, i) => {
      expect(from).toBe(windows[i]!.to)
    })
    expect(windows.at(-1)!.to).toBe(30)
    const sum = (of: (window: Window) => number) => windows.reduce((all, window) => all + of(window), 0)
    const { all } = recordOf(run.session)
    expect(sum(({ asked }) => asked)).toBe(all.offered)
    // Of these, some have come in the warm-up: they are answered in the span, and not counted by when they came.
    expect(sum(({ ok }) => ok)).toBe(all.answered)
    expect(sum(({ ok }) => ok)).toBe(sum(({ outcomes }) => outcomes[outcomeNames.indexOf('ok')]!))
    expect(sum(({ good }) => good) / all.good).toBeCloseTo(1, 2)
    expect(sum(({ good }) => good)).toBeLessThan(sum(({ ok }) => ok))
    expect(scenario.good).toBe(0.06)
    for (const { p50, p99, ok } of windows) {
      expect(p50 !== null && p50 > 5 && p50 < 2000).toBe(true)
      expect(p99 === null).toBe(ok < 100)
    }
  })

  it('shows boxes, hosts and arrows as they are', () => {
    const { run, loaded } = runOf(stack())
    const names = (type: string) =>
      loaded.places.filter((place) => place.type === type).map(({ name }) => name)
    expect(names('component')).toEqual(['lb', 'nginx-1', 'nginx-2', 'app', 'db'])
    expect(names('host')).toEqual(['h'])
    run.step(step(10))
    run.strike(1, { kind: 'crash', target: 'nginx-1' }, 10)
    run.strike(2, { kind: 'slow', target: 'app', factor: 2 }, 10)
    const quiet = run.step(step(14))
    const seen = run.step(step(25, { window: 3 }))
    const boxes = (at: number) => column(seen.boxes, BOX.size, at)
    expect(boxes(BOX.state).map((state) => STATES[state])).toEqual([
      'serving',
      'gone',
      'serving',
      'serving',
      'serving',
    ])
    expect(boxes(BOX.speed)).toEqual([1, 1, 1, 0.5, 1])
    const [lb, first, second, app] = boxes(BOX.rate)
    expect(lb).toBeGreaterThan(25)
    expect([first, second! > 25, app! > 25]).toEqual([0, true, true])
    expect(column(seen.lines, LINE.size, LINE.open)).toEqual(loaded.arrows.map(() => 1))
    const rates = column(seen.lines, LINE.size, LINE.rate)
    const rateOf = (from: string, to: string) =>
      rates[loaded.arrows.findIndex((arrow) => arrow.from === from && arrow.to === to)]!
    expect(rateOf('lb', 'nginx-1')).toBe(0)
    expect(rateOf('lb', 'nginx-2')).toBeGreaterThan(25)
    expect(rateOf('web', 'lb') + rateOf('others', 'lb') + rateOf('bad', 'lb')).toBeGreaterThanOrEqual(lb!)
    expect(seen.strikes).toEqual([
      { kind: 'crash', targets: ['nginx-1'], from: expect.closeTo(10.001, 9) },
      { kind: 'slow', targets: ['app'], from: expect.closeTo(10.002, 9) },
    ])
    for (const { hosts } of [quiet, seen]) expect(column(hosts, HOST.size, HOST.up)).toEqual([1])
    const used = column(seen.hosts, HOST.size, HOST.used)[0]!
    expect(used).toBeGreaterThan(0.2)
    expect(used).toBeLessThanOrEqual(1)
    // While the clock stands, it is what it was.
    expect(column(run.step(step(25)).hosts, HOST.size, HOST.used)).toEqual([used])
  })

  it('tells what wires suffer beyond what the text gives them, from the first frame on', () => {
    const fault = (what: string) => `{ kind: ${what}, target: lb -> nginx-1, at: 0s, for: 5s }`
    const { run, loaded } = runOf(
      stack(`faults: [${fault('latency, add: 20ms')}, ${fault('loss, share: 10%')}]`),
    )
    const arrow = loaded.arrows.findIndex(({ from, to }) => from === 'lb' && to === 'nginx-1')
    const ills = ({ lines }: Seen) =>
      [LINE.latency, LINE.loss].map((at) => column(lines, LINE.size, at).map((n) => +n.toFixed(6)))
    const none = loaded.arrows.map(() => 0)
    const struck = [0.02, 0.099].map((ill) => none.with(arrow, ill))
    expect(ills(run.step(step(0)))).toEqual(struck)
    expect(ills(run.step(step(1)))).toEqual(struck)
    expect(ills(run.step(step(6)))).toEqual([none, none])
  })

  it('tells what has been in use since the last frame, which adds up to what the reports tell', () => {
    const { run, loaded } = runOf(stack())
    run.warmUp(1e9)
    const sums = new Map<string, number>()
    let before = 0
    while (!run.ended) {
      const { now, boxes } = run.step(step(before + 0.1 + (before % 0.7)))
      const used = column(boxes, BOX.size, BOX.used)
      loaded.places
        .filter(({ type }) => type === 'component')
        .forEach(({ name }, i) => {
          sums.set(name, (sums.get(name) ?? 0) + used[i]! * (now - before))
        })
      before = now
    }
    for (const [name, { utilization }] of Object.entries(recordOf(run.session).components))
      expect(sums.get(name)! / 30, name).toBeCloseTo(utilization, 5)
  })

  it('shows one visitor in so many as dots, all of whose hops are there', () => {
    const { run, loaded } = runOf(stack())
    const hops: { at: number; arrow: number; way: number; outcome: number }[] = []
    const take = ({ dots }: Seen, from: number, to: number) => {
      for (let i = 0; i < dots.length; i += DOT.size) {
        const [at, arrow, way, outcome] = dots.subarray(i, i + DOT.size)
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThanOrEqual(to - from + 1e-6)
        hops.push({ at: from + at!, arrow: arrow!, way: way!, outcome: outcome! })
      }
    }
    run.warmUp(1e9)
    for (let from = 0; from < 20; from++) take(run.step(step(from + 1, { every: 4 })), from, from + 1)
    // Those who are on their way come to their end.
    take(run.step(step(23)), 20, 23)
    const asked = hops.filter(({ arrow, way }) => loaded.arrows[arrow]!.from === 'web' && way === WAY.down)
    expect(asked.length / (40 * 20)).toBeCloseTo(0.25, 1)
    const ups = (name: string) =>
      hops.filter(({ arrow, way }) => loaded.arrows[arrow]!.to === name && way === WAY.up)
    const downs = (name: string) =>
      hops.filter(({ arrow, way }) => loaded.arrows[arrow]!.to === name && way === WAY.down)
    for (const name of ['lb', 'app', 'db']) {
      expect(downs(name).length, name).toBeGreaterThan(180)
      expect(ups(name).length, name).toBe(downs(name).length)
    }
    expect(run.step(step(24)).dots).toHaveLength(0)
  })
})

describe('what is done by hand', () => {
  const drill = (lines: string) => stack(`faults:\n${lines}`)

  it('is in the text afterwards, and the text gives the same bytes', () => {
    const { run } = runOf(stack())
    run.step(step(10, { every: 3 }))
    const crash = run.strike(1, { kind: 'crash', target: 'nginx-1' }, 10)
    run.step(step(12.5))
    const faster = run.rate('web', 1.5)
    run.step(step(14.0004))
    const slow = run.strike(2, { kind: 'slow', target: 'app', factor: 2, for: '3s' }, 14.0004)
    run.step(step(15))
    const again = run.rate('web', 2)
    const healed = run.heal(1, 16.5)
    run.step(step(20))
    const usual = run.rate('web', 1)
    const late = run.strike(3, { kind: 'errors', target: 'app', share: '10%' }, 25)
    expect([crash, faster, slow, again, healed, usual, late]).toEqual([
      10.001, 12.501, 14.001, 15.001, 6.499, 20.001, 25,
    ])
    expect(run.now).toBe(25)
    expect(bytesOf(run)).toBe(
      bytesOfText(
        drill(`
  - { kind: crash, target: nginx-1, at: 10.001s, for: 6.499s }
  - { kind: surge, target: web, factor: 1.5, at: 12.501s, for: 2.5s }
  - { kind: slow, target: app, factor: 2, at: 14.001s, for: 3s }
  - { kind: surge, target: web, factor: 2, at: 15.001s, for: 5s }
  - { kind: errors, target: app, share: 10%, at: 25s }`),
      ),
    )
  })

  it('happens at the beginning where the warm-up still goes on', () => {
    const { run } = runOf(stack())
    expect(run.warmUp(3)).toBe(false)
    expect(run.now).toBeLessThan(0)
    expect(run.strike(1, { kind: 'crash', target: 'nginx-1' }, run.now)).toBe(0)
    expect(run.step(step(1)).windows).toHaveLength(1)
    expect(bytesOf(run)).toBe(bytesOfText(drill('  - { kind: crash, target: nginx-1, at: 0s }')))
  })

  it('may take its time to begin: a drain, then the stop', () => {
    const { run } = runOf(stack())
    run.strike(1, { kind: 'maintenance', target: 'nginx-1', drain: '2s' }, 10)
    expect(() => run.heal(1, 11)).toThrow('it can be ended once all of it has begun')
    run.step(step(15.5))
    expect(run.heal(1, 15)).toBe(3.501)
    run.step(step(15.503))
    expect(() => run.heal(1, 17)).toThrow('it has ended by itself')
    const line = '  - { kind: maintenance, target: nginx-1, drain: 2s, at: 10s, for: 3.501s }'
    expect(bytesOf(run)).toBe(bytesOfText(drill(line)))
  })

  it('is the last of the faults, where the text has some', () => {
    const own =
      '  - { kind: crash, target: app, mtbf: 8s, mttr: 1s }\n  - { kind: hang, target: db, at: 9s, for: 1s }'
    const { run } = runOf(drill(own))
    run.strike(1, { kind: 'crash', target: 'h' }, 20)
    run.heal(1, 22)
    expect(bytesOf(run)).toBe(bytesOfText(drill(`${own}\n  - { kind: crash, target: h, at: 20s, for: 2s }`)))
  })

  it.each(['', 'lasts: 45s', 'warmup: auto'])('keeps what the text leaves open as it was: %s', (timing) => {
    const { run, loaded } = runOf(stack('', timing))
    run.step(step(20))
    const at = run.strike(1, { kind: 'crash', target: 'nginx-1' }, 20)
    const lasts = run.heal(1, 30)
    const unsaid = loaded.unsaid.map(({ option, value }) => `${option}: ${value}`)
    const others = timing === 'warmup: auto' ? [] : [timing]
    const text = stack(
      `faults: [{ kind: crash, target: nginx-1, at: ${at}s, for: ${lasts}s }]`,
      [...others, ...unsaid].join('\n'),
    )
    expect(bytesOf(run)).toBe(bytesOfText(text))
  })

  it('is refused with the reason, and the run goes on as if nothing had been', () => {
    const { run } = runOf(stack())
    run.step(step(10))
    expect(() => run.strike(1, { kind: 'crush', target: 'app' }, 10)).toThrow(/no fault is named "crush"/)
    expect(() => run.strike(1, { kind: 'slow', target: 'app' }, 10)).toThrow(/factor: /)
    expect(() => run.strike(1, { kind: 'crash', target: 'app', for: 'soon' }, 10)).toThrow(
      /^for: expected a dur/,
    )
    expect(() => run.strike(1, { kind: 'crash', target: 'app' }, 50)).toThrow('the run is over by then')
    expect(() => run.heal(1, 12)).toThrow('nothing was struck as 1')
    expect(() => run.rate('others', 2)).toThrow(/fixed number of users/)
    expect(() => run.rate('web', -2)).toThrow(/factor/)
    expect(bytesOf(run)).toBe(bytesOfText(stack()))
    expect(() => run.strike(1, { kind: 'crash', target: 'app' }, 50)).toThrow('the run is over')
  })

  it('is done again when the ways are looked for of those who asked then', () => {
    const { run } = runOf(stack())
    run.step(step(10))
    run.strike(1, { kind: 'crash', target: 'db' }, 10)
    run.rate('web', 2)
    run.step(step(12))
    run.heal(1, 12)
    run.step(step(20))
    const replay = run.ways(10.5, 11.5)
    let turns = 0
    let ways = replay.step(5)
    for (; ways === null; ways = replay.step(5)) turns++
    expect(turns).toBeGreaterThan(3)
    expect(ways.length).toBeGreaterThan(60)
    for (const { arrived_s, spans } of ways) {
      expect(arrived_s).toBeGreaterThanOrEqual(10.5)
      expect(arrived_s).toBeLessThan(11.5)
      expect(spans[0]!.component).toBe('lb')
    }
    expect(ways[0]!.outcome).not.toBe('ok')
    expect(ways[0]!.spans.at(-1)).toMatchObject({ component: 'db', outcome: 'refused' })
  })
})

describe('what the page has to know before the first frame', () => {
  it('is where everything is drawn', () => {
    const text = readFileSync(`${root}/scenarios/04-scale-up.yaml`, 'utf8')
    const { loaded } = runOf(text)
    expect(loaded).toMatchObject({ name: 'Scaled-up web infrastructure', seed: '1', warmup: 150, lasts: 600 })
    expect(loaded.drawing).toContain('data-component="haproxy-1"')
    // A policy that allows no inline style would block it.
    expect(loaded.drawing).not.toContain('style=')
    for (const { from, to } of loaded.arrows)
      expect(loaded.drawing).toContain(`data-from="${from}" data-to="${to}"`)
    for (const { x, y, width, height } of loaded.places)
      expect(x >= 0 && y >= 0 && x + width <= loaded.width && y + height <= loaded.height).toBe(true)
  })
})
