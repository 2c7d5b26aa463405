import { Stream } from '../random/stream.js'
import type { Lost, System } from './system.js'

const [UP, UNNOTICED, WAITING, IN_REPAIR] = [0, 1, 2, 3]

/** Failures and repairs of a system as they come, one after the other, by whatever laws. Begins with everything in order. */
export class Walk {
  /** Seconds. */
  now = 0
  /** Indices of the parts that are lost, ascending. */
  readonly lost: number[] = []
  /** The part of the last event, and whether it failed or was repaired; noticing is neither. */
  part = -1
  failed = false
  private readonly stage: Uint8Array
  private readonly due: Float64Array
  /** Seconds of work that a repair still takes. */
  private readonly work: Float64Array
  /** What is known to be broken, in the order in which crews turn to it. */
  private readonly queue: number[] = []
  private readonly streams: Stream[]

  /** @param name of the random streams */
  constructor(
    private readonly system: System,
    name: string,
  ) {
    const { parts } = system
    this.stage = new Uint8Array(parts.length)
    this.due = new Float64Array(parts.length)
    this.work = new Float64Array(parts.length)
    this.streams = parts.map((part) => new Stream(`${name}/${part.name}/life`))
    for (const [i, { life }] of parts.entries()) this.due[i] = life.sample(this.streams[i]!)
  }

  /** When something changes next: seconds. */
  get next(): number {
    return this.due[this.first()]!
  }

  /** Goes on to the next failure or repair, or notice of one. */
  step(): void {
    const i = this.first()
    const { life, notice } = this.system.parts[i]!
    this.now = this.due[i]!
    this.part = i
    this.failed = this.stage[i] === UP
    if (this.failed) {
      this.lost.push(i)
      this.lost.sort((a, b) => a - b)
      if (notice === undefined) this.join(i)
      else {
        this.stage[i] = UNNOTICED
        this.due[i] = this.now + notice.sample(this.streams[i]!)
      }
    } else if (this.stage[i] === UNNOTICED) {
      this.part = -1
      this.join(i)
    } else {
      this.lost.splice(this.lost.indexOf(i), 1)
      this.queue.splice(this.queue.indexOf(i), 1)
      this.stage[i] = UP
      this.due[i] = this.now + life.sample(this.streams[i]!)
      this.assign()
    }
  }

  private first(): number {
    const { due } = this
    let first = 0
    for (let i = 1; i < due.length; i++) if (due[i]! < due[first]!) first = i
    return first
  }

  private join(i: number): void {
    const { parts } = this.system
    const urgency = parts[i]!.urgency ?? 0
    const behind = this.queue.findIndex((other) => (parts[other]!.urgency ?? 0) > urgency)
    this.queue.splice(behind < 0 ? this.queue.length : behind, 0, i)
    this.stage[i] = WAITING
    this.due[i] = Number.POSITIVE_INFINITY
    this.work[i] = parts[i]!.repair.sample(this.streams[i]!)
    this.assign()
  }

  /** Crews are at what stands first; whoever must leave something else goes on there later. */
  private assign(): void {
    const { crews } = this.system
    for (const [place, i] of this.queue.entries()) {
      if (place < crews && this.stage[i] === WAITING) {
        this.stage[i] = IN_REPAIR
        this.due[i] = this.now + this.work[i]!
      } else if (place >= crews && this.stage[i] === IN_REPAIR) {
        this.stage[i] = WAITING
        this.work[i] = this.due[i]! - this.now
        this.due[i] = Number.POSITIVE_INFINITY
      }
    }
  }
}

/** Something that holds from one time to another, in which these parts are lost. Seconds. */
type Visit = (lost: Lost, from: number, to: number) => void

/** Goes on until `until`, and tells of each stretch in which nothing changed. */
export function follow(
  walk: Walk,
  until: number,
  visit: Visit,
  fails: (part: number, at: number) => void,
): void {
  let from = walk.now
  while (walk.next <= until) {
    const to = walk.next
    if (to > from) visit(walk.lost, from, to)
    walk.step()
    if (walk.failed && walk.part >= 0) fails(walk.part, to)
    from = to
  }
  if (until > from) visit(walk.lost, from, until)
  walk.now = until
}
