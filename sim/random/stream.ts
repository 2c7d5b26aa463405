import seedrandom from 'seedrandom'

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
    const words = seedrandom.tychei(name)
    this.s0 = words.int32()
    this.s1 = words.int32()
    this.s2 = words.int32()
    this.a = this.s1
    this.low = this.s2
  }

  /**
   * Goes to the place in the stream that belongs to `key` and `attempt` (0, 1, ...). Returns the stream, to be drawn
   * from. Keys are whole numbers below 2^32, of which every `family` (a whole number too) has its own.
   */
  at(key: number, attempt: number, family = 0): this {
    const x = mix(key ^ this.s0)
    const y = (x + this.s1) | 0
    const z = (y + imul(family, 0x85ebca6b)) | 0
    this.a = (z + imul(attempt, 0xc2b2ae35)) | 0
    this.low = x ^ this.s2
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
