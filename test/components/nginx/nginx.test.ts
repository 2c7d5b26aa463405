import { describe, expect, test } from 'vitest'
import type { Model } from '../../../sim/model/model.js'
import type { Request } from '../../../sim/parts/request.js'
import { play, problemsOf, tally, world } from '../../support/world.js'

/** Nginx before servers a, b, c, with one class unless `users` says otherwise. CPU time of nginx: none. */
const site = ({
  nginx = 'upstream: [a, b]',
  users = 'arrive: constant(10/s)',
  a = 'kind: service, service: 1ms, servers: unlimited',
  b = a,
  c = a,
  lasts = '60s',
  more = '',
}: Partial<Record<'nginx' | 'users' | 'a' | 'b' | 'c' | 'lasts' | 'more', string>>): string => `
lasts: ${lasts}
warmup: 0s
users: { u: { ${users}, to: nginx } }
components:
  nginx: { kind: nginx, ${nginx.includes('service:') ? '' : 'service: 0s, '}${nginx} }
  a: { ${a} }
  b: { ${b} }
  c: { ${c} }
${more}
`

/** Every entry of a request into one of `boxes`. */
function entries(model: Model, boxes = ['a', 'b', 'c']): { box: string; at: number; key: number }[] {
  const seen: { box: string; at: number; key: number }[] = []
  model.context.observe({
    asked: () => true,
    entered: (request) => {
      const box = request.at!.name
      if (boxes.includes(box)) seen.push({ box, at: model.kernel.now, key: request.key })
    },
  })
  return seen
}

/** Runs and returns who served, in order, and what users saw. */
function watch(text: string) {
  const { model, ended } = world(text)
  const seen = entries(model)
  model.run()
  return { model, ended, seen, sequence: seen.map(({ box }) => box).join('') }
}

const sent = (model: Model, to: string) =>
  model.wires.find((w) => w.from === 'nginx' && w.towards === to)!.sent
const crash = (target: string, at: string, lasts = '') =>
  `{ kind: crash, target: ${target}, at: ${at}${lasts && `, for: ${lasts}`} }`
/** When the clock of nginx, which shows whole seconds, shows more than `seconds` later than at `at`. */
function later(model: Model, at: number, seconds: number): number {
  const phase = model.context.stream('nginx', 'clock').next()
  return Math.floor(at + phase) + seconds + 1 - phase
}
const HUNG = 'kind: service, service: 1h, servers: unlimited'

describe('where requests go', () => {
  test('the measured sequences of smooth weighted round robin, request by request', () => {
    const { sequence } = watch(
      site({ nginx: 'upstream: [{ name: a, weight: 3 }, { name: b, weight: 2 }, c]', lasts: '1.25s' }),
    )
    expect(sequence).toBe('abacbaabacba')
  })

  test('each of two workers has a round robin of its own; with a zone they share one', () => {
    const repeats = (nginx: string) => {
      const { sequence } = watch(site({ nginx, lasts: '400s' }))
      return [...sequence].filter((box, i) => i > 0 && box === sequence[i - 1]).length / sequence.length
    }
    // A request goes where the one before went if the workers differ (1/2) and the other one stands there (1/2).
    expect(repeats('upstream: [a, b], worker_processes: 2')).toBeCloseTo(0.25, 1)
    expect(repeats('upstream: [a, b], worker_processes: 2, zone: on')).toBe(0)
    expect(repeats('upstream: [a, b]')).toBe(0)
  })

  test('two nginx behind one balancer give two applications the sequence a a b b, as measured', () => {
    const { model } = world(`
lasts: 2.05s
warmup: 0s
users: { u: { arrive: constant(10/s), to: lb } }
components:
  lb: { kind: balancer, servers: [n1, n2] }
  n1: { kind: nginx, upstream: [a, b] }
  n2: { kind: nginx, upstream: [a, b] }
  a: { kind: service, service: 1ms }
  b: { kind: service, service: 1ms }
`)
    const seen = entries(model)
    model.run()
    expect(seen.map(({ box }) => box).join('')).toBe('aabbaabbaabbaabbaabb')
  })

  test('least_conn avoids a slow server, max_conns bounds it', () => {
    const slow = 'kind: service, service: 10s, servers: unlimited'
    const least = watch(
      site({ nginx: 'upstream: [a, b], balance: least_conn', a: slow, b: 'kind: service, service: 50ms' }),
    )
    expect(sent(least.model, 'a')).toBe(6)
    const bounded = watch(
      site({ nginx: 'upstream: [{ name: a, max_conns: 2 }, b]', a: slow, b: 'kind: service, service: 50ms' }),
    )
    expect(bounded.model.components.get('a')!.probe.inside.value).toBe(2)
    expect(tally(bounded.ended)).toEqual({ ok: bounded.ended.length })
    // Where no server has a connection left there is no live upstream.
    const full = play(site({ nginx: 'upstream: [{ name: a, max_conns: 2 }]', a: slow, lasts: '1.05s' }))
    expect(tally(full.ended)).toEqual({ '502': 8 })
  })

  test('a server that is drained gets nothing new, and one that is down nothing at all', () => {
    const { model, sequence } = watch(
      site({
        nginx: 'upstream: [a, { name: b, down: on }, c]',
        more: 'faults: [{ kind: maintenance, target: a, at: 20s, for: 10s, drain: 10s }]',
      }),
    )
    expect(sequence.slice(199, 399)).toMatch(/^.?c+.?$/)
    expect(sent(model, 'b')).toBe(0)
    expect(model.components.get('a')!.probe.refused).toBe(0)
  })
})

describe('passive failure marking, as measured on nginx 1.22.1', () => {
  test('a server that refuses: the first request tries both and is answered; then one try per 11 s', () => {
    const { ended, model } = watch(site({ more: `faults: [${crash('a', '0s')}]` }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    // Refused at 0.1 s; the clock of whole seconds lets fail_timeout 10s end with the eleventh second.
    expect(sent(model, 'a')).toBe(6)
    for (const { arrived, ended: end } of ended) expect(end - arrived).toBeCloseTo(0.001, 9)
  })

  test('max_fails 3, fail_timeout 2s: tried three times in turn, then once (measured: 2.8 to 2.9 s after the first)', () => {
    const refusals: number[] = []
    const { model, ended } = world(
      site({
        nginx:
          'upstream: [{ name: a, max_fails: 3, fail_timeout: 2s }, { name: b, max_fails: 3, fail_timeout: 2s }]',
        users: 'arrive: constant(8/s)',
        lasts: '5.5s',
        more: `faults: [${crash('a', '200ms')}]`,
      }),
    )
    const a = model.components.get('a')!
    const enter = a.process.enter.bind(a.process)
    a.process.enter = (request: Request) => {
      if (a.up.value === 0) refusals.push(model.kernel.now)
      enter(request)
    }
    model.run()
    const tries = refusals.map((at) => +(at - refusals[0]!).toFixed(6))
    expect(tries.slice(0, 3)).toEqual([0, 0.25, 0.5])
    // Where the second begins is chance.
    const again = later(model, refusals[2]!, 2)
    expect(refusals[3]).toBeGreaterThanOrEqual(again)
    expect(refusals[3]).toBeLessThanOrEqual(again + 0.25)
    expect(refusals.filter((at) => at < again + 2)).toHaveLength(4)
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('a server killed under load: no error, two or three requests served by the other one, back after at most 11 s', () => {
    // Measured: 0 errors, 2.8 requests retried, first request to the new process 0.2 to 1.2 s after it listens.
    const { model, ended, seen } = watch(
      site({
        users: 'arrive: poisson(100/s)',
        nginx: 'upstream: [a, b], proxy_connect_timeout: 1s, proxy_read_timeout: 5s',
        a: 'kind: service, service: exponential(40ms), servers: 8',
        lasts: '48s',
        more: `faults: [${crash('a', '10.5s', '20.2s')}]`,
      }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
    const inside = model.components.get('a')!.probe.outcomes[2]!
    // Reset with the process, refused when it is tried again.
    expect(model.components.get('a')!.probe.refused).toBe(inside > 0 ? 1 : 2)
    expect(inside).toBeLessThan(8)
    const back = seen.find(({ box, at }) => box === 'a' && at > 30.7)!.at
    const again = later(model, 10.5, 10) + 11
    expect(back).toBeGreaterThan(again)
    expect(back).toBeLessThan(again + 0.1)
  })

  test('no live upstream: 502 at once, with nobody tried', () => {
    const { model, ended } = watch(site({ lasts: '10.05s', more: `faults: [${crash('[a, b]', '0s')}]` }))
    expect(tally(ended)).toEqual({ '502': 100 })
    expect(sent(model, 'a') + sent(model, 'b')).toBe(2)
    for (const { arrived, ended: end } of ended) expect(end).toBe(arrived)
  })

  test('the only server of a group is never marked', () => {
    const { model, ended } = watch(
      site({ nginx: 'upstream: [a]', lasts: '10.05s', more: `faults: [${crash('a', '0s')}]` }),
    )
    expect(tally(ended)).toEqual({ '502': 100 })
    expect(sent(model, 'a')).toBe(100)
  })

  test('a backup serves while the others are unavailable', () => {
    const { model, ended } = watch(
      site({
        nginx: 'upstream: [a, { name: b, backup: on }]',
        lasts: '30s',
        more: `faults: [${crash('a', '10.05s', '5s')}]`,
      }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
    // From the crash to the next try.
    expect(sent(model, 'b')).toBe(Math.ceil((later(model, 10.1, 10) - 10.1) * 10 - 1e-6))
  })

  test('nginx that is started again has forgotten who failed', () => {
    const { model } = watch(
      site({ lasts: '20s', more: `faults: [${crash('a', '0s')}, ${crash('nginx', '5.05s', '1s')}]` }),
    )
    // At 0.1 s, by the new process at 6.1 s, and after its fail_timeout.
    expect(sent(model, 'a')).toBe(3)
  })
})

describe('proxy_next_upstream', () => {
  const a500 = 'faults: [{ kind: errors, target: a, share: 100%, at: 0s }]'
  const outcomes = (text: string) => play(text).ended.map(({ outcome }) => outcome)

  test('an answer of 500 passes through, and is no failure: 500, 200, 500, 200', () => {
    expect(outcomes(site({ lasts: '0.65s', more: a500 }))).toEqual(['500', 'ok', '500', 'ok', '500', 'ok'])
  })

  test('with http_500 all are 200, and the server is left out for fail_timeout', () => {
    const { model, ended } = watch(
      site({
        nginx: 'upstream: [a, b], proxy_next_upstream: [error, timeout, http_500]',
        lasts: '10.05s',
        more: a500,
      }),
    )
    expect(tally(ended)).toEqual({ ok: 100 })
    expect(sent(model, 'a')).toBe(1)
  })

  test.each(['http_502', 'http_503', 'http_504'])('%s is not http_500', (condition) => {
    const nginx = `upstream: [a, b], proxy_next_upstream: [error, ${condition}]`
    expect(tally(play(site({ nginx, lasts: '0.45s', more: a500 })).ended)).toEqual({ '500': 2, ok: 2 })
  })

  test('a 502 of a proxy below: passed through, or asked of the other with http_502', () => {
    const chain = (next: string) => `
lasts: 0.45s
warmup: 0s
users: { u: { arrive: constant(10/s), to: front } }
components:
  front: { kind: nginx, upstream: [n1, n2], proxy_next_upstream: [${next}] }
  n1: { kind: nginx, upstream: [dead] }
  n2: { kind: nginx }
  dead: { kind: service, service: 1ms }
faults: [${crash('dead', '0s')}]
`
    expect(outcomes(chain('error, timeout'))).toEqual(['502', 'ok', '502', 'ok'])
    expect(outcomes(chain('error, timeout, http_502'))).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  test('when everyone answers 500 the last answer passes, and is not held against its server', () => {
    const text = site({
      nginx: 'upstream: [a, b], proxy_next_upstream: [http_500]',
      lasts: '0.25s',
      more: a500.replace('target: a', 'target: [a, b]'),
    })
    const { model, ended } = watch(text)
    // The first request finds both; the second one only b, whose answer sends it on to nobody.
    expect(ended.map(({ outcome }) => outcome)).toEqual(['500', '502'])
    expect([sent(model, 'a'), sent(model, 'b')]).toEqual([1, 2])
  })

  const dying = (users: string, options = '') =>
    watch(
      site({
        users,
        nginx: `upstream: [a, b]${options}`,
        a: 'kind: service, service: 1s, servers: unlimited',
        lasts: '3s',
        more: `faults: [${crash('a', '0.15s')}]`,
      }),
    )

  test('a connection that breaks after sending: a read goes to the next, a write does not', () => {
    const read = dying('arrive: constant(10/s), mix: { read: 100% }').ended[0]!
    expect(read).toMatchObject({ outcome: 'ok' })
    const write = dying('arrive: constant(10/s), mix: { write: 100% }').ended[0]!
    expect(write.outcome).toBe('502')
    expect(write.ended).toBeCloseTo(0.15, 9)
  })

  test('non_idempotent sends a write again, and another option says which classes are writes', () => {
    const again = ', proxy_next_upstream: [error, timeout, non_idempotent]'
    expect(tally(dying('arrive: constant(10/s), mix: { write: 100% }', again).ended)).toEqual({ ok: 19 })
    const orders = dying('arrive: constant(10/s), mix: { order: 100% }', ', non_idempotent: [order]')
    expect(orders.ended[0]!.outcome).toBe('502')
  })

  test('a write that was refused was not sent: it goes to the next', () => {
    const { ended } = watch(
      site({ users: 'arrive: constant(10/s), mix: { write: 100% }', more: `faults: [${crash('a', '0s')}]` }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('off: nobody else is asked', () => {
    const { ended } = watch(
      site({
        nginx: 'upstream: [a, b], proxy_next_upstream: [off]',
        lasts: '2.05s',
        more: `faults: [${crash('a', '0s')}]`,
      }),
    )
    expect(tally(ended)).toEqual({ '502': 1, ok: 19 })
  })
})

describe('proxy timeouts', () => {
  const first = (nginx: string, options: Partial<Parameters<typeof site>[0]> = {}) => {
    const { ended } = play(site({ nginx, a: HUNG, lasts: '70s', users: 'arrive: constant(1/s)', ...options }))
    const { outcome, arrived, ended: end } = ended[0]!
    return { outcome, after: +(end - arrived).toFixed(6) }
  }

  test('proxy_read_timeout 300 ms with two servers that hang: 504 after 0.6 s, as measured', () => {
    expect(first('upstream: [a, b], proxy_read_timeout: 300ms')).toEqual({ outcome: '504', after: 0.6 })
  })

  test('proxy_next_upstream_tries 1: 504 after 0.3 s, as measured', () => {
    const nginx = 'upstream: [a, b], proxy_read_timeout: 300ms, proxy_next_upstream_tries: 1'
    expect(first(nginx)).toEqual({ outcome: '504', after: 0.3 })
  })

  test('proxy_next_upstream_timeout: no further try after that long', () => {
    const nginx = (limit: string) =>
      `upstream: [a, b, c], proxy_read_timeout: 300ms, proxy_next_upstream_timeout: ${limit}`
    expect(first(nginx('200ms'))).toEqual({ outcome: '504', after: 0.3 })
    expect(first(nginx('500ms'))).toEqual({ outcome: '504', after: 0.6 })
    expect(first(nginx('0s'))).toEqual({ outcome: '504', after: 0.9 })
  })

  test('a server that is down counts for no try', () => {
    expect(first('upstream: [a, { name: b, down: on }], proxy_read_timeout: 300ms')).toEqual({
      outcome: '504',
      after: 0.3,
    })
  })

  test('60 s by default', () => {
    expect(first('upstream: [a]')).toEqual({ outcome: '504', after: 60 })
  })

  const deadHost = {
    a: 'kind: service, service: 1ms, host: h',
    b: 'kind: service, service: 1ms, servers: unlimited',
    more: `hosts: { h: {} }\nfaults: [${crash('h', '0s')}]`,
  }

  test('a dead machine is silent: 504 at proxy_connect_timeout, 60 s by default', () => {
    expect(first('upstream: [a]', deadHost)).toEqual({ outcome: '504', after: 60 })
    expect(first('upstream: [a], proxy_connect_timeout: 2s', deadHost)).toEqual({ outcome: '504', after: 2 })
  })

  test('proxy_read_timeout begins with the connection', () => {
    const nginx = 'upstream: [a], proxy_connect_timeout: 2s, proxy_read_timeout: 300ms'
    expect(first(nginx, deadHost)).toEqual({ outcome: '504', after: 2 })
  })

  test('with a second server: its answer, after the connect timeout of the first', () => {
    const { ended } = play(
      site({ nginx: 'upstream: [a, b], proxy_connect_timeout: 2s', lasts: '9.05s', ...deadHost }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
    const late = ended.filter((r) => r.ended - r.arrived > 0.0011)
    // Every other request of the first 2 s, until the first connect timeout marks the server.
    expect(late.length).toBe(10)
    for (const { arrived, ended: end } of late) expect(end - arrived).toBeCloseTo(2.001, 9)
  })

  test('all servers close without an answer: 502', () => {
    const { ended } = play(
      site({ a: HUNG, lasts: '1s', more: `faults: [${crash('a', '150ms')}, ${crash('b', '160ms')}]` }),
    )
    expect(ended[0]).toMatchObject({ outcome: '502' })
    expect(ended[0]!.ended).toBeCloseTo(0.16, 9)
  })
})

describe('what nginx answers itself', () => {
  const mixed = (more = '') =>
    site({
      nginx: 'upstream: [a], service: 1ms',
      users: 'arrive: poisson(100/s), mix: { static: 60%, read: 40% }',
      lasts: '30s',
      more,
    })

  test('static classes, whatever becomes of the upstream', () => {
    const { model, ended } = play(mixed(`faults: [${crash('a', '0s')}]`))
    const [statics, reads] = model.users[0]!.accounts
    const all = (outcomes: Float64Array) => outcomes.reduce((a, b) => a + b)
    expect(statics!.outcomes[0]).toBe(all(statics!.outcomes))
    expect(reads!.outcomes[8]).toBe(all(reads!.outcomes))
    expect(statics!.offered / ended.length).toBeCloseTo(0.6, 1)
  })

  test('everything, without an upstream', () => {
    const { ended } = play(
      'lasts: 10.05s\nwarmup: 0s\nusers: { u: { arrive: constant(10/s), to: n } }\ncomponents: { n: { kind: nginx } }',
    )
    expect(tally(ended)).toEqual({ ok: 100 })
    expect(ended[0]!.ended - ended[0]!.arrived).toBeCloseTo(13.5e-6, 12)
  })

  test('health checks, which stand in its log, and take a connection', () => {
    const { model } = world(
      site({
        nginx: 'upstream: [a]',
        users: 'arrive: constant(1/min)',
        lasts: '10s',
        more: `faults: [${crash('a', '0s')}]`,
      }),
    )
    const nginx = model.components.get('nginx')!
    const wire = model.wires.find((w) => w.towards === 'nginx')!
    for (let i = 0; i < 5; i++) {
      model.kernel.after(
        2 * i + 1,
        () => {
          const check = model.context.requests.take()
          check.health = true
          wire.send(check)
        },
        null,
      )
    }
    model.run()
    expect(nginx.probe.outcomes[0]).toBe(5)
    expect(sent(model, 'a')).toBe(0)
    expect(nginx.extra(model.kernel.now).logged_qps).toBeCloseTo(0.5, 9)
    expect(model.context.requests.inUse).toBe(0)
  })
})

describe('worker_processes', () => {
  const busy = (processes: number, cores = 4) => {
    const { model } = play(`
lasts: 20s
warmup: 0s
hosts: { h: { cores: ${cores} } }
users: { u: { arrive: constant(1000/s), to: n } }
components: { n: { kind: nginx, host: h, service: 10ms, worker_processes: ${processes}, worker_connections: 100 } }
`)
    return model.components.get('n')!.probe.outcomes[0]! / 20
  }

  test('an event loop uses one core: its CPU time bounds what a worker can do', () => {
    expect(busy(1)).toBeCloseTo(100, -1)
    expect(busy(3)).toBeCloseTo(300, -1)
    expect(busy(8)).toBeCloseTo(400, -1)
  })

  test('while a server works the event loop is free', () => {
    const { ended } = play(
      site({
        nginx: 'upstream: [a], service: 1ms',
        a: 'kind: service, service: 1s, servers: unlimited',
        users: 'arrive: constant(100/s)',
      }),
    )
    for (const { arrived, ended: end } of ended) expect(end - arrived).toBeCloseTo(1.001, 9)
  })
})

describe('worker_connections', () => {
  const flood = (nginx: string, users = '', a = HUNG) =>
    play(site({ nginx, users: `arrive: constant(1000/s)${users}`, a, lasts: '2s' }))

  test('a proxied request takes two of 512: the 257th is closed at once, without an answer or a line in the log', () => {
    const { model, ended } = flood('upstream: [a]')
    const nginx = model.components.get('nginx')!
    expect(nginx.probe.inside.value).toBe(256)
    expect(ended[0]).toMatchObject({ outcome: 'reset' })
    expect(ended[0]!.arrived).toBeCloseTo(0.257, 9)
    expect(ended[0]!.ended).toBe(ended[0]!.arrived)
    expect(nginx.extra(model.kernel.now)).toEqual({
      logged_qps: 0,
      worker_connections_exceeded: ended.length,
    })
    expect(nginx.probe.refused).toBe(ended.length)
  })

  test('they are per worker', () => {
    const { model } = flood('upstream: [a], worker_processes: 2, worker_connections: 100')
    expect(model.components.get('nginx')!.probe.inside.value).toBe(100)
  })

  test('a static request takes one, and all are given back', () => {
    const { model } = flood('worker_connections: 7, service: 1s')
    expect(model.components.get('nginx')!.probe.inside.value).toBe(7)
    const { ended } = flood(
      'upstream: [a], worker_connections: 4',
      '',
      'kind: service, service: 1.5ms, servers: 2',
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('a crash gives all back', () => {
    const { model } = play(
      site({
        nginx: 'upstream: [{ name: a, max_conns: 5 }], worker_connections: 10',
        a: HUNG,
        lasts: '20s',
        more: `faults: [${crash('nginx', '10s', '1s')}]`,
      }),
    )
    // Five before and five after, of 10 connections and max_conns 5.
    expect(sent(model, 'a')).toBe(10)
  })
})

describe('a client that gives up', () => {
  const impatient = (options = '') =>
    play(
      site({
        nginx: `upstream: [{ name: a, max_conns: 1 }]${options}`,
        users: 'arrive: constant(0.5/s), timeout: 1s',
        a: 'kind: service, service: 10s, servers: unlimited',
        lasts: '21s',
      }),
    )

  test('is logged (499) and frees the connections at once; the server goes on with what nobody wants', () => {
    const { model, ended } = impatient()
    expect(tally(ended)).toEqual({ timeout: 10 })
    expect(sent(model, 'a')).toBe(10)
    expect(model.components.get('nginx')!.probe.inside.value).toBe(0)
    expect(model.components.get('nginx')!.extra(model.kernel.now).logged_qps).toBeCloseTo(10 / 21, 9)
    expect(model.components.get('a')!.probe.inside.value).toBe(5)
  })

  test('with proxy_ignore_client_abort on the connection to the server stays taken', () => {
    const { model, ended } = impatient(', proxy_ignore_client_abort: on')
    expect(tally(ended)).toEqual({ timeout: 2, '502': 8 })
    expect(sent(model, 'a')).toBe(2)
  })
})

describe('the access log', () => {
  const logged = (model: Model) => model.components.get('nginx')!.extra(model.kernel.now).logged_qps

  test('has a line for each request that was completed, when it was completed', () => {
    const { model, ended } = play(
      site({ nginx: 'upstream: [a]', a: 'kind: service, service: 5s, servers: unlimited', lasts: '20s' }),
    )
    // The last 5 s are not there yet.
    expect(logged(model)).toBeCloseTo(ended.length / 20, 9)
    expect(ended.length).toBeLessThan(152)
  })

  test('has the errors that nginx answers, and none of what died with it or found its port closed', () => {
    const { model, ended } = play(
      site({
        nginx: 'upstream: [a]',
        a: 'kind: service, service: 95ms',
        lasts: '20s',
        more: `faults: [${crash('nginx', '5.05s', '5s')}, ${crash('a', '15.07s')}]`,
      }),
    )
    const { ok, refused, reset, '502': bad } = tally(ended)
    expect({ refused, reset }).toEqual({ refused: 50, reset: 1 })
    expect(bad).toBeGreaterThan(45)
    expect(logged(model)).toBeCloseTo((ok! + bad!) / 20, 9)
  })

  test('has one line for each retry of a user', () => {
    const { model } = play(
      site({
        nginx: 'upstream: [a]',
        users: 'arrive: constant(10/s), retries: 2',
        lasts: '10.05s',
        more: `faults: [${crash('a', '0s')}]`,
      }),
    )
    expect(logged(model)).toBeCloseTo(300 / 10.05, 9)
  })

  test('counts from the start of the measured span', () => {
    const text = site({ lasts: '20s' }).replace('warmup: 0s', 'warmup: 40s')
    expect(logged(play(text).model)).toBeCloseTo(10, 1)
  })
})

describe('limit_req', () => {
  const limited = (limit: string, rate = 150) =>
    play(
      site({
        nginx: `upstream: [a, b], limit_req: { rate: 100/s, ${limit} }`,
        users: `arrive: poisson(${rate}/s)`,
        a: 'kind: service, service: 20ms, servers: 64',
        lasts: '30s',
      }),
    )
  const count = (text: ReturnType<typeof limited>, outcome: string) =>
    text.ended.filter((r) => r.outcome === outcome)

  test('150/s against 100/s without burst: measured 1694 to 1816 of 30 s', () => {
    const ok = count(limited('burst: 0'), 'ok').length
    // Each request that passes shuts the others out for 10 ms, and the next one comes 1/150 s later.
    expect(Math.abs(ok - 30 / (0.01 + 1 / 150))).toBeLessThan(120)
  })

  test('with burst 20 the rate passes (measured 3016 to 3018 of 30 s); with nodelay nobody waits', () => {
    const run = limited('burst: 20, nodelay: on')
    const ok = count(run, 'ok')
    expect(ok.length).toBeGreaterThan(2990)
    expect(ok.length).toBeLessThanOrEqual(3021)
    for (const { arrived, ended } of ok) expect(ended - arrived).toBeCloseTo(0.02, 9)
    expect(tally(run.ended)['503']).toBe(run.ended.length - ok.length)
  })

  test('delay 10 of burst 20: those above wait up to 100 ms', () => {
    const waits = count(limited('burst: 20, delay: 10'), 'ok').map((r) => r.ended - r.arrived - 0.02)
    expect(Math.max(...waits)).toBeGreaterThan(0.095)
    expect(Math.max(...waits)).toBeLessThanOrEqual(0.1000001)
    // Measured: 116 ms, where nobody waits 26 ms.
    const mean = waits.reduce((a, b) => a + b) / waits.length
    expect(Math.abs(mean - 0.09)).toBeLessThan(0.004)
  })

  test('below the rate it costs nothing but a wait in bursts', () => {
    const run = limited('burst: 20', 90)
    expect(tally(run.ended)['503'] ?? 0).toBeLessThan(20)
  })
})

describe('a scenario that is wrong is told', () => {
  test.each([
    ['proxy_next_upstream: [error, off]', 'expected off alone'],
    ['limit_req: { rate: 10/s, nodelay: on, delay: 5 }', 'expected either nodelay: or delay:'],
    ['limit_req: { rate: 0/s }', 'expected a rate above 0'],
    ['worker_connections: 0', 'expected a whole number of 1 or more'],
    ['balance: hash', 'expected one of round_robin, least_conn, ip_hash'],
    ['static: [images]', 'images'],
  ])('%s', (option, message) => {
    const problems = problemsOf(site({ nginx: `upstream: [a], ${option}` }))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(message)
  })
})
