import type { Component } from '../../parts/component.js'
import type { Count } from '../../parts/count.js'
import type { Site } from '../../parts/kind.js'
import type { Stream } from '../../random/stream.js'
import { Tally } from '../../stats/tally.js'
import { countOf, type ReceiverOptions } from './receivers.js'

/** What came of the notifications to one receiver, in the measured span. */
interface Box {
  readonly stream: Stream
  sent: number
  readonly detection: Tally
}

/** People who read what a monitor sends: each notification so long after it as the `delay:` of its receiver says. */
export class Reading {
  private readonly boxes: ReadonlyMap<ReceiverOptions, Box>
  /** Notifications that nobody has read yet. */
  private unread = 0
  /** Of each alert since when that holds of which somebody has read last. */
  private readonly lately = new Map<string, number>()
  /** Onsets of the last outages that somebody has read of. */
  private readonly outages = new Map<Component, Set<number>>()

  constructor({ context, name }: Site, receivers: readonly ReceiverOptions[]) {
    this.boxes = new Map(
      receivers.map((one) => {
        const stream = context.stream(name, `receiver/${one.name}`)
        return [one, { stream, sent: 0, detection: new Tally() }]
      }),
    )
  }

  /** A notification goes out. Returns seconds until somebody has read it. */
  send(receiver: ReceiverOptions): number {
    const box = this.boxes.get(receiver)!
    box.sent++
    this.unread++
    return receiver.delay.sample(box.stream)
  }

  /**
   * Somebody has read a notification; returns whether nobody had read of that alert by another receiver.
   * @param failing since when the alert holds: another time makes another alert
   * @param took seconds since what it is of began; NaN where that does not count
   */
  read(receiver: ReceiverOptions, key: string, failing: number, took: number): boolean {
    this.unread--
    if (!Number.isNaN(took)) this.boxes.get(receiver)!.detection.record(took)
    const first = this.lately.get(key) !== failing
    this.lately.set(key, failing)
    return first
  }

  /** Whether nobody had read of the outage of `target` that began at `onset`. */
  isNews(target: Component, onset: number): boolean {
    const known = this.outages.get(target) ?? new Set()
    this.outages.set(target, known)
    if (known.has(onset)) return false
    known.add(onset)
    return true
  }

  get counts(): Record<string, number> {
    const own = [...this.boxes].map(([receiver, { sent, detection }]) => [
      [`${countOf(receiver)}_notifications`, sent],
      [`${countOf(receiver)}_time_to_detect_s`, detection.mean],
    ])
    return { ...Object.fromEntries(own.flat()), unread: this.unread }
  }

  restart(): void {
    for (const box of this.boxes.values()) {
      box.sent = 0
      box.detection.restart()
    }
  }
}

/** Of each receiver; and what the usual ones are where somebody has to read what is told. */
export const readingCounts = (receivers: readonly ReceiverOptions[]): Readonly<Record<string, Count>> => ({
  noticed: {
    unit: 'count',
    says: 'outages that somebody had read of',
    zeroBeside: 'outages',
    newsBelow: 'outages',
  },
  time_to_detect_s: { unit: 's', says: 'time from the outage until the first had read of it' },
  ...Object.fromEntries(
    receivers.flatMap((one): [string, Count][] => [
      [`${countOf(one)}_notifications`, { unit: 'count', says: `notifications to ${one.name}` }],
      [
        `${countOf(one)}_time_to_detect_s`,
        { unit: 's', says: `time until what went to ${one.name} was read` },
      ],
    ]),
  ),
})

/** What it counts of all receivers together. */
export const unreadCount: Count = {
  unit: 'count',
  says: 'notifications that nobody had read by the end',
  when: ({ options }) => options.receivers !== undefined,
}
