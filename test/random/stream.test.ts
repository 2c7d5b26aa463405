import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Stream } from '../../sim/random/stream.js'
import { chiSquareZ, correlationZ, draws, moments, spread } from '../support/statistics.js'

/** A standard normal beyond this is no chance (1 in 16,000, both sides). */
const Z = 4

/** Pairs and triples of what follows one another, in cells of the unit square and cube. */
function serial(values: ArrayLike<number>, dimensions: 2 | 3, cells: number): Float64Array {
  const counts = new Float64Array(cells ** dimensions)
  for (let i = 0; i + dimensions <= values.length; i += dimensions) {
    let cell = 0
    for (let k = 0; k < dimensions; k++) cell = cell * cells + Math.floor(values[i + k]! * cells)
    counts[cell]!++
  }
  return counts
}

/** All that numbers in a row must stand. */
function looksRandom(values: Float64Array): void {
  expect(Math.abs(chiSquareZ(spread(values, 1000)))).toBeLessThan(Z)
  // The low end of the 53 bits, and the middle.
  const low = draws(
    values.length,
    (
      (i) => () =>
        (values[i++]! * 2 ** 43) % 1
    )(0),
  )
  expect(Math.abs(chiSquareZ(spread(low, 1024)))).toBeLessThan(Z)
  const middle = draws(
    values.length,
    (
      (i) => () =>
        (values[i++]! * 2 ** 21) % 1
    )(0),
  )
  expect(Math.abs(chiSquareZ(spread(middle, 1024)))).toBeLessThan(Z)
  for (const lag of [1, 2, 3, 4, 7, 16, 64, 1000])
    expect(Math.abs(correlationZ(values.subarray(lag), values.subarray(0, -lag))), `lag ${lag}`).toBeLessThan(
      Z,
    )
  expect(Math.abs(chiSquareZ(serial(values, 2, 32)))).toBeLessThan(Z)
  expect(Math.abs(chiSquareZ(serial(values, 3, 10)))).toBeLessThan(Z)
}

describe('a sequence', () => {
  test('is uniform, and what follows does not depend on what went before', () => {
    for (const name of ['1/0/web/arrivals', '1/19/app/service']) {
      const stream = new Stream(name)
      looksRandom(draws(500_000, () => stream.next()))
    }
  })

  test('runs up and down have the length of independent numbers', () => {
    const stream = new Stream('1/0/test/runs')
    const values = draws(1_000_000, () => stream.next())
    let runs = 1
    for (let i = 2; i < values.length; i++)
      if (values[i]! > values[i - 1]! !== values[i - 1]! > values[i - 2]!) runs++
    const n = values.length
    // Levene 1952: mean (2n - 1) / 3, variance (16n - 29) / 90.
    expect(Math.abs(runs - (2 * n - 1) / 3) / Math.sqrt((16 * n - 29) / 90)).toBeLessThan(Z)
  })

  test('has 53 bits, from 0 to below 1', () => {
    const stream = new Stream('1/0/test/bits')
    let wrong = 0
    let odd = 0
    let most = 0
    for (let i = 0; i < 100_000; i++) {
      const u = stream.next()
      if (!(u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))) wrong++
      if ((u * 2 ** 53) % 2 === 1) odd++
      most = Math.max(most, u)
    }
    expect(wrong).toBe(0)
    expect(Math.abs(odd - 50_000) / Math.sqrt(25_000)).toBeLessThan(Z)
    expect(most).toBeGreaterThan(1 - 2e-4)
  })

  test('below(n): every whole number below n alike, and no other', () => {
    const stream = new Stream('1/0/test/below')
    const counts = new Float64Array(7)
    for (let i = 0; i < 700_000; i++) counts[stream.below(7)]!++
    expect(Math.abs(chiSquareZ(counts))).toBeLessThan(Z)
    expect(counts.reduce((a, b) => a + b)).toBe(700_000)
  })
})

describe('names', () => {
  const names = (make: (i: number) => string) => Array.from({ length: 20_000 }, (_, i) => new Stream(make(i)))

  test.each([
    ['of replications', (i: number) => `1/${i}/web/arrivals`],
    ['of seeds', (i: number) => `${i}/0/web/arrivals`],
    ['of roles', (i: number) => `1/0/app-${i}/service`],
    ['of purposes', (i: number) => `1/0/app/service-${i}`],
  ])('first and second numbers of 20,000 streams, by names %s: uniform, and independent', (_, make) => {
    const streams = names(make)
    const firsts = draws(
      streams.length,
      (
        (i) => () =>
          streams[i++]!.next()
      )(0),
    )
    const seconds = draws(
      streams.length,
      (
        (i) => () =>
          streams[i++]!.next()
      )(0),
    )
    expect(new Set(firsts).size).toBe(streams.length)
    expect(Math.abs(chiSquareZ(spread(firsts, 200)))).toBeLessThan(Z)
    expect(Math.abs(chiSquareZ(spread(seconds, 200)))).toBeLessThan(Z)
    expect(Math.abs(correlationZ(firsts, seconds))).toBeLessThan(Z)
    for (const lag of [1, 2, 10, 100])
      expect(Math.abs(correlationZ(firsts.subarray(lag), firsts.subarray(0, -lag)))).toBeLessThan(Z)
  })

  test('first numbers for one key, by names: uniform, and independent', () => {
    const streams = names((i) => `1/${i}/app/service`)
    for (const key of [0, 1, 12345, 7 * 2 ** 32]) {
      const values = draws(
        streams.length,
        (
          (i) => () =>
            streams[i++]!.at(key, 0).next()
        )(0),
      )
      expect(Math.abs(chiSquareZ(spread(values, 200)))).toBeLessThan(Z)
      expect(Math.abs(correlationZ(values.subarray(1), values.subarray(0, -1)))).toBeLessThan(Z)
    }
  })

  test('the streams of two names do not run alike, as sequences or by key', () => {
    const pairs = [
      ['1/0/app/service', '1/1/app/service'],
      ['1/0/app/service', '1/0/app/after'],
      ['1/0/app/service', '1/0/mysql/service'],
      ['1/10/a', '11/0/a'],
    ] as const
    for (const [a, b] of pairs) {
      const [x, y] = [new Stream(a), new Stream(b)]
      const n = 200_000
      expect(
        Math.abs(
          correlationZ(
            draws(n, () => x.next()),
            draws(n, () => y.next()),
          ),
        ),
      ).toBeLessThan(Z)
      let [i, k] = [0, 0]
      expect(
        Math.abs(
          correlationZ(
            draws(n, () => x.at(i++, 0).next()),
            draws(n, () => y.at(k++, 0).next()),
          ),
        ),
      ).toBeLessThan(Z)
    }
  })
})

describe('thousands of streams together', () => {
  test('interleaved as a run draws from them, by visitor, stream and try, they are one random sequence', () => {
    const streams = Array.from({ length: 3000 }, (_, i) => new Stream(`1/${i % 20}/app-${i}/service`))
    const values = new Float64Array(600_000)
    let n = 0
    for (let visitor = 0; n < values.length; visitor++)
      for (const stream of streams)
        for (let attempt = 0; attempt < 2; attempt++) values[n++] = stream.at(visitor, attempt).next()
    looksRandom(values)
  })

  test.each([
    ['as sequences', (stream: Stream) => () => stream.next()],
    [
      'by visitor',
      (stream: Stream, i = 0) =>
        () =>
          stream.at(i++, 0).next(),
    ],
  ])('no two of 400 run alike, %s: the correlations of all pairs', (_, drawing) => {
    const [STREAMS, N] = [400, 1000]
    const columns = Array.from({ length: STREAMS }, (_, i) => {
      const values = draws(N, drawing(new Stream(`7/${i % 20}/role-${i}/service`)))
      const { mean, m2 } = moments(values)
      return values.map((x) => (x - mean) / Math.sqrt(m2))
    })
    let [pairs, squares, most] = [0, 0, 0]
    for (let a = 0; a < STREAMS; a++)
      for (let b = 0; b < a; b++) {
        let product = 0
        for (let i = 0; i < N; i++) product += columns[a]![i]! * columns[b]![i]!
        const z = product / Math.sqrt(N)
        pairs++
        squares += z * z
        most = Math.max(most, Math.abs(z))
      }
    // Uncorrelated columns: z is normal with variance N / (N - 1), so the mean of the squares has sd sqrt(2 / pairs).
    expect(Math.abs(squares / pairs - N / (N - 1)) / Math.sqrt(2 / pairs)).toBeLessThan(Z)
    // The largest of 79,800 is beyond this once in 1000.
    expect(most).toBeLessThan(5.7)
  })
})

describe('keys', () => {
  const stream = new Stream('1/0/app/service')

  test.each([
    ['of consecutive visitors', (i: number) => i, () => 0, () => 0],
    ['of consecutive visitors of another family', (i: number) => i, () => 0, () => 123_456],
    ['of the first visitors of consecutive families', () => 0, () => 0, (i: number) => i],
    ['of every 64th visitor', (i: number) => i * 64, () => 0, () => 0],
    ['of the tries of one visitor', () => 17, (i: number) => i, () => 0],
    ['of the first tries of visitors, with room for 64 steps', () => 17, (i: number) => i * 64, () => 0],
    ['of visitors and their tries in step', (i: number) => i, (i: number) => i, () => 0],
    ['of visitors and their families in step', (i: number) => i, () => 0, (i: number) => i],
  ])('first numbers %s are uniform and independent', (_, key, attempt, family) => {
    let i = 0
    looksRandom(
      draws(300_000, () => {
        const value = stream.at(key(i), attempt(i), family(i)).next()
        i++
        return value
      }),
    )
  })

  test('the first numbers of a million visitors and tries are all different', () => {
    const seen = new Set<number>()
    for (let key = 0; key < 250_000; key++)
      for (let attempt = 0; attempt < 4; attempt++) seen.add(stream.at(key, attempt, 5).next())
    expect(seen.size).toBe(1_000_000)
  })

  test('several numbers for one key do not depend on one another, nor on those of the next try', () => {
    const n = 300_000
    const columns = Array.from({ length: 6 }, () => new Float64Array(n))
    for (let key = 0; key < n; key++) {
      for (const [attempt, from] of [
        [0, 0],
        [1, 3],
      ] as const) {
        stream.at(key, attempt)
        for (let k = 0; k < 3; k++) columns[from + k]![key] = stream.next()
      }
    }
    for (let a = 0; a < 6; a++)
      for (let b = a + 1; b < 6; b++) {
        expect(Math.abs(correlationZ(columns[a]!, columns[b]!)), `${a}, ${b}`).toBeLessThan(Z)
        const pairs = new Float64Array(2 * n)
        for (let i = 0; i < n; i++) {
          pairs[2 * i] = columns[a]![i]!
          pairs[2 * i + 1] = columns[b]![i]!
        }
        expect(Math.abs(chiSquareZ(serial(pairs, 2, 24))), `${a}, ${b}`).toBeLessThan(Z)
      }
  })

  test('each bit of key, try and family changes everything: no correlation with the number one bit away', () => {
    const n = 40_000
    const source = new Stream('1/0/test/keys')
    const keys = draws(n, () => source.below(2 ** 32))
    const plain = draws(
      n,
      (
        (i) => () =>
          stream.at(keys[i++]!, 3).next()
      )(0),
    )
    for (let bit = 0; bit < 32; bit++) {
      const flipped = draws(
        n,
        ((i) => () => {
          const key = keys[i++]!
          const set = Math.floor(key / 2 ** bit) % 2 === 1
          return stream.at(set ? key - 2 ** bit : key + 2 ** bit, 3).next()
        })(0),
      )
      expect(Math.abs(correlationZ(plain, flipped)), `bit ${bit} of the key`).toBeLessThan(Z)
    }
    for (let bit = 0; bit < 16; bit++) {
      const flipped = draws(
        n,
        (
          (i) => () =>
            stream.at(keys[i++]!, 3 ^ (1 << bit)).next()
        )(0),
      )
      expect(Math.abs(correlationZ(plain, flipped)), `bit ${bit} of the try`).toBeLessThan(Z)
    }
    for (let bit = 0; bit < 20; bit++) {
      const flipped = draws(
        n,
        (
          (i) => () =>
            stream.at(keys[i++]!, 3, 1 << bit).next()
        )(0),
      )
      expect(Math.abs(correlationZ(plain, flipped)), `bit ${bit} of the family`).toBeLessThan(Z)
    }
  })

  test('a visitor gets the same numbers whatever was drawn before, and from whichever stream of that name', () => {
    const place = fc.record({
      key: fc.nat(2 ** 32 - 1),
      attempt: fc.nat(200),
      family: fc.nat(2 ** 20 - 1),
      count: fc.integer({ min: 1, max: 5 }),
    })
    type Place = { key: number; attempt: number; family: number; count: number }
    const take = (from: Stream, { key, attempt, family, count }: Place) => {
      from.at(key, attempt, family)
      return Array.from({ length: count }, () => from.next())
    }
    fc.assert(
      fc.property(fc.array(place, { maxLength: 20 }), place, fc.nat(10), (before, asked, drawn) => {
        const stirred = new Stream('1/0/app/service')
        for (let i = 0; i < drawn; i++) stirred.next()
        for (const other of before) take(stirred, other)
        expect(take(stirred, asked)).toEqual(take(new Stream('1/0/app/service'), asked))
      }),
    )
  })
})
