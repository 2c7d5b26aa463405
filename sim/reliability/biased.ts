import { Stream } from '../random/stream.js'
import { BATCHES, ordered } from './simulated.js'
import { keyOf, type Lost, type Occupancy, type System } from './system.js'

/** From one time at which everything is in order to the next. */
const CYCLES = 10_000

/**
 * In which situations a system is, for exponential laws and failures that are rare: by cycles between two times at
 * which everything is in order, in which failures are made as likely as repairs, each part being as likely to fail as
 * any other (balanced failure biasing, Shahabuddin 1994), until the system is down for the first time. Each cycle
 * counts with its likelihood; times are replaced by their means. How long a cycle lasts is learned from others that are
 * not biased. The relative error stays bounded however rare failures are.
 */
export function biased(system: System, isDown: (lost: Lost) => boolean, seed: string): Occupancy {
  const known = new Map<string, { lost: number[]; batches: number[] }>()
  const cycle = new Cycle(system, isDown)
  for (let batch = 0; batch < BATCHES; batch++) {
    let length = 0
    cycle.stream = new Stream(`${seed}/${batch}/cycles`)
    for (let i = 0; i < CYCLES; i++)
      cycle.run(false, (_, seconds) => {
        length += seconds
      })
    cycle.stream = new Stream(`${seed}/${batch}/biased`)
    for (let i = 0; i < CYCLES; i++)
      cycle.run(true, (lost, seconds) => {
        if (lost.length === 0) return
        const key = keyOf(lost)
        const own = known.get(key) ?? { lost: [...lost], batches: new Array<number>(BATCHES).fill(0) }
        own.batches[batch] = own.batches[batch]! + seconds / length
        known.set(key, own)
      })
  }
  const all = [...known.values()]
  const inOrder = Array.from({ length: BATCHES }, (_, batch) =>
    all.reduce((left, { batches }) => left - batches[batch]!, 1),
  )
  return { how: 'biased', situations: ordered([{ lost: [], batches: inOrder }, ...all]), rest: 0 }
}

/** One cycle after the other of a system. */
class Cycle {
  stream!: Stream
  private readonly fails: number[]
  private readonly heals: number[]
  private readonly urgencies: number[]

  constructor(
    private readonly system: System,
    private readonly isDown: (lost: Lost) => boolean,
  ) {
    this.fails = system.parts.map(({ life }) => 1 / life.mean)
    this.heals = system.parts.map(({ repair }) => 1 / repair.mean)
    this.urgencies = system.parts.map(({ urgency = 0 }) => urgency)
  }

  /** @param visit gets each situation, and the mean seconds in it times the likelihood of having come there */
  run(biased: boolean, visit: (lost: Lost, seconds: number) => void): void {
    const { fails, heals, stream } = this
    const { parts, crews } = this.system
    const queue: number[] = []
    const lost: number[] = []
    let bias = biased
    let likelihood = 1
    do {
      const failing = fails.reduce((sum, rate, i) => (lost.includes(i) ? sum : sum + rate), 0)
      let healing = 0
      for (let place = 0; place < Math.min(crews, queue.length); place++) healing += heals[queue[place]!]!
      const all = failing + healing
      visit(lost, likelihood / all)
      const left = parts.length - lost.length
      // What is biased: whether it is a failure, and of what.
      const chance = bias ? (healing === 0 ? 1 : left === 0 ? 0 : 0.5) : failing / all
      if (stream.next() < chance) {
        const part = bias ? this.anyOf(lost, left) : this.drawn(lost, failing)
        if (bias) likelihood *= fails[part]! / all / (chance / left)
        this.join(queue, part)
        lost.push(part)
        lost.sort((a, b) => a - b)
        if (bias && this.isDown(lost)) bias = false
      } else {
        if (bias) likelihood *= healing / all / (1 - chance)
        const [part] = queue.splice(this.repaired(queue, healing), 1)
        lost.splice(lost.indexOf(part!), 1)
      }
    } while (lost.length > 0)
  }

  private anyOf(lost: Lost, left: number): number {
    let place = this.stream.below(left)
    for (const i of this.fails.keys()) if (!lost.includes(i) && place-- === 0) return i
    throw new Error('nothing is left that could fail')
  }

  private drawn(lost: Lost, failing: number): number {
    let at = this.stream.next() * failing
    let last = -1
    for (const [i, rate] of this.fails.entries()) {
      if (lost.includes(i)) continue
      last = i
      at -= rate
      if (at < 0) break
    }
    return last
  }

  private join(queue: number[], part: number): void {
    const behind = queue.findIndex((other) => this.urgencies[other]! > this.urgencies[part]!)
    queue.splice(behind < 0 ? queue.length : behind, 0, part)
  }

  /** The place of what is repaired next, of those that a crew is at. */
  private repaired(queue: readonly number[], healing: number): number {
    let at = this.stream.next() * healing
    const busy = Math.min(this.system.crews, queue.length)
    for (let place = 0; place < busy - 1; place++) {
      at -= this.heals[queue[place]!]!
      if (at < 0) return place
    }
    return busy - 1
  }
}
