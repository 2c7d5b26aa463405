import seedrandom from 'seedrandom'

/** Anything that yields uniform numbers in [0, 1). */
export interface Uniforms {
  next(): number
}

/** Bijection of the 32-bit integers with good avalanche ("lowbias32" with Ettinger's constants, bias 0.107). */
function mix(x: number): number {
  x ^= x >>> 16
  x = Math.imul(x, 0x21f0aaad)
  x ^= x >>> 15
  x = Math.imul(x, 0x735a2d97)
  return x ^ (x >>> 15)
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
  private b: number
  private n = 0

  constructor(readonly name: string) {
    const words = seedrandom.tychei(name)
    this.s0 = words.int32()
    this.s1 = words.int32()
    this.s2 = words.int32()
    this.a = mix(this.s0 ^ this.s1)
    this.b = mix(this.s1 ^ this.s2)
  }

  /**
   * Goes to the place in the stream that belongs to `key` (a whole number, 0 to 2^53) and `attempt` (0, 1, ...).
   * Returns the stream, to be drawn from.
   */
  at(key: number, attempt: number): this {
    const high = Math.floor(key / 4294967296)
    const x = mix(this.s0 ^ key)
    const y = mix(x + Math.imul(high, GOLDEN) + this.s1)
    this.a = y
    this.b = mix((y + attempt) ^ this.s2) ^ x
    this.n = 0
    return this
  }

  /** A uniform number in [0, 1), a multiple of 2^-53. */
  next(): number {
    this.n = (this.n + GOLDEN) | 0
    const high = mix(this.a + this.n) ^ this.b
    const low = mix(this.b + Math.imul(high, 0x85ebca6b) + this.n)
    return ((mix(high) >>> 5) * 67108864 + (low >>> 6)) * 1.1102230246251565e-16
  }

  /** A whole number from 0 to `n - 1`. */
  below(n: number): number {
    return Math.floor(this.next() * n)
  }
}
