import type { Event } from '../../sim/kernel/event.js'
import type { Model } from '../../sim/model/model.js'
import type { Component } from '../../sim/parts/component.js'
import type { Request } from '../../sim/parts/request.js'
import type { Users } from '../../sim/traffic/users.js'

/** When each request came and went, written down one by one: what a level adds up as an area. */
class Times {
  private readonly since = new Map<object, number>()
  private readonly spans: [number, number][] = []

  /** How many are there now. */
  get open(): number {
    return this.since.size
  }

  /** How many have come so far. */
  get all(): number {
    return this.spans.length + this.since.size
  }

  came(request: object, now: number): void {
    if (this.since.has(request)) throw new Error('came twice')
    this.since.set(request, now)
  }

  /** One of them went: whoever came first, which makes no difference to the sum. */
  someWent(now: number): void {
    const [first = this] = this.since.keys()
    this.went(first, now)
  }

  went(request: object, now: number): void {
    const from = this.since.get(request)
    if (from === undefined) throw new Error('went without having come')
    this.since.delete(request)
    this.spans.push([from, now])
  }

  /** All went at once. */
  clear(now: number): void {
    for (const request of [...this.since.keys()]) this.went(request, now)
  }

  /** Seconds that they were there, between `from` and `to`. */
  total(from: number, to: number): number {
    const spans = [...this.spans, ...[...this.since.values()].map((since) => [since, to] as const)]
    return spans.reduce((sum, [a, b]) => sum + Math.max(0, b - Math.max(a, from)), 0)
  }
}

/** What one component's requests went through. */
export interface Book {
  inside: Times
  waiting: Times
  serving: Times
}

/** Follows every request through the component, beside what the component counts itself. */
export function observe(model: Model, component: Component): Book {
  const { kernel } = model
  const { process, station } = component
  const book = { inside: new Times(), waiting: new Times(), serving: new Times() }

  const door = process as unknown as { register(request: Request): void }
  const register = door.register.bind(process)
  door.register = (request) => {
    book.inside.came(request, kernel.now)
    register(request)
  }
  const leave = process.leave.bind(process)
  process.leave = (request, outcome) => {
    book.inside.went(request, kernel.now)
    leave(request, outcome)
  }
  if (station === null) return book

  // Private steps of a station, in the order of a request's way through it.
  const steps = station as unknown as {
    start(request: Request, waited: number): void
    withdraw(request: Request): void
    leave(request?: Request): void
    join(request: Request): boolean
    empty(): void
  }
  const before = { ...bound(steps) }
  steps.join = (request) => {
    const waits = station.taken >= station.open && station.waiting < station.places
    if (waits) book.waiting.came(request, kernel.now)
    return before.join(request)
  }
  steps.withdraw = (request) => {
    book.waiting.went(request, kernel.now)
    before.withdraw(request)
  }
  // A worker that waits for the next request of a connection stays when its request has left.
  const stays = 'waits' in component && component.waits === true
  steps.start = (request, waited) => {
    if (!(waited >= 0)) throw new Error(`waited ${waited} s`)
    book.serving.came(stays ? {} : request, kernel.now)
    before.start(request, waited)
  }
  steps.leave = (request?: Request) => {
    if (stays || request === undefined) book.serving.someWent(kernel.now)
    else book.serving.went(request, kernel.now)
    before.leave(request)
  }
  steps.empty = () => {
    before.empty()
    book.serving.clear(kernel.now)
  }
  return book
}

function bound<T extends object>(steps: T): T {
  const names = ['join', 'withdraw', 'start', 'leave', 'empty'] as (keyof T)[]
  return Object.fromEntries(
    names.map((name) => [name, (steps[name] as (...args: unknown[]) => unknown).bind(steps)]),
  ) as T
}

/** From now on nobody asks any more. What was asked is answered, and tried again, as before. */
export function stop(users: Users): void {
  const inner = users as unknown as { pending: Event | null; answeredTo(): void }
  inner.pending?.cancel()
  inner.answeredTo = () => {}
}

/** So many seconds more, in which nobody comes. A scrape that is under way then ends in a moment. */
export function runOut(model: Model, seconds: number): void {
  for (const users of model.users) stop(users)
  model.kernel.run(model.kernel.now + seconds)
  for (let i = 0; i < 100 && model.context.requests.inUse > 0; i++) model.kernel.run(model.kernel.now + 0.01)
}
