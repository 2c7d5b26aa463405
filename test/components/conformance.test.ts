import { expect, test } from 'vitest'
import * as z from 'zod'
import { kinds } from '../../sim/components/registry.js'
import { Component } from '../../sim/parts/component.js'
import { type Kind, kind, type Site } from '../../sim/parts/kind.js'
import { Outcome } from '../../sim/parts/outcome.js'
import type { Request } from '../../sim/parts/request.js'
import { Station } from '../../sim/parts/station.js'
import { delay } from '../support/documented/delay.js'
import { checks, conformance } from './conformance.js'

const cases = kinds.flatMap((one) =>
  Object.entries(checks).map(([name, check]) => ({ kind: one.kind, name, check: () => check(one) })),
)

test.each(cases)('$kind $name', ({ check }) => check())

// ---- The suite itself: kinds that are wrong in one way each ----------------------------------------------------

/** Does all that a kind owes: eight desks, a queue, ten milliseconds. */
class Sound extends Component {
  override readonly station: Station
  protected served = 0

  constructor(site: Site) {
    super(site)
    this.station = new Station(site.context, {
      servers: 8,
      places: 20,
      begin: (request) => this.begin(request),
      probe: this.probe,
    })
  }

  accept(request: Request): void {
    if (!this.station.join(request)) this.full(request)
  }

  protected full(request: Request): void {
    this.refuse(request)
  }

  protected begin(request: Request): void {
    this.wait(request, this.seconds(), this.done)
  }

  protected seconds(): number {
    return 0.01
  }

  protected readonly done = (request: Request): void => {
    this.station.leave(request)
    this.served++
    this.finish(request)
  }

  protected finish(request: Request): void {
    request.reply(Outcome.ok)
  }

  override restart(now: number): void {
    super.restart(now)
    this.served = 0
  }

  override extra(_now: number): Record<string, number> {
    return { served: this.served }
  }
}

function invented(name: string, Box: new (site: Site) => Component): Kind {
  return kind({
    kind: name,
    says: 'invented',
    example: `${name}: { kind: ${name} }`,
    options: z.strictObject({}),
    build: (site) => new Box(site),
  })
}

test('a kind that owes nothing fails nothing', () => {
  expect([...conformance(invented('sound', Sound))]).toEqual([])
})

test('the kind that docs/adding-a-component.md shows fails nothing', () => {
  expect([...conformance(delay as unknown as Kind)]).toEqual([])
})

let asked = 0

/** What is wrong, and all checks that it fails. */
const broken: [string, string[], new (site: Site) => Component][] = [
  [
    'keeps a request of its own for each that it answers',
    ['gives back requests and events', 'gets over faults'],
    class extends Sound {
      override finish(request: Request) {
        this.context.requests.take()
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'enters an event for each request that nobody cancels',
    ['gives back requests and events'],
    class extends Sound {
      override finish(request: Request) {
        this.context.kernel.after(1e6, () => {}, null)
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'counts a request that was not there',
    ['loses nothing from the books', 'gets over faults'],
    class extends Sound {
      override finish(request: Request) {
        this.probe.outcomes[Outcome.reset]!++
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'depends on what was run before',
    ['repeats itself under the same seed'],
    class extends Sound {
      override seconds() {
        return 0.01 + (asked++ % 7919) * 1e-9
      }
    },
  ],
  [
    'has its desks taken for ever by those who were there when it crashed',
    ['gets over faults'],
    class extends Sound {
      private inHand = 0

      override accept(request: Request) {
        if (this.inHand === 2) this.refuse(request)
        else {
          this.inHand++
          super.accept(request)
        }
      }
      override finish(request: Request) {
        this.inHand--
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'does not know health checks',
    ['answers health checks while it serves'],
    class extends Sound {
      override accept(request: Request) {
        if (request.health) this.drop(request)
        else super.accept(request)
      }
    },
  ],
  [
    'asks as many visitors as it is checked',
    ['answers health checks while it serves'],
    class extends Sound {
      override accept(request: Request) {
        if (request.health) this.context.asked++
        super.accept(request)
      }
    },
  ],
  [
    'answers ok those whom it has no place for',
    ['serves no more than it has places for'],
    class extends Sound {
      override full(request: Request) {
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'counts an infinite share as long as nobody came',
    ['counts numbers from the first moment'],
    class extends Sound {
      override extra() {
        return { pause: 1 / this.served }
      }
    },
  ],
  [
    'is used more than it can be',
    ['counts numbers from the first moment'],
    class extends Sound {
      override utilization(now: number) {
        return super.utilization(now) * 2
      }
    },
  ],
  [
    'forgets that its probe begins anew',
    ['counts numbers from the first moment'],
    class extends Sound {
      override restart() {
        this.served = 0
      }
    },
  ],
  [
    'answers its favourite class only',
    ['gets over faults', 'takes every class of requests'],
    class extends Sound {
      override finish(request: Request) {
        request.reply(request.class === 3 ? Outcome.forbidden : Outcome.ok)
      }
    },
  ],
]

test.each(broken)('a kind that %s fails: %s', (_, failed, Box) => {
  expect([...conformance(invented('broken', Box)).keys()]).toEqual(failed)
})

test.each<[string, new (site: Site) => Component]>([
  [
    'never answers',
    class extends Component {
      accept() {}
    },
  ],
  [
    'answers twice',
    class extends Sound {
      override finish(request: Request) {
        request.reply(Outcome.ok)
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'answers, and once more a while later',
    class extends Sound {
      override finish(request: Request) {
        this.context.kernel.after(0.001, () => request.at && request.reply(Outcome.ok), null)
        request.reply(Outcome.ok)
      }
    },
  ],
  [
    'forgets every hundredth request',
    class extends Sound {
      override finish(request: Request) {
        if (this.served % 100 > 0) request.reply(Outcome.ok)
      }
    },
  ],
])('a kind that %s does not answer each request once', (_, Box) => {
  expect([...conformance(invented('broken', Box)).keys()][0]).toBe('answers each request once')
})
