import { describe, expect, test } from 'vitest'
import { Conntrack } from '../../../sim/components/firewall/conntrack.js'
import type { Model } from '../../../sim/model/model.js'
import { type Ended, looks, play, problemsOf, responses, tally, world } from '../../support/world.js'

/** A firewall of its own machine before a service of 10 ms. */
const site = ({
  fw = '',
  web = 'arrive: constant(10/s)',
  evil = '',
  faults = '',
  lasts = '60s',
  more = '',
  to = 'fw',
}: Partial<Record<'fw' | 'web' | 'evil' | 'faults' | 'lasts' | 'more' | 'to', string>>) => `
lasts: ${lasts}
warmup: 0s
hosts: { gate: { cores: 1 }, server: { cores: 99 } }
users:
  web: { ${web}, to: ${to} }
${evil && `  evil: { ${evil}, to: ${to}, malicious: on }`}
components:
  fw: { kind: firewall, host: gate, to: app${fw && `, ${fw}`} }
  app: { kind: service, host: server, servers: unlimited, service: 10ms }
${more}
faults: [${faults}]
`
const crash = (target: string, at: string, lasts: string) =>
  `{ kind: crash, target: ${target}, at: ${at}, for: ${lasts} }`

const extra = (model: Model, name = 'fw') => model.components.get(name)!.extra(model.kernel.now)
const of = (ended: readonly Ended[], users: string) => ended.filter((r) => r.users === users)
/** Requests that came to what stands behind. */
const passed = (model: Model) => model.wires.find((w) => w.towards === 'app')!.sent

test('requests on connections that are open take no place in the table', () => {
  const entries = (users: string) =>
    play(`
lasts: 200s
warmup: 0s
users: { u: { arrive: constant(10/s), to: fw, ${users} } }
components: { fw: { kind: firewall, to: web }, web: { kind: service, servers: 8, service: 1ms } }
`)
      .model.components.get('fw')!
      .extra(200).conntrack_entries!
  expect(entries('')).toBeGreaterThan(1190)
  expect(entries('requests_per_connection: 10')).toBeGreaterThan(80)
  expect(entries('requests_per_connection: 10')).toBeLessThan(170)
})

describe('what it filters', () => {
  test('visitors pass, attackers do not: dropped without a word, and known by their own timeout only', () => {
    const { model, ended } = play(site({ evil: 'arrive: constant(20/s), timeout: 3s' }))
    expect(tally(of(ended, 'web'))).toEqual({ ok: of(ended, 'web').length })
    expect(tally(of(ended, 'evil'))).toEqual({ timeout: of(ended, 'evil').length })
    expect(responses(of(ended, 'evil'))).toEqual([3])
    expect(passed(model)).toBe(of(ended, 'web').length + model.components.get('app')!.probe.inside.value)
    expect(extra(model)).toMatchObject({
      malicious_detected: 1200,
      malicious_passed: 0,
      legitimate_suspected: 0,
    })
    // Filtered is not refused for want of a place.
    expect(model.components.get('fw')!.probe.refused).toBe(0)
  })

  test('drop without a timeout of the caller: 127 s of SYNs (Linux); reject: refused after one round trip', () => {
    const evil = 'arrive: constant(1/s)'
    expect(responses(of(play(site({ evil, lasts: '200s' })).ended, 'evil'))).toEqual([127])
    const { ended } = play(
      site({ evil, fw: 'action: reject', more: 'wires: { evil -> fw: { latency: 20ms } }' }),
    )
    expect(tally(of(ended, 'evil'))).toEqual({ refused: of(ended, 'evil').length })
    expect(responses(of(ended, 'evil'))).toEqual([0.04])
  })

  test('log: nothing is blocked, everything is looked at (DetectionOnly), at the same price', () => {
    const looked = (action: string) => {
      const { model, ended } = play(
        site({
          fw: `mode: waf, service: 1ms, action: ${action}`,
          evil: 'arrive: constant(10/s), timeout: 1s',
        }),
      )
      return {
        outcomes: tally(of(ended, 'evil')),
        cpu: model.components.get('fw')!.probe.cpu,
        detected: extra(model).malicious_detected,
      }
    }
    const [log, reject] = [looked('log'), looked('reject')]
    expect(log.outcomes).toEqual({ ok: 599 })
    expect(reject.outcomes).toEqual({ '403': 599 })
    expect(log.detected).toBe(reject.detected)
    expect(log.cpu).toBe(reject.cpu)
  })

  test('three in a row of 90 % each pass one in a thousand, and 0.1 % of false alarms each pass 0.997003 of the others', () => {
    const text = `
lasts: 200s
warmup: 0s
users:
  web: { arrive: poisson(500/s), to: fw-1, timeout: 1s }
  evil: { arrive: poisson(500/s), to: fw-1, malicious: on, timeout: 1s }
components:
  fw-1: { kind: firewall, to: fw-2, detect: 90%, false_positives: 1% }
  fw-2: { kind: firewall, to: fw-3, detect: 90%, false_positives: 1% }
  fw-3: { kind: firewall, to: app, detect: 90%, false_positives: 1% }
  app: { kind: service, servers: unlimited, service: 1ms }
`
    const { ended } = play(text)
    const share = (users: string) =>
      of(ended, users).filter((r) => r.outcome === 'ok').length / of(ended, users).length
    const n = of(ended, 'evil').length
    expect(Math.abs(share('evil') - 0.001)).toBeLessThan(4 * Math.sqrt(0.001 / n))
    expect(Math.abs(share('web') - 0.99 ** 3)).toBeLessThan(4 * Math.sqrt(0.0297 / n))
  })

  test('a retry meets the same verdict; another visitor may not', () => {
    const { model, ended } = play(
      site({ fw: 'detect: 50%, action: reject', evil: 'arrive: poisson(100/s), retries: 2, backoff: 10ms' }),
      // One in which nobody is between two tries at the end.
      3,
    )
    const evil = of(ended, 'evil')
    expect(new Set(evil.map((r) => `${r.outcome} after ${r.tries}`))).toEqual(
      new Set(['ok after 0', 'refused after 2']),
    )
    const share = evil.filter((r) => r.outcome === 'ok').length / evil.length
    expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / evil.length))
    expect(extra(model).malicious_detected).toBe(3 * evil.filter((r) => r.outcome === 'refused').length)
  })

  test('what it blocks is not in the access log behind it', () => {
    const text = site({ evil: 'arrive: constant(50/s), timeout: 1s' }).replace(
      'kind: service, host: server, servers: unlimited, service: 10ms',
      'kind: nginx, host: server',
    )
    const { model } = play(text)
    expect(Math.abs(model.components.get('app')!.logLines! - 600)).toBeLessThan(2)
  })
})

describe('a WAF', () => {
  test('takes 0.1 % of the visitors for attackers: 403, which never reach the server (10 000 visitors: 10, within 9)', () => {
    const { model, ended } = play(
      site({ fw: 'mode: waf, false_positives: 0.1%', web: 'arrive: constant(100/s)', lasts: '100s' }),
    )
    const blocked = tally(ended)['403']!
    expect(Math.abs(blocked - 10)).toBeLessThanOrEqual(9)
    expect(extra(model).legitimate_suspected).toBe(blocked)
    expect(passed(model)).toBe(tally(ended).ok! + model.components.get('app')!.probe.inside.value)
  })

  test('of 1 ms on one core is full at 1000/s, whatever stands behind', () => {
    const at = (rate: string) => {
      const { model, ended } = play(
        site({ fw: 'mode: waf, service: 1ms', web: `arrive: constant(${rate})`, lasts: '20s' }),
      )
      return { model, ended, busy: model.hosts.get('gate')!.processor.busy.mean(model.kernel.now) }
    }
    const below = at('950/s')
    expect(below.busy).toBeCloseTo(0.95, 3)
    expect(responses(below.ended)).toEqual([0.011])
    const above = at('1.5k/s')
    expect(above.busy).toBeCloseTo(1, 3)
    expect(above.ended.length / 20).toBeLessThan(1000)
    expect(above.model.components.get('fw')!.probe.inside.value).toBeGreaterThan(500 * 20)
  })

  test('that drops closes the connection it has accepted', () => {
    const { ended } = play(site({ fw: 'mode: waf, action: drop', evil: 'arrive: constant(5/s)' }))
    expect(tally(of(ended, 'evil'))).toEqual({ reset: of(ended, 'evil').length })
  })

  test('that dies refuses at once, and resets what is inside; its machine dies in silence', () => {
    const { ended } = play(site({ fw: 'mode: waf', faults: crash('fw', '20.105s', '10s') }))
    expect(tally(ended)).toEqual({ ok: ended.length - 101, reset: 1, refused: 100 })
    const silent = play(
      site({
        fw: 'mode: waf',
        web: 'arrive: constant(10/s), timeout: 2s',
        faults: crash('gate', '20.105s', '10s'),
      }),
    )
    expect(tally(silent.ended).refused).toBeUndefined()
    expect(tally(silent.ended).timeout).toBeGreaterThan(70)
  })
})

describe('in series: a single point of failure', () => {
  test('while a packet filter is dead nobody passes, and nobody is told; SYNs that are sent again connect later', () => {
    const { ended } = play(site({ faults: crash('fw', '20.05s', '4s'), lasts: '100s' }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    const late = ended.filter((r) => r.ended - r.arrived > 0.011)
    expect(late).toHaveLength(40)
    for (const { arrived, ended } of late) {
      const connected = [1, 3, 7].find((after) => arrived + after > 24.05)!
      expect(ended - arrived).toBeCloseTo(connected + 0.01, 6)
    }
  })

  test.each(['fw-1', 'fw-2', 'fw-3'])(
    'any one of three in a row is enough: %s down, nothing passes',
    (name) => {
      const { ended } = play(`
lasts: 30s
warmup: 0s
users: { web: { arrive: constant(10/s), to: fw-1, timeout: 1s } }
components:
  fw-1: { kind: firewall, to: fw-2 }
  fw-2: { kind: firewall, to: fw-3 }
  fw-3: { kind: firewall, to: app }
  app: { kind: service, servers: unlimited, service: 1ms }
faults: [${crash(name, '10.05s', '10s')}]
`)
      const struck = ended.filter((r) => r.arrived > 10.05 && r.arrived < 19)
      expect(tally(struck)).toEqual({ timeout: struck.length })
      expect(tally(ended.filter((r) => r.arrived < 10.05 || r.arrived > 20.05))).toEqual({
        ok: expect.any(Number),
      })
    },
  )

  test('fail_open: while it is dead or hangs, all pass, attackers too', () => {
    for (const fault of [
      crash('fw', '20.05s', '10s'),
      crash('gate', '20.05s', '10s'),
      '{ kind: hang, target: fw, at: 20.05s, for: 10s }',
    ]) {
      const { ended } = play(
        site({ fw: 'fail_open: on', evil: 'arrive: constant(10/s), timeout: 2s', faults: fault }),
      )
      expect(tally(of(ended, 'web'))).toEqual({ ok: of(ended, 'web').length })
      expect(of(ended, 'evil').filter((r) => r.outcome === 'ok')).toHaveLength(100)
    }
  })

  test('it is invisible: a closed port behind it refuses through it, a dead machine behind it is silent through it', () => {
    const refused = play(site({ faults: crash('app', '20.05s', '10s') })).ended
    expect(tally(refused)).toEqual({ ok: refused.length - 100, refused: 100 })
    const silent = play(
      site({ web: 'arrive: constant(10/s), timeout: 500ms', faults: crash('server', '20.05s', '10s') }),
    ).ended
    expect(tally(silent).timeout).toBeGreaterThan(95)
    expect(tally(silent).refused).toBeUndefined()
  })

  test('its time is CPU time, shared with what else is on its host', () => {
    const { model, ended } = play(site({ fw: 'service: 20ms' }))
    expect(responses(ended)).toEqual([0.03])
    expect(model.hosts.get('gate')!.processor.busy.mean(model.kernel.now)).toBeCloseTo(0.2, 2)
  })
})

/** Visitors of whom none came before the run. */
const fresh = 'arrive: constant(10/s), profile: { 0s: 0%, 1us: 100% }'

describe('connection tracking (nf_conntrack-sysctl)', () => {
  const conntrack = (options: string, rest: Parameters<typeof site>[0] = {}) =>
    site({
      fw: `nf_conntrack_max: 655, ${options}`,
      web: 'arrive: constant(10/s), timeout: 500ms',
      lasts: '400s',
      ...rest,
    })

  test('10 new connections/s that stay 120 s in a table of 655: full at 65.5 s, then 655 / 120 are accepted per second', () => {
    const { model, ended } = play(conntrack('', { web: `${fresh}, timeout: 500ms` }))
    const lost = ended.filter((r) => r.outcome !== 'ok')
    expect(tally(lost)).toEqual({ timeout: lost.length })
    expect(lost[0]!.arrived).toBeCloseTo(65.600001, 6)
    const late = ended.filter((r) => r.arrived > 130 && r.arrived <= 370)
    expect(late.filter((r) => r.outcome === 'ok').length / 240).toBeCloseTo(655 / 120, 1)
    expect(extra(model).conntrack_entries).toBeGreaterThan(650)
    expect(extra(model).conntrack_entries).toBeLessThanOrEqual(655)
    expect(extra(model).conntrack_dropped).toBeGreaterThan(lost.length - 10)
  })

  test('the number of entries is rate times lifetime (Little): 10/s for 120 s and 10 ms', () => {
    const { model } = world(site({ web: fresh, lasts: '400s' }))
    const entries = looks(model, [60.05, 200.05, 390.05], () => extra(model).conntrack_entries!)
    model.run()
    expect(entries).toEqual([600, 1200, 1200])
  })

  test('when a run begins they are there already, of visitors who came before', () => {
    const { model } = world(site({ lasts: '200s' }))
    const entries = looks(model, [0, 0.05, 60.05, 119.95, 190.05], () => extra(model).conntrack_entries!)
    model.run()
    for (const one of entries) expect(Math.abs(one - 1200)).toBeLessThanOrEqual(1)
    // A table that is too small is full, and takes 655 / 120 per second from the first second on.
    const { ended } = play(conntrack('', { lasts: '200s' }))
    for (const [from, to] of [
      [0, 12],
      [12, 24],
      [60, 72],
    ] as const) {
      const ok = ended.filter((r) => r.arrived > from && r.arrived <= to && r.outcome === 'ok').length
      expect(Math.abs(ok - 65.5)).toBeLessThan(2)
    }
    // How often closed users asked nobody knows.
    const closed = world(site({ web: 'arrive: "closed(users=10, think=1s)"', lasts: '1s' })).model
    expect(extra(closed).conntrack_entries).toBe(0)
  })

  test('requests that share a connection share its entry; those on connections that stand pass a full table', () => {
    const { model } = play(conntrack('requests_per_connection: 20', { lasts: '1000s' }))
    expect(extra(model).conntrack_dropped).toBe(0)
    const entries = extra(model).conntrack_entries!
    expect(Math.abs(entries - 60)).toBeLessThan(4 * Math.sqrt(60))
    const full = play(
      conntrack('requests_per_connection: 2', {
        fw: 'nf_conntrack_max: 1, nf_conntrack_tcp_timeout_time_wait: 1h, requests_per_connection: 2',
      }),
    ).ended
    const ok = full.filter((r) => r.outcome === 'ok').length / full.length
    expect(Math.abs(ok - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / full.length))
  })

  test('a SYN that found it full is sent again, and finds a place that has become free', () => {
    const { ended } = play(
      site({
        fw: 'nf_conntrack_max: 1, nf_conntrack_tcp_timeout_time_wait: 1600ms',
        web: 'arrive: renewal(1300ms), profile: { 0s: 0%, 1us: 100% }',
        lasts: '4.5s',
      }),
    )
    // The place of the first is free at 2.91 s: the second, of 2.6 s, takes it at 3.6 s, before the third comes.
    expect(ended.map((r) => [+r.arrived.toFixed(6), +(r.ended - r.arrived).toFixed(6)])).toEqual([
      [1.300001, 0.01],
      [2.600001, 1.01],
    ])
  })

  test('what it drops or rejects takes no place; what it forwards does until its answer is through', () => {
    const flood = 'arrive: constant(1k/s), timeout: 100ms'
    const { model, ended } = play(
      conntrack('', { web: `${fresh}, timeout: 500ms`, evil: flood, lasts: '60s' }),
    )
    expect(extra(model).conntrack_dropped).toBe(0)
    expect(tally(of(ended, 'web'))).toEqual({ ok: of(ended, 'web').length })
    // Not recognised, the same flood fills it at once.
    const open = play(conntrack('detect: 0%', { web: `${fresh}, timeout: 500ms`, evil: flood, lasts: '60s' }))
    expect(tally(of(open.ended, 'web')).timeout).toBeGreaterThan(500)
  })

  test('a restart empties it', () => {
    const { model } = world(site({ web: fresh, faults: crash('fw', '30.05s', '1s') }))
    const entries = looks(model, [30.01, 30.1, 31.1, 59.9], () => extra(model).conntrack_entries!)
    model.run()
    expect(entries[0]).toBe(300)
    expect(entries[1]).toBe(0)
    expect(entries[3]).toBeLessThan(300)
  })

  test('the table by itself: places, expiry in the order of the ends, growth', () => {
    const table = new Conntrack(100, 10)
    for (let i = 0; i < 100; i++) expect(table.open(i)).toBe(true)
    expect(table.open(100)).toBe(false)
    for (let i = 0; i < 60; i++) table.close(100 + i / 10)
    expect(table.entries(109.9)).toBe(100)
    expect(table.entries(110)).toBe(99)
    expect(table.entries(112.05)).toBe(79)
    for (let i = 0; i < 21; i++) expect(table.open(112.05)).toBe(true)
    expect(table.open(112.05)).toBe(false)
    expect(table.entries(1000)).toBe(61)
    table.clear(0)
    expect(table.entries(1000)).toBe(0)
    const boundless = new Conntrack(Number.POSITIVE_INFINITY, 10)
    for (let i = 0; i < 1000; i++) expect(boundless.open(0)).toBe(true)
  })
})

test('nothing is left behind: visitors who give up, attackers, crashes, a full table', () => {
  const { model } = play(
    site({
      fw: 'service: 5ms, nf_conntrack_max: 60, nf_conntrack_tcp_timeout_time_wait: 1s, false_positives: 5%',
      web: 'arrive: poisson(60/s), timeout: 300ms, retries: 2',
      evil: 'arrive: poisson(60/s), timeout: 2s',
      faults: [
        crash('fw', '10s', '5s'),
        crash('server', '20s', '5s'),
        '{ kind: hang, target: fw, at: 30s, for: 5s }',
      ].join(', '),
    }),
  )
  for (const users of model.users) users.surge.bend(0)
  model.kernel.run(model.kernel.now + 300)
  expect(model.context.requests.inUse).toBe(0)
  expect(extra(model).conntrack_entries).toBe(0)
})

test('misuse is explained, with its place', () => {
  const said = (fw: string) => problemsOf(site({ fw }))[0]
  expect(said('mode: packets')).toMatch(/components\.fw\.mode: expected one of packet, waf, not "packets"/)
  expect(said('action: forbid')).toMatch(/expected one of drop, reject, log/)
  expect(said('detect: 120%')).toMatch(/components\.fw\.detect: expected a share/)
  expect(said('nf_conntrack_max: 0')).toMatch(/expected unlimited, or a whole number of 1 or more, not 0/)
  expect(said('false_positive: 1%')).toMatch(
    /there is no option "false_positive"; did you mean "false_positives"\?/,
  )
})
