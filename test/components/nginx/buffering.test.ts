import { describe, expect, test } from 'vitest'
import { fault, play, responses, tally } from '../../support/world.js'

/** A visitor every 2 s, over a line of 1 MB a second, with 1 MB to be sent or fetched. */
const site = (
  nginx: string,
  { sizes = 'answer: 1MB', faults = '', users = '', backup = 'backup: on' } = {},
) => `
lasts: 21.9s
warmup: 0s
sizes: { default: { ${sizes} } }
users: { u: { arrive: constant(0.5/s), to: web, bandwidth: 8.48Mbit/s, ${users} } }
components:
  web: { kind: nginx, service: 0s, client_max_body_size: 0, upstream: [app, { name: spare, ${backup} }], ${nginx} }
  app: { kind: app, workers: 4, service: 10ms }
  spare: { kind: app, workers: 4, service: 10ms }
faults: [${faults}]`
/** Seconds for which a visit holds a worker of the server, and connections of nginx. */
const run = (...as: Parameters<typeof site>) => {
  const { ended, model } = play(site(...as))
  const { now } = model.kernel
  const each = (box: string, place: number) =>
    (model.components.get(box)!.limits()[place]!.used(now) * now) / ended.length
  return { ended, model, workers: each('app', 0), connections: each('web', 1) }
}
const off = 'proxy_buffering: off'

describe('proxy_buffering (ngx_http_proxy_module)', () => {
  test('on, nginx takes the answer at once; off, a worker is held until the client has all but 289 kB', () => {
    const on = run('')
    expect(on.workers).toBeCloseTo(0.01, 3)
    expect(on.connections).toBeCloseTo(0.01 + 0.72, 1)
    const streamed = run(off)
    expect(streamed.workers).toBeCloseTo(0.01 + 0.711, 1)
    expect(streamed.connections).toBeCloseTo(2 * streamed.workers, 2)
    // The visitor sees no difference.
    expect(responses(streamed.ended)).toEqual(responses(on.ended))
  })

  test('off, the connection to the server is one of max_conns until then, and is kept afterwards', () => {
    const one = `upstream: [{ name: app, max_conns: 1 }], zone: on, ${off}`
    const text = site(one)
      .replace(/upstream: \[app.*?\}\], /, '')
      .replace('0.5/s', '1.25/s')
    const { ended, model } = play(text)
    expect(tally(ended)).toEqual({ ok: 26 })
    expect(model.components.get('web')!.limits()[2]!.used(22)).toBeCloseTo((26 * (0.01 + 0.711)) / 22, 1)
    expect(tally(play(text.replace('1.25/s', '2/s')).ended)).toHaveProperty('502')
    const kept = play(site(`${off}, keepalive: 4, proxy_http_version: 1.1`))
    expect(kept.model.components.get('web')!.extra(20)).toMatchObject({ opened_share: 0.1 })
  })

  test('off, what is packed and encrypted costs as much CPU', () => {
    const busy = (nginx: string) => {
      const { model } = play(
        site(`tls: { requests_per_connection: 1000 }, gzip: on, gzip_types: [request], ${nginx}`),
      )
      return model.components.get('web')!.host.processor.busy.mean(20)
    }
    expect(busy('')).toBeGreaterThan(0.001)
    expect(busy(off)).toBeCloseTo(busy(''), 9)
  })

  test('off, the answer of who was asked instead (error_page) is streamed too, if it is a good one', () => {
    const asking = (page: string, lasts = '') =>
      run(`upstreams: { spare: { servers: [spare] } }, error_page: { 502: ${page} }, ${off}`, {
        faults: fault('crash', 'app', '0s', lasts),
        backup: 'down: on',
      })
    const good = asking('= @spare')
    expect(tally(good.ended)).toEqual({ ok: 10 })
    expect(good.connections).toBeCloseTo(2 * (0.01 + 0.711), 1)
    const healed = asking('= @spare', '5s')
    const toApp = healed.model.wires.find(({ from, towards }) => from === 'web' && towards === 'app')!
    // Left out for more than 10 s from the first visit, at 2 s.
    expect(toApp.sent).toBe(1 + 4)
    const bad = asking('"@spare"')
    expect(tally(bad.ended)).toEqual({ '502': 10 })
    expect(bad.connections).toBeCloseTo(2 * 0.01, 3)
  })

  test('off, a visitor who leaves in the middle frees all', () => {
    const { ended, workers, connections } = run(off, { users: 'timeout: 0.3s' })
    expect(tally(ended)).toEqual({ timeout: ended.length })
    expect(workers).toBeCloseTo(0.3, 2)
    expect(connections).toBeCloseTo(2 * workers, 2)
  })
})

describe('proxy_request_buffering', () => {
  const sizes = 'request: 1MB'
  const passing = 'proxy_request_buffering: off'

  test('on, a server is asked when all is there; off, with the first of it, and waits', () => {
    const on = run('', { sizes })
    expect(on.workers).toBeCloseTo(0.01, 3)
    const off = run(passing, { sizes })
    expect(off.workers).toBeCloseTo(1, 1)
    expect(responses(off.ended)[0]).toBeCloseTo(responses(on.ended)[0]!, 2)
  })

  test('off, how long the server may take counts from when it has all', () => {
    const outcomes = (service: string) =>
      play(
        site(`${passing}, proxy_read_timeout: 0.5s`, { sizes, backup: 'down: on' }).replaceAll(
          'service: 10ms',
          `service: ${service}`,
        ),
      ).ended
    expect(tally(outcomes('0.4s'))).toEqual({ ok: 10 })
    const late = outcomes('0.6s')
    expect(late[0]!.outcome).toBe('504')
    expect(responses(late.slice(0, 1))[0]).toBeCloseTo(1.5, 1)
  })

  test('off, what a server has begun to read goes to no other one', () => {
    const faults = fault('crash', 'app', '2.5s')
    const first = (nginx: string) => play(site(nginx, { sizes, faults })).ended[0]!.outcome
    expect(tally(play(site('', { sizes, faults })).ended)).toEqual({ ok: 10 })
    expect(tally(play(site(passing, { sizes, faults })).ended)).toEqual({ ok: 9, '502': 1 })
    expect(first('')).not.toBe(first(passing))
  })
})

describe('client_body_timeout', () => {
  const sizes = 'request: 1MB'

  test.each(['on', 'off'])(
    'what comes no further is given up after 60 s, with all it holds; buffering %s',
    (is) => {
      /** One visitor, at 200 s, whose line is cut when half has come. */
      const held = (nginx: string, lasts: string) => {
        const faults = `{ kind: partition, target: u -> web, at: 200.5s, for: ${lasts} }`
        const { ended, model } = play(
          site(`proxy_request_buffering: ${is}, proxy_read_timeout: 500s, ${nginx}`, { sizes, faults })
            .replace('21.9s', '390s')
            .replace('0.5/s', '0.005/s'),
        )
        const { now } = model.kernel
        const seconds = (box: string, place: number) =>
          model.components.get(box)!.limits()[place]!.used(now) * now
        return { outcome: ended[0]!.outcome, connections: seconds('web', 1), workers: seconds('app', 0) }
      }
      const { outcome, connections, workers } = held('', '100s')
      expect(outcome).toBe('reset')
      expect(Math.abs(connections / 2 - 60.5)).toBeLessThan(0.2)
      expect(Math.abs(workers - (is === 'off' ? 60.5 : 0))).toBeLessThan(0.2)
      expect(held('client_body_timeout: 200s', '100s').outcome).toBe('ok')
      expect(held('', '40s').outcome).toBe('ok')
    },
  )

  test('who is slow but goes on is waited for, also behind another proxy', () => {
    const slow = site('client_body_timeout: 0.3s', { sizes })
    expect(tally(play(slow).ended)).toEqual({ ok: 10 })
    const behind = slow
      .replace('to: web', 'to: lb')
      .replace('components:', 'components:\n  lb: { kind: haproxy, servers: [web] }')
    expect(tally(play(behind).ended)).toEqual({ ok: 10 })
  })
})
