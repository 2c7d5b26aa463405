/**
 * Elementary functions that are the same to the bit in every JavaScript engine. The language leaves the last bit of
 * `Math.log`, `Math.exp`, `**` and the like to the engine, and engines (and their versions) differ in it; one
 * comparison of two times can turn on that bit. These are made of + - * / and tables only, which are exact by IEEE 754.
 * Each is off by less than one unit in the last place (docs/decisions/0008-own-arithmetic.md).
 *
 * The approximations are those of fdlibm:
 *
 * Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved.
 * Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

const SMALLEST = -1074
const SMALLEST_NORMAL = -1022
const LARGEST = 1023

/** All powers of two, from the smallest up. */
const powers = new Float64Array(LARGEST - SMALLEST + 1)
powers[-SMALLEST] = 1
for (let k = 1; k <= LARGEST; k++) powers[k - SMALLEST] = powers[k - 1 - SMALLEST]! * 2
for (let k = -1; k >= SMALLEST; k--) powers[k - SMALLEST] = powers[k + 1 - SMALLEST]! / 2

/** 2^k for a whole number k, exactly; 0 and `Infinity` beyond what a number can hold. */
export function powerOfTwo(k: number): number {
  if (k > LARGEST) return Number.POSITIVE_INFINITY
  return k < SMALLEST ? 0 : powers[k - SMALLEST]!
}

/** x * 2^k, rounded once, for x between 1/4 and 4. */
function scaled(x: number, k: number): number {
  if (k >= SMALLEST_NORMAL && k <= LARGEST) return x * powers[k - SMALLEST]!
  const half = k >> 1
  return x * powers[half - SMALLEST]! * powers[k - half - SMALLEST]!
}

// ---- Exponentials -----------------------------------------------------------------------------------------

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const PER_LN2 = Math.LOG2E
/** Above the one and below the other, e^x is `Infinity` and 0. */
const MOST = 709.782712893384
const LEAST = -745.1332191019412

/** r - t (P1 + t (P2 + ...)), t = r^2: what e^r is a short rational function of, for |r| <= ln 2 / 2. */
function remez(r: number, t: number): number {
  return (
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))))
  )
}

/** e^x. */
export function exp(x: number): number {
  if (!(x <= MOST && x >= LEAST)) return x > 0 ? Number.POSITIVE_INFINITY : x < 0 ? 0 : Number.NaN
  const k = Math.floor(PER_LN2 * x + 0.5)
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const c = remez(r, r * r)
  return scaled(1 - (low - (r * c) / (2 - c) - high), k)
}

/** e^x - 1, exact where x is small. */
export function expm1(x: number): number {
  if (x > MOST) return Number.POSITIVE_INFINITY
  if (x < -40) return -1
  if (Math.abs(x) < 2 ** -54) return x
  const k = Math.abs(x) > LN2_HIGH / 2 ? Math.floor(PER_LN2 * x + 0.5) : 0
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const c = high - r - low
  const half = 0.5 * r
  const s = r * half
  const r1 =
    1 +
    s *
      (-0.03333333333333313 +
        s *
          (0.0015873015872548146 +
            s * (-7.93650757867488e-5 + s * (4.008217827329362e-6 + s * -2.0109921818362437e-7))))
  const t = 3 - r1 * half
  const ratio = s * ((r1 - t) / (6 - r * t))
  if (k === 0) return r - (r * ratio - s)
  // e^r - 1 = r - e.
  const e = r * (ratio - c) - c - s
  if (k === -1) return 0.5 * (r - e) - 0.5
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e)
  if (k < 0 || k > 56) return scaled(r - e + 1, k) - 1
  const inverse = powerOfTwo(-k)
  return (k < 20 ? r - e + (1 - inverse) : r - (e + inverse) + 1) * powerOfTwo(k)
}

// ---- Logarithms -------------------------------------------------------------------------------------------

/** The high word of sqrt(1/2): numbers are halved or doubled until they lie between that and sqrt(2). */
const SQRT1_2 = 0x3fe6a09e
const ONE = 0x3ff00000

/** How often a normal number > 0 is to be halved. */
function halvings(x: number): number {
  double[0] = x
  return ((words[HIGH]! + (ONE - SQRT1_2)) >>> 20) - 0x3ff
}

/** ln(1 + f) = f - f^2 / 2 + s (f^2 / 2 + this), s = f / (2 + f). */
function beyondSquare(s: number): number {
  const z = s * s
  const w = z * z
  return (
    w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373)) +
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  )
}

/** The natural logarithm. */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY))
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN
  const normal = x < 2 ** -1022 ? x * 2 ** 54 : x
  const below = halvings(normal)
  const k = normal === x ? below : below - 54
  const f = normal * powers[-below - SMALLEST]! - 1
  const square = 0.5 * f * f
  const s = f / (2 + f)
  return s * (square + beyondSquare(s)) + k * LN2_LOW - square + f + k * LN2_HIGH
}

/** ln(1 + x), exact where x is small. */
export function log1p(x: number): number {
  if (!(x > -1 && x < Number.POSITIVE_INFINITY))
    return x === -1 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN
  if (Math.abs(x) < 2 ** -53) return x
  let k = 0
  let f = x
  // What was lost in 1 + x.
  let c = 0
  if (x <= -0.2929 || x >= 0.4142) {
    const u = 1 + x
    k = halvings(u)
    c = (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u
    f = u * powers[-k - SMALLEST]! - 1
  }
  const square = 0.5 * f * f
  const s = f / (2 + f)
  return s * (square + beyondSquare(s)) + (k * LN2_LOW + c) - square + f + k * LN2_HIGH
}

/** ln(1 + x) - x, exact where x is small; off by at most 5 units in the last place. */
export function log1pLess(x: number): number {
  if (x <= -0.2929 || x >= 0.4142) return log1p(x) - x
  const square = 0.5 * x * x
  const s = x / (2 + x)
  return s * (square + beyondSquare(s)) - square
}

// ---- Powers -----------------------------------------------------------------------------------------------

/** The first 26 bits of a number (Veltkamp): the product of two such is exact. */
function top(x: number): number {
  const t = x * 134217729
  return t - (t - x)
}

/** 2 / (3 ln 2), and as two numbers. */
const CP = 0.9617966939259756
const CP_HIGH = 0.9617967009544373
const CP_LOW = -7.028461650952758e-9
/** log2(1.5), as two numbers. */
const LOG2_3_2_HIGH = 0.5849624872207642
const LOG2_3_2_LOW = 1.350039202129749e-8
const LN2 = Math.LN2
const LN2_TOP = 0.6931471824645996
const LN2_REST = -1.904654299957768e-9

/** x^y for x >= 0; `NaN` below. */
export function pow(x: number, y: number): number {
  if (y === 1) return x
  if (y === 2) return x * x
  if (y === -1) return 1 / x
  if (y === 0.5) return Math.sqrt(x)
  if (!(x > 0 && x < Number.POSITIVE_INFINITY && Math.abs(y) < 2 ** 63)) return unusualPower(x, y)
  if (x < 2 ** -1022) return powerBelow(x * 2 ** 54, y, -54)
  return powerBelow(x, y, 0)
}

/** (x 2^n)^y: as 2^(y log2 x), log2 x with 80 bits. */
function powerBelow(x: number, y: number, n: number): number {
  double[0] = x
  const word = words[HIGH]!
  const digits = word & 0xfffff
  // The mantissa over 1 or 1.5 lies between 0.87 and 1.16.
  const near1 = digits <= 0x3988e
  const near3_2 = !near1 && digits < 0xbb67a
  const exponent = (word >>> 20) - 0x3ff + (near1 || near3_2 ? 0 : 1)
  const base = near3_2 ? 1.5 : 1
  const m = x * powers[-exponent - SMALLEST]!
  // s = (m - base) / (m + base), and its first bits.
  const u = m - base
  const v = 1 / (m + base)
  const s = u * v
  const sHigh = top(s)
  let tHigh = top(m + base)
  let tLow = m - (tHigh - base)
  const sLow = v * (u - sHigh * tHigh - sHigh * tLow)
  const s2 = s * s
  const series =
    s2 *
      s2 *
      (0.5999999999999946 +
        s2 *
          (0.4285714285785502 +
            s2 *
              (0.33333332981837743 +
                s2 * (0.272728123808534 + s2 * (0.23066074577556175 + s2 * 0.20697501780033842))))) +
    sLow * (sHigh + s)
  const square = sHigh * sHigh
  tHigh = top(3 + square + series)
  tLow = series - (tHigh - 3 - square)
  const sum = sHigh * tHigh
  const rest = sLow * tHigh + tLow * s
  const pHigh = top(sum + rest)
  const pLow = rest - (pHigh - sum)
  const zHigh = CP_HIGH * pHigh
  const zLow = CP_LOW * pHigh + pLow * CP + (near3_2 ? LOG2_3_2_LOW : 0)
  const above = near3_2 ? LOG2_3_2_HIGH : 0
  const whole = exponent + n
  const logHigh = top(zHigh + zLow + above + whole)
  const logLow = zLow - (logHigh - whole - above - zHigh)
  // y log2 x, and what it is off by.
  const yHigh = top(y)
  const low = (y - yHigh) * logHigh + y * logLow
  const high = yHigh * logHigh
  const z = low + high
  if (z >= 1025) return Number.POSITIVE_INFINITY
  if (z < -1076) return 0
  const k = Math.floor(z + 0.5)
  const t = top(low + (high - k))
  const p = t * LN2_TOP
  const q = (low - (t - (high - k))) * LN2 + t * LN2_REST
  const r = p + q
  const w = q - (r - p)
  const c = remez(r, r * r)
  return scaled(1 - ((r * c) / (c - 2) - (w + r * w) - r), k)
}

/** Where one of the two is 0, infinite, negative or so large that only the side of 1 counts. */
function unusualPower(x: number, y: number): number {
  if (y === 0) return 1
  if (!(x >= 0) || Number.isNaN(y)) return Number.NaN
  if (x === 1) return 1
  return x < 1 === y > 0 ? 0 : Number.POSITIVE_INFINITY
}

// ---- Cosine -----------------------------------------------------------------------------------------------

const TURN = 2 * Math.PI
const TURN_HIGH = top(TURN)
/** What 2 pi is more than its first 26 bits. */
const TURN_LOW = TURN - TURN_HIGH + 2.4492935982947064e-16

/** The cosine of a part of a full turn: cos(2 pi turns). */
export function cosOfTurns(turns: number): number {
  // Even, with period 1: from 0 to 1/2; and there it is odd around 1/4.
  const share = Math.abs(turns) % 1
  const half = Math.min(share, 1 - share)
  const quarter = Math.min(half, 0.5 - half)
  const sign = half > 0.25 ? -1 : 1
  return quarter <= 0.125 ? sign * cosNear0(quarter) : sign * sinNear0(0.25 - quarter)
}

/** cos(2 pi turns), 0 <= turns <= 1/8. */
function cosNear0(turns: number): number {
  const high = top(turns) * TURN_HIGH
  const rest = top(turns) * TURN_LOW + (turns - top(turns)) * TURN
  const x = high + rest
  const y = high - x + rest
  const z = x * x
  const w = z * z
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 2.480158728947673e-5)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11))
  const half = 0.5 * z
  const most = 1 - half
  return most + (1 - most - half + (z * r - x * y))
}

/** sin(2 pi turns), 0 <= turns <= 1/8. */
function sinNear0(turns: number): number {
  const high = top(turns) * TURN_HIGH
  const rest = top(turns) * TURN_LOW + (turns - top(turns)) * TURN
  const x = high + rest
  const y = high - x + rest
  const z = x * x
  const w = z * z
  const r =
    0.00833333333332249 +
    z * (-0.0001984126982985795 + z * 2.7557313707070068e-6) +
    z * w * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)
  const v = z * x
  return x - (z * (0.5 * y - v * r) - y + v * 0.16666666666666632)
}
