import fc from 'fast-check'
import { parse } from 'yaml'
import { kinds } from '../../sim/components/registry.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { faultKinds } from '../../sim/faults/registry.js'
import { Model } from '../../sim/model/model.js'
import { Component } from '../../sim/parts/component.js'
import { Host } from '../../sim/parts/host.js'
import type { Kind } from '../../sim/parts/kind.js'
import { Outcome, outcomeNames } from '../../sim/parts/outcome.js'
import { State } from '../../sim/parts/port.js'
import { Request } from '../../sim/parts/request.js'
import { Wire } from '../../sim/parts/wire.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Book, observe } from '../support/observer.js'
import { problemsOf } from '../support/world.js'

/**
 * What every kind of component owes, whatever it does: one suite for all of them. A kind is built from its `example`
 * alone, so that a new one is held to this with nothing but its line in the registry.
 */
export const checks: Readonly<Record<string, (kind: Kind) => void>> = {
  'answers each request once': answersOnce,
  'loses nothing from the books': conserves,
  'gives back requests and events': givesBack,
  'repeats itself under the same seed': repeats,
  'gets over faults': getsOver,
  'answers health checks while it serves': answersHealthChecks,
  'serves no more than it has places for': turnsAway,
  'counts numbers from the first moment': countsNumbers,
  'takes every class of requests': takesEveryClass,
}

/** The checks that `kind` fails, each with the reason. A kind need not be in the registry. */
export function conformance(kind: Kind): Map<string, string> {
  const failures = new Map<string, string>()
  for (const [name, check] of Object.entries(checks)) {
    try {
      check(kind)
    } catch (error) {
      failures.set(name, String(error))
    }
  }
  return failures
}

/** NINES_RUNS=20 for twenty times as many sequences of faults. */
const times = Number(process.env.NINES_RUNS ?? 1)

function demand(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Error(otherwise())
}

// ---- The example, with traffic on -------------------------------------------------------------------------

/** Besides the classes that kinds name in their defaults, one that none knows. */
const CLASSES = { static: '20%', read: '40%', write: '20%', odd: '20%' }

interface Conditions {
  /** Options of the users; they ask the component of the kind. */
  users?: object
  /** Further users. */
  others?: Record<string, object>
  faults?: readonly object[]
  seed?: number
  lasts?: string
  /** Cores of the machine of the component, and of that of all others; without, each has what it needs. */
  cores?: number
}

/** Patient users, few enough for every example. */
const calm = { arrive: 'poisson(20/s)', mix: CLASSES }
/** Far more than one core can do, most of them gone before they are answered, and back again. */
const crowd = {
  arrive: 'poisson(400/s)',
  timeout: '300ms',
  retries: 2,
  backoff: 'exponential(100ms)',
  mix: CLASSES,
}
/** From one second to another, then nobody any more. */
const between = (from: number, to: number) => ({ '0s': 0, [`${from}s`]: 1, [`${to}s`]: 0 })

function componentsOf(kind: Kind): Record<string, object> {
  return parse(kind.example) as Record<string, object>
}

/** The text of a scenario in which `kind` stands as its example has it. */
function textOf(kind: Kind, conditions: Conditions): string {
  const { users = {}, others = {}, faults = [], seed = 1, lasts = '1d', cores } = conditions
  const components = Object.entries(componentsOf(kind)).map(([name, options]) => [
    name,
    cores === undefined ? options : { ...options, host: name === kind.kind ? 'own' : 'below' },
  ])
  return JSON.stringify({
    seed,
    lasts,
    warmup: '0s',
    ...(cores === undefined ? {} : { hosts: { own: { cores }, below: { cores } } }),
    users: Object.fromEntries(
      Object.entries({ visitors: { ...calm, ...users }, ...others }).map(([name, options]) => [
        name,
        { to: kind.kind, ...options },
      ]),
    ),
    components: Object.fromEntries(components),
    faults,
  })
}

/** `kind` stands in the registry while `use` runs. */
function registered<T>(kind: Kind, use: () => T): T {
  if (kinds.includes(kind)) return use()
  const registry = kinds as Kind[]
  // First: whatever else is called so.
  registry.unshift(kind)
  try {
    return use()
  } finally {
    registry.shift()
  }
}

/** The running example: every visitor and every request in the components is followed, beside what they count. */
class Stack {
  readonly model: Model
  readonly subject: Component
  readonly books: ReadonlyMap<string, Book>
  /** When visitors asked who have no final answer yet. */
  readonly open = new Map<string, number>()
  readonly ended: { arrived: number; ended: number; ok: boolean; class: number }[] = []

  constructor(kind: Kind, conditions: Conditions) {
    this.model = registered(
      kind,
      () => new Model(parseScenario(textOf(kind, conditions), `${kind.kind}.yaml`), 0),
    )
    const { components, users, kernel, faultCalendar } = this.model
    this.subject = components.get(kind.kind)!
    this.books = new Map([...components].map(([name, one]) => [name, observe(this.model, one)]))
    const visitor = ({ family, key }: Request) => `${family}/${key}`
    this.model.context.observe({
      asked: (request) => {
        demand(!this.open.has(visitor(request)), () => 'a visitor asked twice')
        this.open.set(visitor(request), kernel.now)
        return false
      },
      ended: (request) => {
        demand(this.open.delete(visitor(request)), () => 'a visitor got two final answers')
        const { arrived, outcome } = request
        this.ended.push({ arrived, ended: kernel.now, ok: outcome === Outcome.ok, class: request.class })
      },
    })
    for (const one of users) one.begin()
    faultCalendar.begin()
  }

  get now(): number {
    return this.model.kernel.now
  }

  run(until: number): void {
    this.model.kernel.run(until)
  }

  /** Runs on to `until`, and calls `look` every `step` seconds. */
  watch(until: number, step: number, look: () => void): void {
    for (let at = this.now; at < until; at += step) {
      this.run(Math.min(until, at + step))
      look()
    }
  }

  /** The fewest pooled requests and the fewest pending events of a minute: what checks and scrapes have comes and goes. */
  rest(): { requests: number; events: number } {
    let [requests, events] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    this.watch(this.now + 60, 0.37, () => {
      requests = Math.min(requests, this.model.context.requests.inUse)
      events = Math.min(events, this.model.kernel.pending)
    })
    return { requests, events }
  }

  /** Nobody waits anywhere. */
  demandEmpty(): void {
    demand(this.open.size === 0, () => `${this.open.size} visitors are still waiting`)
    for (const [name, { inside }] of this.books)
      demand(inside.open === 0, () => `${inside.open} requests are still inside ${name}`)
    for (const { name, station } of this.model.components.values())
      demand(
        station === null || (station.taken === 0 && station.waiting === 0),
        () => `${name}: slots are taken`,
      )
  }

  /** What every component counts is what came and went. */
  demandBalance(): void {
    for (const [name, { inside }] of this.books) {
      const { probe } = this.model.components.get(name)!
      const left = probe.outcomes.reduce((a, b) => a + b, 0)
      demand(
        inside.all === left + probe.inside.value && inside.open === probe.inside.value,
        () => `${name}: ${inside.all} came, ${left} left and ${probe.inside.value} are inside, it counts`,
      )
      for (const level of [probe.inside, probe.waiting, probe.serving])
        demand(level.value >= 0, () => `${name}: a level of ${level.value}`)
    }
    const accounts = this.model.users.flatMap((users) => users.accounts)
    const offered = accounts.reduce((sum, account) => sum + account.offered, 0)
    const settled = accounts.reduce((sum, { outcomes }) => sum + outcomes.reduce((a, b) => a + b, 0), 0)
    const underWay = this.model.users.reduce((sum, users) => sum + users.underWay().length, 0)
    demand(
      offered === settled + underWay && underWay === this.open.size && settled === this.ended.length,
      () => `${offered} were offered, ${settled} have ended and ${underWay} are in flight`,
    )
  }

  /** Share of those who came between two seconds that were answered ok; 0 if nobody came. */
  share(from: number, to: number): number {
    const those = this.ended.filter(({ arrived }) => arrived >= from && arrived < to)
    return those.filter(({ ok }) => ok).length / Math.max(1, those.length)
  }
}

/** Asks a component, directly and without patience, and writes down what it is told. */
class Caller extends Component {
  /** By the number of the question: how often each outcome came. */
  readonly answers: number[][] = []
  private readonly self = new Request()
  private readonly wire: Wire

  constructor({ model, subject }: Stack) {
    const name = 'caller'
    const host = new Host(model.kernel, name, Number.POSITIVE_INFINITY)
    super({ context: model.context, name, role: name, host })
    this.self.at = this.process
    this.wire = new Wire(model.context, name, subject)
  }

  /** Returns the number of the question. */
  ask(health = false): number {
    const request = this.context.requests.take(this.self)
    const number = this.answers.push([]) - 1
    request.identify(number, 1, false)
    request.class = 0
    request.health = health
    this.wire.send(request)
    return number
  }

  override resume(_self: Request, { key, outcome }: Request): void {
    this.answers[key]!.push(outcome)
  }

  accept(): void {
    throw new Error('nobody calls the caller')
  }
}

// ---- The checks -------------------------------------------------------------------------------------------

function answersOnce(kind: Kind): void {
  const quiet = new Stack(kind, { users: { profile: between(1, 11) } })
  quiet.run(300)
  quiet.demandEmpty()
  demand(quiet.ended.length > 100, () => `only ${quiet.ended.length} visitors came`)
  const full = new Stack(kind, { users: { ...crowd, profile: between(1, 4) }, cores: 1 })
  full.run(600)
  full.demandEmpty()
  demand(full.ended.length > 1000, () => `only ${full.ended.length} visitors came`)
}

function conserves(kind: Kind): void {
  for (const cores of [undefined, 1]) {
    const stack = new Stack(kind, { users: { ...crowd, profile: between(1, 3) }, cores })
    stack.watch(10, 0.05, () => stack.demandBalance())
    demand(stack.books.get(kind.kind)!.inside.all > 500, () => 'few requests came in')
  }
}

function givesBack(kind: Kind): void {
  // Twice: what is set up for the first visitors and stays (a timer, an entry) is no leak.
  const profile = { '0s': 0, '61s': 1, '62s': 0, '561s': 1, '562s': 0 }
  const stack = new Stack(kind, { users: { ...crowd, profile } })
  const before = stack.rest()
  stack.run(500)
  const first = stack.rest()
  stack.run(1000)
  const second = stack.rest()
  demand(
    first.requests === before.requests && second.requests === before.requests,
    () => `${before.requests}, ${first.requests}, ${second.requests} requests in use`,
  )
  demand(second.events <= first.events, () => `${first.events}, then ${second.events} events pending`)
}

function repeats(kind: Kind): void {
  const record = (seed: number) =>
    registered(kind, () => {
      const users = { timeout: '1s', retries: 1 }
      const faults = [{ kind: 'crash', target: kind.kind, at: '2s', for: '1s' }]
      return JSON.stringify(
        replicate(parseScenario(textOf(kind, { users, faults, seed, lasts: '6s' }), 'again.yaml'), 0),
      )
    })
  const [first, other, again] = [record(1), record(2), record(1)]
  demand(first === again, () => 'the second run differs from the first')
  demand(first !== other, () => 'another seed makes no difference')
}

/** Faults that a component must get over, with the options that they need, and whether wires can have them. */
const FAULTS: readonly {
  kind: string
  wires?: boolean
  processes?: boolean
  /** What it can strike; default all. */
  boxes?: readonly string[]
  options?: object
}[] = [
  { kind: 'crash' },
  { kind: 'hang' },
  { kind: 'slow', options: { factor: 10 } },
  { kind: 'errors', options: { share: '50%' } },
  { kind: 'maintenance', options: { drain: '1s' } },
  { kind: 'partition', wires: true },
  { kind: 'latency', wires: true, options: { add: '30ms' } },
  { kind: 'loss', wires: true, options: { share: '30%' } },
]

/** Those, and every other kind of fault that can strike it, as its example has it. */
function faultsFor(kind: Kind): typeof FAULTS {
  const others = faultKinds.flatMap(({ kind: name, example, options, targets }) => {
    if (FAULTS.some((fault) => fault.kind === name)) return []
    const own = Object.entries(parse(example)).filter(([option]) => Object.hasOwn(options.shape, option))
    return [{ kind: name, processes: !targets.includes('host'), options: Object.fromEntries(own) }]
  })
  const boxes = Object.keys(componentsOf(kind))
  const struck = others.map((fault) => ({
    ...fault,
    boxes: boxes.filter((box) => strikes(kind, fault, box)),
  }))
  return [...FAULTS, ...struck.filter((fault) => fault.boxes.includes(kind.kind))]
}

function strikes(
  kind: Kind,
  { kind: fault, options }: { kind: string; options: object },
  target: string,
): boolean {
  const faults = [{ kind: fault, target, at: '10s', for: '1s', ...options }]
  return registered(kind, () => problemsOf(textOf(kind, { faults }))).length === 0
}

function getsOver(kind: Kind): void {
  const blow = fc.record({
    fault: fc.constantFrom(...faultsFor(kind)),
    target: fc.nat(),
    at: fc.integer({ min: 0, max: 80 }),
    lasts: fc.integer({ min: 1, max: 60 }),
  })
  const boxes = Object.keys(componentsOf(kind))
  const { components } = registered(kind, () => parseScenario(textOf(kind, {}), 'example.yaml'))
  const wires = [
    `visitors -> ${kind.kind}`,
    ...components.flatMap(({ name, refs }) => refs.map((to) => `${name} -> ${to}`)),
  ]
  fc.assert(
    fc.property(
      fc.array(blow, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      fc.nat(1e6),
      (blows, hosted, seed) => {
        const hosts = hosted ? ['own', 'below'].slice(0, boxes.length) : []
        const faults = blows.map(({ fault, target, at, lasts }) => {
          const targets = [
            ...(fault.boxes ?? boxes),
            kind.kind,
            ...(fault.processes ? [] : hosts),
            ...(fault.wires ? wires : []),
          ]
          return {
            kind: fault.kind,
            target: targets[target % targets.length]!,
            at: `${10 + at / 10}s`,
            for: `${lasts / 10}s`,
            ...fault.options,
          }
        })
        survive(kind, faults, seed, hosted ? 4 : undefined)
      },
    ),
    { seed: 20, numRuns: 25 * times },
  )
}

/** From the tenth second on `faults` strike, all of which are over after the twenty-fifth. */
function survive(
  kind: Kind,
  faults: readonly { kind: string; target: string }[],
  seed: number,
  cores: number | undefined,
): void {
  const users = { timeout: '2s', retries: 1, profile: between(0, 60) }
  const stack = new Stack(kind, { users, faults, seed, cores })
  const { process } = stack.subject
  const base = stack.model.context.requests.inUse
  stack.watch(60, 0.25, () => {
    stack.demandBalance()
    const there = process.state === State.serving || process.state === State.hanging
    // Some do not die with their process: what they hold is held elsewhere.
    if (there || stack.subject.survives || process.probe.inside.value === 0) return
    throw new Error(`${process.probe.inside.value} requests are inside a dead process`)
  })
  const [before, after] = [stack.share(0, 9), stack.share(45, 60)]
  demand(
    after >= before - 0.05,
    () => `before the faults ${before} of the answers were ok, after them ${after}`,
  )
  stack.run(1000)
  stack.demandBalance()
  // Who waits for an answer that a cut wire or a dead machine has swallowed may wait for ever.
  const silence = faults.some(
    (fault) =>
      fault.kind === 'partition' || (fault.kind === 'crash' && ['own', 'below'].includes(fault.target)),
  )
  if (!silence) stack.demandEmpty()
  demand(stack.open.size === 0, () => `${stack.open.size} visitors are still waiting`)
  for (const value of [0, 1])
    for (const { up } of stack.model.components.values()) value === 0 ? up.bend(0) : up.unbend(0)
  const { requests } = stack.rest()
  stack.demandEmpty()
  demand(requests === base, () => `${requests} requests are in use when all has been restarted, not ${base}`)
}

function answersHealthChecks(kind: Kind): void {
  const stack = new Stack(kind, { users: { profile: { '0s': 0 } } })
  const { subject, model } = stack
  const caller = new Caller(stack)
  const says = (seconds: number): readonly string[] => {
    const number = caller.ask(true)
    stack.run(stack.now + seconds)
    return caller.answers[number]!.map((outcome) => outcomeNames[outcome]!)
  }
  const demandOk = (when: string) => {
    const said = says(1)
    demand(said.join() === 'ok', () => `${when} it says: ${said.join() || 'nothing'}`)
  }
  demandOk('in peace')
  for (const [dial, state] of [
    [subject.up, 'dead'],
    [subject.running, 'hung'],
  ] as const) {
    dial.bend(0)
    // Some are not there themselves when their dial says so: resolvers do not die with the name servers.
    const gone = subject.process.state !== State.serving
    const said = says(1)
    demand(!gone || !said.includes('ok'), () => `${state} it says ok`)
    dial.unbend(0)
    stack.run(stack.now + 30)
    demandOk(`after it was ${state}`)
  }
  demand(
    caller.answers.every((one) => one.length <= 1),
    () => 'a check got several answers',
  )
  demand(
    model.context.asked === 0 && model.wires.every(({ sent }) => sent === 0),
    () => 'checks count as requests of visitors',
  )
}

function turnsAway(kind: Kind): void {
  const stack = new Stack(kind, { users: { profile: { '0s': 0 } } })
  const { station, probe } = stack.subject
  const places = station === null ? Number.POSITIVE_INFINITY : station.servers + station.places
  const asked = Number.isFinite(places) ? places + 50 : 1000
  const caller = new Caller(stack)
  for (let i = 0; i < asked; i++) caller.ask()
  stack.demandBalance()
  if (station !== null) {
    demand(
      station.taken <= station.servers && station.waiting <= station.places,
      () => `${station.taken} slots and ${station.waiting} places are taken`,
    )
    const ok = () => caller.answers.filter(([outcome]) => outcome === Outcome.ok).length
    demand(ok() <= probe.joined, () => `${ok()} were answered ok, and ${probe.joined} had a place`)
  }
  // SYNs that nobody accepted are sent again for two minutes.
  stack.run(300)
  stack.demandEmpty()
  const wrong = caller.answers.filter((one) => one.length !== 1).length
  demand(wrong === 0, () => `${wrong} of ${asked} requests at once did not get one answer`)
}

function countsNumbers(kind: Kind): void {
  const stack = new Stack(kind, { users: { ...crowd, profile: between(1, 4) }, cores: 1 })
  const { components, kernel } = stack.model
  const look = () => {
    for (const component of components.values()) {
      const { name, probe } = component
      const { now } = kernel
      const used = component.utilization(now)
      demand(used >= 0 && used <= 1 + 1e-9, () => `${name} at ${now} s: utilization ${used}`)
      for (const [what, count] of Object.entries(component.extra(now)))
        demand(Math.abs(count) !== Number.POSITIVE_INFINITY, () => `${name} at ${now} s: ${what} ${count}`)
      for (const level of [probe.inside, probe.waiting, probe.serving])
        demand(level.mean(now) >= -1e-9, () => `${name} at ${now} s: a mean level of ${level.mean(now)}`)
    }
  }
  const restart = () => {
    for (const component of components.values()) component.restart(kernel.now)
    for (const { name, probe } of components.values())
      demand(
        probe.outcomes.every((n) => n === 0) && probe.inside.span(kernel.now) === 0,
        () => `${name}: what was counted in the warm-up is there still`,
      )
    look()
  }
  look()
  restart()
  stack.watch(2, 0.1, look)
  restart()
  stack.watch(6, 0.1, look)
  stack.run(100)
  look()
  restart()
  stack.run(101)
  look()
}

function takesEveryClass(kind: Kind): void {
  const profile = between(1, 11)
  const attackers = { ...calm, timeout: '5s', malicious: true, profile }
  const stack = new Stack(kind, { users: { profile }, others: { attackers } })
  stack.run(300)
  stack.demandEmpty()
  const [visitors] = stack.model.users
  visitors!.accounts.forEach(({ outcomes, offered }, i) => {
    const share = outcomes[Outcome.ok]! / offered
    demand(share > 0.9, () => `of class ${Object.keys(CLASSES)[i]} ${share} of the answers are ok`)
  })
}
