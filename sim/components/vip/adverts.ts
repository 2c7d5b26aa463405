import type { Aside } from '../../parts/aside.js'
import type { Site } from '../../parts/kind.js'
import type { Stream } from '../../random/stream.js'

/** Each two of them once, the earlier first. */
export const pairsOf = (names: readonly string[]): (readonly [string, string])[] =>
  names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other] as const))

/** The ways of the adverts between members: single packets (IP protocol 112), which nobody sends again. */
export class Adverts {
  private readonly ways: ReadonlyMap<string, { readonly way: Aside; readonly lost: Stream }>

  constructor(
    { aside, context }: Site,
    private readonly names: readonly string[],
  ) {
    this.ways = new Map(
      pairsOf(names).map(([from, to]) => {
        const way = aside(from, to)
        return [way.name, { way, lost: context.stream(way.name, 'adverts') }]
      }),
    )
  }

  /** Seconds until an advert of the member `from` is at the member `to`; infinite for one that is lost. */
  delay(from: number, to: number): number {
    const down = from < to
    const [one, other] = down ? [from, to] : [to, from]
    const { way, lost } = this.ways.get(`${this.names[one]} -> ${this.names[other]}`)!
    way.sent++
    const there = way.open.value > 0 && (down || way.back.value > 0)
    const share = way.delivery.value
    return there && (share === 1 || lost.next() < share) ? way.latency.value : Number.POSITIVE_INFINITY
  }
}
