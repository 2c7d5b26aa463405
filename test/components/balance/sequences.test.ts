import { describe, expect, test } from 'vitest'
import { algorithms, type Balance } from '../../../sim/components/balance/algorithms.js'
import { type Algorithm, Server } from '../../../sim/components/balance/server.js'
import { Request } from '../../../sim/parts/request.js'
import { Stream } from '../../../sim/random/stream.js'

/** Servers a, b, c, ... under an algorithm, as a fresh HAProxy process has them. */
class Backend {
  readonly servers: Server[]
  readonly algorithm: Algorithm
  private asked = 0

  constructor(balance: Balance, weights: readonly number[], maxconns: readonly number[] = [], draws = 2) {
    this.servers = weights.map((weight, i) => new Server(i, weight, maxconns[i]))
    for (const server of this.servers) server.usable = true
    this.algorithm = algorithms[balance](this.servers, draws, new Stream('test'), {
      keyOf: ({ key }) => key,
      consistent: false,
    })
  }

  /** One request after the other, each answered before the next. */
  one(n: number): string {
    return this.send(n, false)
  }

  /** Requests that stay. `-` where no server takes it. */
  held(n: number): string {
    return this.send(n, true)
  }

  down(place: number): void {
    this.servers[place]!.usable = false
    this.algorithm.down(this.servers[place]!)
  }

  /** `set weight` of HAProxy's socket. */
  weigh(place: number, weight: number): void {
    this.servers[place]!.share = 16 * weight
    this.algorithm.weighed(this.servers[place]!)
  }

  up(place: number): void {
    this.servers[place]!.usable = true
    this.algorithm.up(this.servers[place]!)
  }

  /** `dead` refuses at once; redispatch finds another server. The servers tried, by request. */
  redispatch(n: number, dead: number): string[] {
    return Array.from({ length: n }, () => {
      let tried = ''
      let avoid: Server | null = null
      do {
        const server: Server = this.algorithm.pick(this.visitor(), 0, avoid)!
        tried += 'abcdef'[server.place]
        avoid = server
      } while (avoid.place === dead)
      return tried
    })
  }

  private visitor(): Request {
    const request = new Request()
    request.identify(this.asked++, 0, false)
    return request
  }

  private send(n: number, stays: boolean): string {
    let sequence = ''
    for (let i = 0; i < n; i++) {
      const server = this.algorithm.pick(this.visitor(), 0, null)
      sequence += server === null ? '-' : 'abcdef'[server.place]
      if (server === null) continue
      server.served++
      this.algorithm.loaded(server)
      if (stays) continue
      server.served--
      this.algorithm.loaded(server)
    }
    return sequence
  }
}

const repeated = (cycle: string, n: number) => cycle.repeat(Math.ceil(n / cycle.length)).slice(0, n)

describe('dispatch sequences measured on HAProxy 2.6.12, fresh process', () => {
  test.each<[Balance, number[], string]>([
    ['roundrobin', [1, 1], 'ab'],
    ['roundrobin', [1, 1, 1], 'abc'],
    ['roundrobin', [2, 1, 1], 'abac'],
    ['roundrobin', [5, 1, 1], 'aaabaac'],
    ['roundrobin', [3, 2, 1], 'abacab'],
    ['roundrobin', [10, 20, 30], 'cbcacb'],
    ['roundrobin', [1, 2], 'bba'],
    ['roundrobin', [3, 1], 'aaab'],
    ['static-rr', [1, 1], 'ab'],
    ['static-rr', [1, 1, 1], 'abc'],
    ['static-rr', [2, 1, 1], 'aabc'],
    ['static-rr', [5, 1, 1], 'aaabaac'],
    ['static-rr', [3, 2, 1], 'aababc'],
    ['static-rr', [10, 20, 30], 'acbcbc'],
    ['static-rr', [1, 2], 'abb'],
    ['static-rr', [3, 1], 'aaab'],
    ['leastconn', [1, 1], 'ab'],
    ['leastconn', [1, 1, 1], 'abc'],
    ['leastconn', [3, 1], 'ab'],
    ['first', [1, 1], 'a'],
    ['first', [1, 1, 1], 'a'],
    ['first', [3, 1], 'a'],
  ])('%s %j repeats %s', (balance, weights, cycle) => {
    expect(new Backend(balance, weights).one(40)).toBe(repeated(cycle, 40))
  })

  test.each<[Balance, number[], string]>([
    ['leastconn', [1, 1], 'abababababababababab'],
    ['roundrobin', [1, 1], 'abababababababababab'],
    ['leastconn', [1, 1, 1], 'abcabcabcabcabcabcab'],
    ['roundrobin', [1, 1, 1], 'abcabcabcabcabcabcab'],
    ['leastconn', [3, 1], 'abaaaabaaabaaabaaaba'],
    ['roundrobin', [3, 1], 'aaabaaabaaabaaabaaab'],
    ['leastconn', [3, 2, 1], 'abcabaabacba'],
  ])('%s %j with requests that stay: %s', (balance, weights, sequence) => {
    expect(new Backend(balance, weights).held(sequence.length)).toBe(sequence)
  })
})

describe('servers that come and go, measured on HAProxy 2.6.12', () => {
  test('roundrobin: out of abc, b leaves and returns', () => {
    const backend = new Backend('roundrobin', [1, 1, 1])
    expect(backend.one(7)).toBe('abcabca')
    backend.down(1)
    expect(backend.one(8)).toBe('cacacaca')
    backend.up(1)
    expect(backend.one(12)).toBe('cabcabcabcab')
  })

  test('roundrobin: in mid-round a becomes three times as heavy', () => {
    const backend = new Backend('roundrobin', [1, 1, 1])
    expect(backend.one(4)).toBe('abca')
    backend.weigh(0, 3)
    expect(backend.one(15)).toBe('bacaabacaabacaa')
  })

  test('roundrobin: of 60 after b has come down to half its weight it gets 20', () => {
    const backend = new Backend('roundrobin', [100, 100])
    backend.one(7)
    backend.weigh(1, 50)
    expect([...backend.one(60)].filter((one) => one === 'b')).toHaveLength(20)
  })

  test('static-rr: a weight that changes changes nothing', () => {
    const backend = new Backend('static-rr', [1, 1])
    backend.weigh(0, 3)
    expect(backend.one(6)).toBe('ababab')
  })

  test('static-rr: the place in the map is kept', () => {
    const backend = new Backend('static-rr', [1, 1, 1])
    expect(backend.one(7)).toBe('abcabca')
    backend.down(1)
    expect(backend.one(8)).toBe('cacacaca')
    backend.up(1)
    expect(backend.one(12)).toBe('bcabcabcabca')
  })

  test.each<Balance>(['roundrobin', 'static-rr', 'leastconn', 'first', 'random'])(
    '%s: nobody is chosen while all are down, and all work goes on when they return',
    (balance) => {
      const backend = new Backend(balance, [2, 1])
      backend.one(2)
      backend.down(0)
      expect(backend.one(4)).toBe('bbbb')
      backend.down(1)
      expect(backend.one(3)).toBe('---')
      backend.up(0)
      expect(backend.one(3)).toBe('aaa')
      backend.up(1)
      if (balance !== 'first') expect(backend.one(60)).toContain('b')
    },
  )
})

describe('limits', () => {
  test('roundrobin passes over a full server: a b c b c b c b c (measured)', () => {
    expect(new Backend('roundrobin', [1, 1, 1], [1]).held(9)).toBe('abcbcbcbc')
  })

  test('first fills one server after the other, then takes nobody (measured: 3 x maxconn 2, 8 held)', () => {
    expect(new Backend('first', [1, 1, 1], [2, 2, 2]).held(8)).toBe('aabbcc--')
  })

  test.each<Balance>(['roundrobin', 'static-rr', 'leastconn'])(
    '%s fills every slot before it takes nobody',
    (balance) => {
      const sequence = new Backend(balance, [3, 1], [2, 4]).held(8)
      expect([...sequence].sort().join('')).toBe('--aabbbb')
    },
  )

  test('random(1) may choose a full server: the request then waits, though another is idle', () => {
    const sequence = new Backend('random', [1, 1], [1, 100], 1).held(50)
    expect(sequence.indexOf('-')).toBeGreaterThan(0)
    expect(sequence).toContain('b')
  })
})

describe('redispatch', () => {
  test('uses up a turn: with two servers every request goes to the dead one first (measured 60 of 60)', () => {
    const tried = new Backend('roundrobin', [1, 1]).redispatch(60, 0)
    expect(tried.filter((t) => t === 'ab')).toHaveLength(60)
  })

  test('with three servers every other one (measured 30 of 60)', () => {
    const tried = new Backend('roundrobin', [1, 1, 1]).redispatch(60, 0)
    expect(tried.filter((t) => t.startsWith('a'))).toHaveLength(30)
  })

  test.each<Balance>(['roundrobin', 'static-rr', 'leastconn', 'first', 'random'])(
    '%s avoids the server that has just failed, however heavy',
    (balance) => {
      for (const one of new Backend(balance, [100, 1]).redispatch(50, 0)) expect(one).toMatch(/^(ab|b)$/)
    },
  )
})

describe('random', () => {
  test('one draw follows the weights', () => {
    const sequence = new Backend('random', [3, 1], [], 1).one(4000)
    const share = [...sequence].filter((s) => s === 'a').length / 4000
    expect(Math.abs(share - 0.75)).toBeLessThan(3.5 * Math.sqrt((0.75 * 0.25) / 4000))
  })

  test('two draws even out what stays: the fuller server is taken only if drawn twice', () => {
    const backend = new Backend('random', [1, 1])
    backend.held(1000)
    const [a, b] = backend.servers.map((s) => s.served)
    expect(Math.abs(a! - b!)).toBeLessThan(20)
  })
})
