import { describe, expect, test } from 'vitest'
import { play, problemsOf } from '../support/world.js'

const site = (
  profile: string,
  { arrive = 'constant(10/s)', lasts = '100s', warmup = '0s', faults = '' } = {},
) => `
lasts: ${lasts}
warmup: ${warmup}
users:
  web:
    to: app
    arrive: ${arrive}
    profile: ${profile}
components:
  app: { kind: service, service: 0s, servers: unlimited }
faults: [${faults}]
`

const times = (text: string, replication = 0) => play(text, replication).ended.map((r) => r.arrived)
/** Arrivals in (from, to], but for rounding. */
const between = (arrived: readonly number[], from: number, to: number) =>
  arrived.filter((t) => t > from + 1e-6 && t <= to + 1e-6).length

/**
 * The n-th arrival of a metronome comes when the integral of the rate has reached n: the profile changes the speed
 * of its clock.
 */
function expectIntegral(arrived: readonly number[], integral: (t: number) => number): void {
  arrived.forEach((time, i) => {
    expect(integral(time)).toBeCloseTo(i + 1, 6)
  })
}

describe('a profile on a metronome: arrivals at the integral of the rate, exactly', () => {
  test('steps: 100 % before the first, then each from its time on', () => {
    const arrived = times(site('{ 20s: 300%, 50s: 50%, 80s: 0% }'))
    expectIntegral(arrived, (t) =>
      t < 20 ? 10 * t : t < 50 ? 200 + 30 * (t - 20) : t < 80 ? 1100 + 5 * (t - 50) : 1250,
    )
    expect(arrived).toHaveLength(1250)
  })

  test('ramp: a straight line from one factor to the other', () => {
    const arrived = times(site('ramp(300%, at=20s, over=40s)'))
    expectIntegral(arrived, (t) => {
      const s = Math.min(Math.max(t - 20, 0), 40)
      return 10 * t + (10 * 2 * s ** 2) / 80 + (t > 60 ? 20 * (t - 60) : 0)
    })
    // 100 s at 10/s, and 400 + 800 more on the ramp and above.
    expect(arrived).toHaveLength(2200)
  })

  test('ramp down to nothing, and up from nothing', () => {
    const down = times(site('ramp(0%, at=20s, over=40s)'))
    // The integral reaches 400 at 60 s with slope 0: the last arrival comes there, or a rounding error keeps it off.
    expectIntegral(
      down,
      (t) => 10 * t - (t > 20 ? (10 * Math.min(t - 20, 40) ** 2) / 80 + 10 * Math.max(t - 60, 0) : 0),
    )
    expect(down.length === 399 || down.length === 400).toBe(true)
    const up = times(site('ramp(100%, at=20s, over=40s, from=0%)'))
    expectIntegral(up, (t) => (t < 20 ? 0 : (10 * Math.min(t - 20, 40) ** 2) / 80 + 10 * Math.max(t - 60, 0)))
    expect(up).toHaveLength(600)
  })

  test('spike: at once, and over at once', () => {
    const arrived = times(site('spike(400%, at=30s, for=10s)'))
    expect([between(arrived, 0, 30), between(arrived, 30, 40), between(arrived, 40, 100)]).toEqual([
      300, 400, 600,
    ])
  })

  test('daily: a sine between its factors, lowest at the start, the same every day, its mean half way', () => {
    const arrived = times(site('daily(50%, 150%)', { arrive: 'constant(1/min)', lasts: '2d' }))
    expect(arrived).toHaveLength(2 * 1440)
    const hour = (h: number) => between(arrived, h * 3600, (h + 1) * 3600)
    const sine = (h: number) => {
      const primitive = (x: number) =>
        60 * x - (60 * 0.5 * 24 * Math.sin((2 * Math.PI * x) / 24)) / (2 * Math.PI)
      return primitive(h + 1) - primitive(h)
    }
    for (let h = 0; h < 48; h++) expect(Math.abs(hour(h) - sine(h))).toBeLessThan(1.1)
    expect(hour(0)).toBeLessThan(32)
    expect(hour(12)).toBeGreaterThan(88)
  })
})

test('poisson under a profile is the inhomogeneous Poisson process: counts of mean and variance equal to the integral', () => {
  const counts: number[] = []
  for (let r = 0; r < 200; r++) {
    const arrived = times(site('ramp(400%, over=100s, from=0%)', { arrive: 'poisson(5/s)' }), r)
    // The factor is t / 25: from 50 s to 100 s its integral is 150.
    counts.push(between(arrived, 50, 100))
  }
  const mean = counts.reduce((a, b) => a + b) / 200
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 199
  expect(Math.abs(mean - 750)).toBeLessThan(4 * Math.sqrt(750 / 200))
  expect(Math.abs(variance / 750 - 1)).toBeLessThan(4 * Math.sqrt(2 / 200))
})

test('a profile begins with the measured span; before, its first factor holds', () => {
  const arrived = times(site('ramp(300%, at=0s, over=10s, from=50%)', { warmup: '20s' }))
  expect(between(arrived, 0, 20)).toBe(100)
  // From 5/s to 30/s in 10 s.
  expect(between(arrived, 20, 30)).toBe(175)
})

test('a surge multiplies what the profile says, while it lasts', () => {
  const surge = '{ kind: surge, target: web, factor: 2, at: 40s, for: 20s }'
  const arrived = times(site('{ 50s: 300% }', { faults: surge }))
  expect([0, 40, 50, 60].map((from, i) => between(arrived, from, [40, 50, 60, 100][i]!))).toEqual([
    400, 200, 600, 1200,
  ])
})

test('on a slope too', () => {
  const surge = '{ kind: surge, target: web, factor: 3, at: 40s, for: 20s }'
  const arrived = times(site('ramp(200%, over=100s)', { faults: surge }))
  const plain = (t: number) => 10 * t + (10 * t ** 2) / 200
  expectIntegral(arrived, (t) => plain(t) + 2 * (plain(Math.min(Math.max(t, 40), 60)) - plain(40)))
})

test('misuse is explained, with its place', () => {
  expect(problemsOf(site('ramp(over=10s)'))[0]).toMatch(
    /^8:5: users\.web\.profile: expected ramp\(to, at=0s, over=1min, from=100%\), not "ramp\(over=10s\)"/,
  )
  expect(problemsOf(site('spik(200%, 3s, 4s)'))[0]).toMatch(/there is no "spik"; did you mean "spike"\?/)
  expect(problemsOf(site('{ soon: 200% }'))[0]).toMatch(/users\.web\.profile: expected a duration/)
  expect(problemsOf(site('spike(200%, 3s, 4s)', { arrive: 'closed(users=3)' }))).toEqual([
    '8:5: users.web.profile: closed users have no rate that a profile could change',
  ])
})
