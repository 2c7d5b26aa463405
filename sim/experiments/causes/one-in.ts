const WORD = 2 ** 32

/**
 * Picks one in `n` of the whole numbers below 2^32: the multiples of `n`. It multiplies, which takes a tenth of the time
 * of a division: by the inverse modulo 2^32 of what is odd in `n` each multiple comes to its quotient, and nothing else
 * to so small a number, once the powers of two in `n` are turned out of the way (Granlund and Montgomery 1994).
 */
export class OneIn {
  private readonly inverse: number
  private readonly twos: number
  private readonly most: number

  constructor(n: number) {
    this.twos = 31 - Math.clz32(n & -n)
    const odd = n >>> this.twos
    // Newton's iteration: right in three bits at first, in twice as many each time.
    let inverse = odd
    for (let bits = 3; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse))
    this.inverse = inverse
    this.most = Math.floor((WORD - 1) / n)
  }

  has(number: number): boolean {
    const product = Math.imul(number, this.inverse)
    return ((product >>> this.twos) | (product << (32 - this.twos))) >>> 0 <= this.most
  }
}
