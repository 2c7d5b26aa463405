import { describe, expect, test } from 'vitest'
import { recordOf, replicate } from '../../sim/experiments/replicate.js'
import { Model } from '../../sim/model/model.js'
import { Session } from '../../sim/model/session.js'
import { Outcome } from '../../sim/parts/outcome.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Ended, play, tally, world } from '../support/world.js'

/** Visitors who load pages from 50 ms away: a round trip takes 100 ms, and nothing else takes time. */
const site = (page: string, users = '', more = '', nginx = '') => `
lasts: 10s
warmup: 0s
users: { u: { arrive: constant(1/s), to: n, page: { ${page} }, ${users} } }
components: { n: { kind: nginx, service: 0s, ${nginx} } }
wires: { u -> n: { latency: 50ms } }
${more}`

const pagesOf = ({ users }: Model) => users[0]!.pages!.account

/** How long all pages took, seconds; the same for all. */
function loadTime(text: string): number {
  const { model } = play(text)
  const { latency, latencySum, outcomes } = pagesOf(model)
  expect(outcomes[Outcome.ok]).toBeGreaterThan(5)
  expect(latency.max).toBeCloseTo(latencySum / latency.count, 9)
  return +latency.max.toFixed(9)
}

/** When the requests of the first page were asked for and answered, seconds from when he meant to ask. */
function firstPage(ended: readonly Ended[], assets: number): [number, number][] {
  const from = Math.min(...ended.map(({ arrived }) => arrived))
  const first = ended.filter((one) => one.arrived < 2 * from - 1e-9)
  expect(first).toHaveLength(1 + assets)
  return first.map((one) => [+(one.arrived - from).toFixed(6), +(one.ended - from).toFixed(6)])
}

describe('HTTP/1.1: the page after two round trips, then its assets over six connections', () => {
  /*
   * At 0.2 s the page is there. Its own connection brings an asset at 0.3, 0.4, ... s; the five others open first, and
   * bring one each at 0.4, 0.5, ... s: in all 1, 7, 13, 19, ...
   */
  test.each([
    [1, 0.3],
    [2, 0.4],
    [6, 0.4],
    [7, 0.4],
    [8, 0.5],
    [13, 0.5],
    [14, 0.6],
    [30, 0.8],
    [31, 0.8],
    [32, 0.9],
  ])('%i assets: %d s', (assets, seconds) => {
    expect(loadTime(site(`assets: ${assets}`))).toBe(seconds)
  })

  test('as many connections as they say: one brings an asset each round trip, a hundred all at once', () => {
    expect(loadTime(site('assets: 30, connections: 1'))).toBe(3.2)
    // One at 0.3, then two each.
    expect(loadTime(site('assets: 30, connections: 2'))).toBe(1.8)
    expect(loadTime(site('assets: 30, connections: 100'))).toBe(0.4)
  })

  test('each asset is asked for when a connection is free for it, and its latency counts from then', () => {
    const { ended } = play(site('assets: 8'))
    expect(firstPage(ended, 8)).toEqual([
      [0, 0.2],
      [0.2, 0.3],
      ...new Array(5).fill([0.2, 0.4]),
      [0.3, 0.4],
      [0.4, 0.5],
    ])
  })

  test('each connection with TLS 1.3 costs one more round trip, with 1.2 two, and the page its own', () => {
    // At 0.3 s the page; its own connection brings assets from 0.4 s on, the others from 0.6 s on, whose handshakes wait
    // for one another at the one worker.
    const [tls13, tls12] = [1.859e-3, 1.785e-3]
    expect(loadTime(site('assets: 1', '', '', 'tls: {}'))).toBeCloseTo(0.4 + tls13, 9)
    expect(loadTime(site('assets: 8', '', '', 'tls: {}'))).toBeCloseTo(0.6 + 6 * tls13, 9)
    expect(loadTime(site('assets: 9', '', '', 'tls: { version: 1.2 }'))).toBeCloseTo(0.8 + 6 * tls12, 9)
  })

  test('a server that closes after each answer has one opened for each asset', () => {
    const proxied = (haproxy: string) =>
      site('assets: 12').replace(
        '{ kind: nginx, service: 0s,  }',
        `{ kind: haproxy, service: 0s, servers: [s], ${haproxy} }, s: { kind: service, service: 0s }`,
      )
    expect(loadTime(proxied(''))).toBe(0.5)
    // Two rounds of two round trips.
    expect(loadTime(proxied('option_httpclose: on'))).toBe(0.6)
    expect(loadTime(proxied('option_httpclose: on, maxconn: 1000'))).toBe(0.6)
    // It would be closed before anything could be there.
    expect(loadTime(proxied('timeout_http_keep_alive: 90ms'))).toBe(0.6)
    expect(loadTime(proxied('timeout_http_keep_alive: 110ms'))).toBe(0.5)
  })

  test('kept connections of earlier pages are used for the next', () => {
    // Of the second page, and of each later one, all six are there: the page at 0.1 s, six assets a round trip.
    const { model } = play(
      site('assets: 12', 'keepalive: 1h, requests_per_connection: unlimited').replace('1/s', '0.5/s'),
    )
    expect(pagesOf(model).latencySum).toBeCloseTo(0.5 + 0.3 * (pagesOf(model).answered - 1), 9)
  })
})

describe('HTTP/2: all assets at once on the connection of the page', () => {
  test.each([
    [1, 0.3],
    [30, 0.3],
    [100, 0.3],
    [101, 0.4],
    [250, 0.5],
  ])('%i assets: %d s, a hundred at a time', (assets, seconds) => {
    expect(loadTime(site(`assets: ${assets}, http: 2`))).toBe(seconds)
  })

  test('TLS is paid for once', () => {
    expect(loadTime(site('assets: 30, http: 2', '', '', 'tls: {}'))).toBeCloseTo(0.4 + 1.859e-3, 9)
    expect(loadTime(site('assets: 30, http: 2', '', '', 'tls: { version: 1.2 }'))).toBeCloseTo(
      0.5 + 1.785e-3,
      9,
    )
  })

  test('without a connection that stays each has its own', () => {
    const text = site('assets: 30, http: 2').replace(
      '{ kind: nginx, service: 0s,  }',
      '{ kind: haproxy, option_httpclose: on, service: 0s, servers: [s] }, s: { kind: service, service: 0s }',
    )
    expect(loadTime(text)).toBe(0.4)
  })

  test('a visitor whose connection is kept has the next page in a round trip less', () => {
    const { model } = play(site('assets: 12, http: 2', 'keepalive: 1h, requests_per_connection: unlimited'))
    expect(pagesOf(model).latencySum).toBeCloseTo(0.3 + 0.2 * (pagesOf(model).answered - 1), 9)
  })
})

describe('what is counted', () => {
  test('each asset is a request of its class, and each page one of the pages', () => {
    const { all, classes, users, pages } = replicate(
      parseScenario(site('assets: 4, class: image'), 't.yaml'),
      0,
    )
    expect([all.offered, ...classes.map(({ offered }) => offered)]).toEqual([46, 10, 36])
    expect(users.u!.offered).toBe(46)
    // The tenth page begins at the end of the span, and is waited for; its assets are asked for later.
    expect(pages!.u).toMatchObject({ offered: 10, answered: 9, underWay: 0 })
    expect(pages!.u!.outcomes[Outcome.ok]).toBe(10)
    expect(pages!.u!.latencySum).toBeCloseTo(10 * 0.4, 9)
  })

  test('a class of the mix may be that of the assets', () => {
    const { all, classes } = replicate(
      parseScenario(site('assets: 3, class: read', 'mix: { read: 100% }'), 't.yaml'),
      0,
    )
    expect([all.offered, ...classes.map(({ offered }) => offered)]).toEqual([37, 37])
  })

  test('without page: there is no record of any', () => {
    expect(
      replicate(parseScenario(site('assets: 3').replace('page: { assets: 3 },', ''), 't.yaml'), 0),
    ).not.toHaveProperty('pages')
  })

  test('a page that began in the warm-up does not count, its assets in the span do', () => {
    const text = site('assets: 1').replace('warmup: 0s', 'warmup: 2.1s')
    const { pages, classes } = replicate(parseScenario(text, 't.yaml'), 0)
    // The one of 2 s began before, and asked for its asset at 2.2 s; the one of 12 s, after the end, at 12.2 s.
    expect(pages!.u!.offered).toBe(10)
    expect(classes.map(({ offered }) => offered)).toEqual([10, 10])
  })

  test('a session that is looked at in the middle of a page knows that it is under way', () => {
    const session = new Session(new Model(parseScenario(site('assets: 8'), 't.yaml'), 0))
    session.advance(1.35)
    expect(recordOf(session)).toMatchObject({
      all: { offered: 8, underWay: 6 },
      pages: { u: { offered: 1, underWay: 1 } },
    })
    session.advance(1.55)
    expect(recordOf(session).pages!.u).toMatchObject({ offered: 1, underWay: 0, answered: 1 })
  })
})

describe('what fails', () => {
  const failing = (page: string, users: string, errors: string) => {
    const { model, ended } = play(
      site(page, users, `faults: [{ kind: errors, target: n, at: 0s, ${errors} }]`),
    )
    return { pages: pagesOf(model), ended, model }
  }

  test('a page that fails has no assets, and ends as it did', () => {
    const { pages, ended } = failing('assets: 4', '', 'share: 100%, class: request')
    expect(tally(ended)).toEqual({ 500: 9 })
    expect([pages.offered, pages.outcomes[Outcome.internalError]]).toEqual([10, 9])
    expect(pages.failures.get(Outcome.internalError)!.sum).toBeCloseTo(9 * 0.2, 9)
  })

  test('a page whose assets fail is incomplete, ends with the last of them, and each has a new connection', () => {
    const { pages, ended } = failing('assets: 8', '', 'share: 100%, class: static')
    expect(tally(ended)).toEqual({ ok: 9, 500: 72 })
    expect(pages.answered).toBe(0)
    expect(pages.outcomes[Outcome.internalError]).toBe(9)
    // At 0.2 s the page; 0.3 s the first; 0.4 s five others; two round trips later the seventh, at 0.6 s the eighth.
    expect(pages.failures.get(Outcome.internalError)!.sum).toBeCloseTo(9 * 0.6, 9)
    expect(firstPage(ended, 8).at(-1)).toEqual([0.4, 0.6])
  })

  test('with HTTP/2 an error costs no connection: the next assets come on it', () => {
    const { pages } = failing('assets: 101, http: 2', '', 'share: 100%, class: static')
    expect(pages.failures.get(Outcome.internalError)!.sum).toBeCloseTo(9 * 0.4, 9)
  })

  test.each(['1.1', '2'])('what is tried again has a new connection: HTTP/%s', (http) => {
    const text = site(`assets: 1, http: ${http}`, 'retries: 1, backoff: 10ms')
    const { model, ended } = world(
      `${text}faults: [{ kind: errors, target: n, at: 0s, for: 1.29s, share: 100%, class: static }]`,
    )
    model.run()
    const [first] = ended.filter(({ tries }) => tries > 0)
    expect([first!.tries, first!.outcome]).toEqual([1, 'ok'])
    // At 1.3 s the error, which left at 1.25 s; a pause of 10 ms, and two round trips.
    expect(first!.ended).toBeCloseTo(1.51, 9)
    expect(pagesOf(model).latency.max).toBeCloseTo(0.51, 9)
    expect(pagesOf(model).outcomes[Outcome.ok]).toBe(9)
  })

  test('an asset that takes too long is given up, and the next has a new connection', () => {
    const nginx = 'upstream: [s], static: home'
    const slow = 'components: { s: { kind: service, servers: unlimited, service: 20s },'
    const { model, ended } = play(
      site('assets: 3, connections: 1', 'timeout: 500ms, mix: { home: 100% }', '', nginx)
        .replace('components: {', slow)
        .replace('1/s', '0.25/s'),
    )
    expect(firstPage(ended, 3)).toEqual([
      [0, 0.2],
      [0.2, 0.7],
      [0.7, 1.2],
      [1.2, 1.7],
    ])
    expect(pagesOf(model).outcomes[Outcome.timeout]).toBe(2)
  })

  test('the site dies while assets are under way: they are reset, and the page is incomplete', () => {
    for (const http of ['1.1', '2']) {
      const crash = 'faults: [{ kind: crash, target: n, at: 1.28s, for: 500ms }]'
      const text = site(`assets: 8, http: ${http}`, '', crash).replace('service: 0s', 'service: 20ms')
      const { model, ended } = play(text)
      const first = tally(ended.filter(({ arrived }) => arrived < 2))
      // At 1.22 s the page. HTTP/2: all are inside at 1.28 s; else one is, and the SYNs of the others are refused.
      expect(first).toEqual(http === '2' ? { ok: 1, reset: 8 } : { ok: 1, reset: 1, refused: 7 })
      expect(pagesOf(model).outcomes[Outcome.reset]).toBe(1)
      expect(pagesOf(model).outcomes[Outcome.ok]).toBe(8)
      expect(model.context.requests.inUse).toBe(1)
    }
  })
})

test('after the span a page is waited for as long as all of it may take', () => {
  const text = `
lasts: 5.5s
warmup: 0s
users: { u: { arrive: constant(0.2/s), to: n, timeout: 50s, mix: { home: 100% }, page: { assets: 3, connections: 1 } } }
components:
  n: { kind: nginx, service: 0s, static: home, upstream: [s] }
  s: { kind: service, servers: unlimited, service: 1000s }`
  // Three assets, each given up after 50 s: longer than any timeout.
  expect(replicate(parseScenario(text, 't.yaml'), 0).pages!.u).toMatchObject({ offered: 1, underWay: 0 })
})

test('a connection that could not be made is not kept', () => {
  const { ended } = play(`
lasts: 500s
warmup: 0s
users: { u: { arrive: constant(0.25/min), to: n, keepalive: 1h, requests_per_connection: unlimited } }
components: { n: { kind: nginx, service: 0s } }
wires: { u -> n: { latency: 50ms } }
faults: [{ kind: partition, target: u -> n, at: 239s, for: 131s }]`)
  expect(ended.map(({ outcome, arrived, ended }) => [outcome, +(ended - arrived).toFixed(6)])).toEqual([
    ['connect_timeout', 127],
    ['ok', 0.2],
  ])
})

describe('closed users', () => {
  test('think when the page is loaded, and are remembered', () => {
    const { model } = play(
      site('assets: 7')
        .replace('constant(1/s)', '"closed(users=3, think=600ms)"')
        .replace('lasts: 10s', 'lasts: 30s'),
    )
    // 0.4 s a page and 0.6 s of thought: three pages a second.
    const { offered, latency } = pagesOf(model)
    expect(latency.max).toBeCloseTo(0.4, 9)
    expect(offered).toBeGreaterThanOrEqual(89)
    expect(offered).toBeLessThanOrEqual(90)
  })

  test('of a site that takes no time at all ask on, a thousand assets at one instant', () => {
    const { model } = play(`
lasts: 100ms
warmup: 0s
users: { u: { arrive: "closed(users=2, think=0s)", to: n, page: { assets: 1000, connections: 1 } } }
components: { n: { kind: nginx, service: 0s } }`)
    const { offered, latency } = pagesOf(model)
    expect(offered).toBeGreaterThan(190)
    expect(latency.max).toBe(0)
  })
})

describe('numbers', () => {
  const drawn = (page: string, to = 's') =>
    play(`
lasts: 20s
warmup: 0s
users: { u: { arrive: poisson(5/s), to: ${to}${page}, mix: { a: 50%, b: 50% } } }
components:
  s: { kind: service, servers: unlimited, service: exponential(20ms) }
  fw: { kind: firewall, to: s }`)
  const visits = (ended: readonly Ended[]) =>
    new Map(
      ended.map(({ users, key, arrived, ended }) => [
        `${users} ${key} ${arrived.toFixed(9)}`,
        (ended - arrived).toFixed(9),
      ]),
    )

  test('of a page are those of the same visit without assets', () => {
    const [with_, without] = [drawn(', page: { assets: 5 }'), drawn('')].map(({ ended }) => visits(ended))
    let same = 0
    for (const [visit, took] of without!) if (with_!.get(visit) === took) same++
    expect(same).toBeGreaterThan(without!.size - 3)
  })

  test('of its assets differ from one to the next, and are the same under every architecture', () => {
    const { ended } = drawn(', page: { assets: 5, http: 2 }')
    const took = ended.map((one) => (one.ended - one.arrived).toFixed(12))
    expect(new Set(took).size).toBe(took.length)
    const other = drawn(', page: { assets: 5, http: 2 }', 'fw').ended
    const sorted = (all: readonly Ended[]) =>
      all.map((one) => `${one.key} ${(one.ended - one.arrived).toFixed(9)}`).sort()
    expect(sorted(other)).toEqual(sorted(ended))
  })

  test('the same seed gives the same record', () => {
    const record = () =>
      replicate(
        parseScenario(
          site('assets: 9', 'retries: 2', 'faults: [{ kind: errors, target: n, share: 20%, at: 0s }]'),
          't.yaml',
        ),
        0,
      )
    expect(record()).toEqual(record())
  })
})
