// @ts-expect-error it has no types; the whole of seedrandom is seven generators more
import tychei from 'seedrandom/lib/tychei.js'

/** Anything that yields uniform numbers. */
export interface Uniforms {
  /** A uniform number in [0, 1), a multiple of 2^-53. */
  next(): number
  /** Draws two words of 32 bits; the first 27 of `high` and 26 of `low` would be the digits of `next`. */
  draw(): void
  high: number
  low: number
}

const { imul } = Math

/** Bijection of the 32-bit integers with good avalanche ("lowbias32" with Ettinger's constants, bias 0.107). */
function mix(x: number): number {
  const y = imul(x ^ (x >>> 16), 0x21f0aaad)
  const z = imul(y ^ (y >>> 15), 0x735a2d97)
  return z ^ (z >>> 15)
}

const GOLDEN = 0x9e3779b9

/** A word of 32 bits that stands for a name. */
export function wordOf(name: string): number {
  let hash = 2166136261
  for (const c of name) hash = imul(hash ^ c.codePointAt(0)!, 16777619)
  return hash ^ (hash >>> 15)
}

/**
 * The lineage of the call that `caller` makes as its `step`-th and for the `retry`-th time (from 0, not both of them 0)
 * for what has come about by `lineage`. Of one caller and lineage no two are the same; of others, two in 2^32.
 */
export function lineageOf(lineage: number, caller: number, step: number, retry: number): number {
  return mix(mix(lineage ^ caller) + imul(step, 0x27d4eb2f) + imul(retry, 0x165667b1))
}

/**
 * A named stream of random numbers: a function of its name, a key, and a count.
 *
 * The name says what the numbers decide (`1/3/app/service`: seed, replication, role, purpose); its seed words
 * come from `seedrandom.tychei(name)`. What is drawn for a request is keyed by that request (`at`), so that a
 * box more or less on its way, or a request more or less before it, does not shift its numbers: architectures
 * under the same seed meet the same visitors with the same demands (common random numbers). Without `at` the
 * stream is an ordinary sequence.
 */
export class Stream implements Uniforms {
  private readonly s0: number
  private readonly s1: number
  private readonly s2: number
  private a: number
  high = 0
  /** To begin with, and where `at` has gone, what the first draw starts from. */
  low: number

  constructor(readonly name: string) {
    const words: { int32(): number } = tychei(name)
    this.s0 = words.int32()
    this.s1 = words.int32()
    this.s2 = words.int32()
    this.a = this.s1
    this.low = this.s2
  }

  /**
   * Goes to the place in the stream that belongs to `key` and `attempt` (0, 1, ...). Returns the stream, to be drawn
   * from. Keys are whole numbers below 2^32, of which every `family` (a whole number too) has its own.
   *
   * @param lineage by which calls it has come about (`lineageOf`); 0: by the first of each
   * @param step tells apart several draws for one purpose (0, 1, ...)
   */
  at(key: number, attempt: number, family = 0, lineage = 0, step = 0): this {
    const x = mix(key ^ this.s0)
    const y = (x + this.s1) | 0
    const z = (y + imul(family, 0x85ebca6b)) | 0
    const w = (z + imul(attempt, 0xc2b2ae35)) | 0
    this.a = (w + imul(step, 0x27d4eb2f) + lineage) | 0
    // Here too, so that no try and no step of another lineage has the same state.
    this.low = x ^ this.s2 ^ lineage
    return this
  }

  draw(): void {
    const a = (this.a + GOLDEN) | 0
    // Two words that were mixed apart are added: a mixed counter alone would never give the same number twice.
    const high = (mix(a) + this.low) | 0
    this.a = a
    this.high = high
    this.low = mix(high ^ a)
  }

  next(): number {
    this.draw()
    return (this.high >>> 5) * 2 ** -27 + (this.low >>> 6) * 2 ** -53
  }

  /** A whole number from 0 to `n - 1`. */
  below(n: number): number {
    return Math.floor(this.next() * n)
  }
}
