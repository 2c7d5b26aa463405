import { describe, expect, test } from 'vitest'
import { Kernel } from '../../sim/kernel/kernel.js'
import { Component } from '../../sim/parts/component.js'
import { Context } from '../../sim/parts/context.js'
import { Host } from '../../sim/parts/host.js'
import { Outcome } from '../../sim/parts/outcome.js'
import type { Request } from '../../sim/parts/request.js'
import { Wire } from '../../sim/parts/wire.js'

const kernel = new Kernel()

class Caller extends Component {
  wire!: Wire
  readonly answers: [seconds: number, outcome: Outcome][] = []
  private readonly timer = this.timers(10, (request) => this.end(request, Outcome.timeout), true)

  ask(patient: boolean, health = false, page = false): void {
    const request = this.context.requests.take()
    request.at = this.process
    request.health = health
    const child = this.attempt(request)
    if (page) child.checkFor(0, 2 ** 20)
    if (!patient) child.deadline = this.timer.set(child)
    this.wire.send(child)
  }
  accept(): void {}
  override resume(request: Request, answer: Request): void {
    this.end(request, answer.outcome)
  }
  private end(request: Request, outcome: Outcome): void {
    this.answers.push([this.context.kernel.now, outcome])
    this.context.requests.release(request)
  }
}

/** Ignores every connection before its time has come. */
class Listener extends Component {
  listens = Number.POSITIVE_INFINITY
  readonly connects: number[] = []

  accept(request: Request): void {
    const { now } = this.context.kernel
    this.connects.push(now)
    if (now < this.listens) this.ignore(request)
    else request.reply(Outcome.ok)
  }
}

class Swallower extends Component {
  accept(request: Request): void {
    this.dropSyn(request)
  }
}

function between<C extends Component>(
  Kind: new (site: { context: Context; name: string; role: string; host: Host }) => C,
  connectTimeout?: number,
): { context: Context; caller: Caller; callee: C } {
  const context = new Context(new Kernel(), ['request'], '1', 0)
  const site = (name: string) => ({ context, name, role: name, host: new Host(kernel, name, 1) })
  const caller = new Caller(site('caller'))
  const callee = new Kind(site('callee'))
  caller.wire = new Wire(context, 'caller', callee, { connectTimeout })
  return { context, caller, callee }
}

describe('a connection that is not accepted', () => {
  test('is tried again after 1, 3, 7, 15, 31 and 63 s, and given up after 127 s', () => {
    const { context, caller, callee } = between(Listener)
    caller.ask(true)
    context.kernel.run(1000)
    expect(callee.connects).toEqual([0, 1, 3, 7, 15, 31, 63])
    expect(caller.answers).toEqual([[127, Outcome.connectTimeout]])
    expect(context.requests.inUse).toBe(0)
  })

  test('is given up at the connect timeout of the caller, to the instant', () => {
    const { context, caller, callee } = between(Listener, 4)
    caller.ask(true)
    context.kernel.run(1000)
    expect(callee.connects).toEqual([0, 1, 3])
    expect(caller.answers).toEqual([[4, Outcome.connectTimeout]])
    expect(context.requests.inUse).toBe(0)
  })

  test('is given up if the timeout falls on the instant at which it would be tried again, whoever asked before', () => {
    const { context, caller, callee } = between(Listener, 1)
    callee.listens = 0.9
    for (const at of [0, 0.3, 0.6, 0.95]) context.kernel.after(at, () => caller.ask(true), null)
    context.kernel.run(1000)
    expect(callee.connects).toEqual([0, 0.3, 0.6, 0.95])
    expect(caller.answers).toEqual([
      [0.95, Outcome.ok],
      [1, Outcome.connectTimeout],
      [1.3, Outcome.connectTimeout],
      [1.6, Outcome.connectTimeout],
    ])
  })

  test('completes at 1 s if a place is free after 0.5 s, and at 3 s if after 1.5 s', () => {
    for (const [free, connected] of [
      [0.5, 1],
      [1.5, 3],
    ]) {
      const { context, caller, callee } = between(Listener)
      callee.listens = free!
      caller.ask(true)
      context.kernel.run(1000)
      expect(caller.answers).toEqual([[connected, Outcome.ok]])
    }
  })

  test.each([false, true])(
    'of a health check has no connect timeout: the kernel alone gives it up (of a class: %s)',
    (page) => {
      for (const Kind of [Listener, Swallower]) {
        const { context, caller } = between(Kind, 4)
        caller.ask(true, true, page)
        context.kernel.run(1000)
        expect(caller.answers).toEqual([[127, Outcome.connectTimeout]])
        caller.ask(false, true, page)
        context.kernel.run(2000)
        expect(caller.answers.slice(1)).toEqual([[1010, Outcome.timeout]])
        expect(context.requests.inUse).toBe(0)
      }
    },
  )

  test('ends at once when the caller gives up', () => {
    const { context, caller, callee } = between(Listener)
    caller.ask(false)
    context.kernel.run(10)
    expect(caller.answers).toEqual([[10, Outcome.timeout]])
    expect(context.requests.inUse).toBe(0)
    context.kernel.run(1000)
    expect(callee.connects).toEqual([0, 1, 3, 7])
  })
})

test('what is swallowed costs no further events and ends with the connect timeout', () => {
  const { context, caller } = between(Swallower, 30)
  for (let i = 0; i < 1000; i++) caller.ask(true)
  context.kernel.run(29)
  expect(context.kernel.served).toBe(0)
  context.kernel.run(30)
  expect(caller.answers).toEqual(new Array(1000).fill([30, Outcome.connectTimeout]))
  expect(context.requests.inUse).toBe(0)
})

describe('a caller that is stopped', () => {
  test('looks at its clock when it runs again, after what had come in', () => {
    const { context, caller, callee } = between(Listener)
    callee.listens = 6
    context.kernel.after(5, () => caller.running.bend(0), null)
    // Connected at 7 s: answered before the 10 s are over, while the caller is stopped.
    caller.ask(false)
    // Never answered.
    const silent = between(Swallower)
    silent.context.kernel.after(5, () => silent.caller.running.bend(0), null)
    silent.caller.ask(false)
    for (const [{ kernel }, who] of [
      [context, caller],
      [silent.context, silent.caller],
    ] as const) {
      kernel.after(20, () => who.running.unbend(0), null)
      kernel.run(19)
      expect(who.answers).toEqual([])
      kernel.run(20)
    }
    expect(caller.answers).toEqual([[20, Outcome.ok]])
    expect(silent.caller.answers).toEqual([[20, Outcome.timeout]])
    expect(context.requests.inUse + silent.context.requests.inUse).toBe(0)
  })
})

describe('what is lost on the way', () => {
  const lossy = (loss: number) => {
    const { context, caller, callee } = between(Listener)
    callee.listens = 0
    caller.wire = new Wire(context, caller.name, callee, { loss })
    return { context, wire: caller.wire, caller }
  }

  test('is sent again after 208 ms, and then whenever twice as much has passed since it was sent first', () => {
    const { context, wire } = lossy(0.5)
    const seen = new Map<number, number>()
    const packets = 20_000
    for (let key = 0; key < packets; key++) {
      wire.pass(key, 0, () => {
        const seconds = +context.kernel.now.toFixed(9)
        seen.set(seconds, (seen.get(seconds) ?? 0) + 1)
      })
    }
    context.kernel.run(1000)
    // Half get through at once, a quarter after one loss, an eighth after two: 0, 208, 416, 832, ... ms.
    for (const [losses, seconds] of [0, 0.208, 0.416, 0.832, 1.664, 3.328].entries()) {
      const share = 2 ** -(losses + 1)
      const deviation = Math.sqrt((share * (1 - share)) / packets)
      expect(Math.abs(seen.get(seconds)! / packets - share)).toBeLessThan(4 * deviation)
    }
    for (const seconds of seen.keys()) {
      // After eleven losses the wait is as long as it gets: 120 s.
      const losses = seconds < 213 ? Math.log2(seconds / 0.104) : (seconds - 212.992) / 120
      if (seconds > 0) expect(losses).toBeCloseTo(Math.round(losses), 6)
    }
  })

  test('is lost by what the way is like when it is sent again, not when it was first sent', () => {
    const { context, wire, caller } = lossy(0)
    wire.delivery.bend(0)
    caller.ask(true)
    context.kernel.run(1)
    wire.delivery.unbend(0)
    context.kernel.run(10)
    // Sent at 0, 0.208, 0.416, 0.832 and 1.664 s; the answer is not lost any more.
    expect(caller.answers).toEqual([[expect.closeTo(1.664, 9), Outcome.ok]])
  })

  test('breaks the connection after 933 s (tcp_retries2, and the tail loss probe), when nothing gets through', () => {
    const { context, caller } = lossy(1)
    caller.ask(true)
    context.kernel.run(932)
    expect(caller.answers).toEqual([])
    context.kernel.run(933)
    expect(caller.answers).toEqual([[expect.closeTo(932.992, 9), Outcome.reset]])
  })
})
