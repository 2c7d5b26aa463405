/**
 * Elementary functions with 1,280 binary digits after the point, by nothing but whole numbers. Slow, and exact enough
 * to say in how many units of its last place a number is off.
 */
const DIGITS = 1280n
const UNIT = 1n << DIGITS
/** Terms below this are not worth adding: some 400 digits remain even of the smallest numbers looked at. */
const DONE = 1n << 500n

const double = new DataView(new ArrayBuffer(8))

/** A finite number, exactly. */
export function exactly(x: number): bigint {
  double.setFloat64(0, x)
  const bits = double.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const digits = (bits & 0xfffffffffffffn) | (exponent > 0n ? 1n << 52n : 0n)
  const magnitude = digits << (DIGITS - 1075n + (exponent > 0n ? exponent : 1n))
  return x < 0 ? -magnitude : magnitude
}

const times = (a: bigint, b: bigint): bigint => (a * b) >> DIGITS
const over = (a: bigint, b: bigint): bigint => (a << DIGITS) / b
const size = (a: bigint): bigint => (a < 0n ? -a : a)

/** 2 artanh(z), by its series; |z| at most 1/3. */
function twoArtanh(z: bigint): bigint {
  const square = times(z, z)
  let sum = 0n
  let power = z
  for (let n = 1n; power !== 0n && (n < 3n || size(power) > DONE); n += 2n) {
    sum += power / n
    power = times(power, square)
  }
  return 2n * sum
}

const LN2 = twoArtanh(UNIT / 3n)

export function exactLog(x: bigint): bigint {
  let k = BigInt(x.toString(2).length) - 1n - DIGITS
  let m = k >= 0n ? x >> k : x << -k
  if (3n * m > 4n * UNIT) {
    m >>= 1n
    k++
  }
  return k * LN2 + twoArtanh(over(m - UNIT, m + UNIT))
}

export function exactExp(x: bigint): bigint {
  const k = (2n * x + LN2) / (2n * LN2) - (2n * x + LN2 < 0n ? 1n : 0n)
  const r = x - k * LN2
  let sum = UNIT
  let term = UNIT
  for (let n = 1n; term !== 0n; n++) sum += term = times(term, r) / n
  return k >= 0n ? sum << k : sum >> -k
}

/** e^x - 1, whose first terms are exact where x is small. */
export const exactExpm1 = (x: bigint): bigint => exactExp(x) - UNIT
export const exactLog1p = (x: bigint): bigint => exactLog(UNIT + x)
export const exactPow = (x: bigint, y: bigint): bigint => exactExp(times(exactLog(x), y))

/** Machin's 16 arctan(1/5) - 4 arctan(1/239). */
const PI = (() => {
  const arctanOfInverse = (n: bigint) => {
    let sum = 0n
    let power = UNIT / n
    for (let k = 1n; power !== 0n; k += 2n) {
      sum += (k % 4n === 1n ? power : -power) / k
      power /= n * n
    }
    return sum
  }
  return 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n)
})()

export function exactCosOfTurns(turns: bigint): bigint {
  const angle = 2n * times(PI, turns % UNIT)
  const square = times(angle, angle)
  let sum = UNIT
  let term = UNIT
  for (let n = 1n; term !== 0n; n += 2n) sum += term = -times(term, square) / (n * (n + 1n))
  return sum
}

/** How many units of its last place `x` is off. */
export function unitsOff(x: number, exact: bigint): number {
  double.setFloat64(0, x)
  const exponent = (double.getBigUint64(0) >> 52n) & 0x7ffn
  // A thousandth of the unit: 2^(exponent - 1075).
  const unit = 1n << (DIGITS - 1075n + (exponent > 0n ? exponent : 1n))
  return Number((size(exactly(x) - exact) * 1000n) / unit) / 1000
}
