import { describe, expect, test } from 'vitest'
import type { Model } from '../../../sim/model/model.js'
import { Syn } from '../../../sim/parts/port.js'
import { play, problemsOf, tally } from '../../support/world.js'

/** Visitors who try once before a listener, or before a firewall in front of it. */
const site = ({ host = '', fw = '', flood = '', web = '', users = '', to = 'fw', lasts = '200s' }) => `
lasts: ${lasts}
warmup: 0s
hosts: { gate: { cores: 2 }, h: { cores: 2${host && `, ${host}`} } }
users: { u: { arrive: constant(50/s), to: ${to}, timeout: 900ms${users && `, ${users}`} } }
components:
  fw: { kind: firewall, host: gate, to: web${fw && `, ${fw}`} }
  web: { kind: service, host: h, servers: 8, service: 1ms, backlog: 1023${web && `, ${web}`} }
faults: [${flood && `{ kind: syn_flood, ${flood} }`}]
`
const shareOk = (text: string) => {
  const { ok = 0, ...rest } = tally(play(text).ended)
  return ok / (ok + Object.values(rest).reduce((a, b) => a + (b ?? 0), 0))
}
const seven = 'tcp_syncookies: 0, tcp_max_syn_backlog: 4096, tcp_synack_retries: 2'
const extra = ({ components, kernel }: Model, name: string) => components.get(name)!.extra(kernel.now)

describe('a flood of SYNs at a listener', () => {
  test('without cookies 1 - B / (H r) of the first SYNs are lost, with them none', () => {
    const at = (host: string) =>
      shareOk(site({ host, to: 'web', lasts: '210s', flood: 'target: web, rate: 400/s, at: 0s' }))
    expect(at(seven)).toBeCloseTo(1024 / (7 * 400), 1)
    expect(at('tcp_syncookies: 1')).toBe(1)
    // Cookies are the default.
    expect(at('')).toBe(1)
  })

  test('three quarters of tcp_max_syn_backlog and one, or the backlog and one', () => {
    const most = (host: string, rate: number, at: number) => {
      const { model } = play(
        site({
          host: `tcp_syncookies: 0, ${host}`,
          to: 'web',
          flood: `target: web, rate: ${rate}/s, at: 0s`,
          lasts: `${at}s`,
        }),
      )
      return model.components.get('web')!.process.synQueueFull
    }
    expect(most('tcp_max_syn_backlog: 1024', 500, 1)).toBe(false)
    expect(most('tcp_max_syn_backlog: 1024', 500, 2)).toBe(true)
    expect(most('tcp_max_syn_backlog: 4096', 500, 1.9)).toBe(false)
    expect(most('tcp_max_syn_backlog: 4096', 500, 2.4)).toBe(true)
  })

  test('whoever has a connection does not notice, and a TCP check does', () => {
    const text = site({
      host: seven,
      to: 'web',
      users: 'requests_per_connection: 50',
      flood: 'target: web, rate: 100k/s, at: 1s',
    })
    expect(shareOk(text)).toBeGreaterThan(0.9)
    const { model } = play(text)
    expect(model.wires.find(({ from }) => from === 'u')!.syn).toBe(Syn.silence)
  })

  test('each SYN takes CPU time of the machine', () => {
    const busy = (cpu: string) => {
      const flood = `target: web, rate: 500k/s, cpu_per_syn: ${cpu}, at: 0s`
      return play(site({ to: 'web', lasts: '20s', flood }))
        .model.hosts.get('h')!
        .processor.busy.mean(20)
    }
    // 50 requests/s of 1 ms, and half of the two cores is left.
    expect(busy('0s')).toBeCloseTo(0.05, 3)
    expect(busy('2us')).toBeCloseTo(0.1, 3)
  })
})

describe('a flood of SYNs at a packet filter', () => {
  test('fills its table, each for a minute: from B / 60 s on', () => {
    const entries = (rate: string) => {
      const fw = 'nf_conntrack_max: 26214, nf_conntrack_tcp_timeout_time_wait: 0s'
      const { model } = play(site({ fw, flood: `target: fw, rate: ${rate}, at: 0s`, lasts: '70s' }))
      return extra(model, 'fw').conntrack_entries!
    }
    expect(Math.abs(entries('420/s') - 420 * 60)).toBeLessThan(600)
    expect(entries('455/s')).toBeGreaterThan(26_000)
  })

  test('passes on what gets an entry, to the queue and the CPU of what stands behind, as long as it lasts', () => {
    const behind = (fw: string, lasts: string) => {
      const flood = 'target: fw, rate: 800/s, cpu_per_syn: 1ms, at: 0s, for: 10s'
      const { model } = play(site({ host: seven, fw, lasts, flood }))
      const { floods, interrupts, synQueueFull } = model.components.get('web')!.process
      return [floods.rate, interrupts.value, synQueueFull]
    }
    expect(behind('', '5s')).toEqual([800, 0.8, true])
    // Of 12000 entries 200 end a second.
    expect(behind('nf_conntrack_max: 12000', '5s')).toEqual([200, 0.2, false])
    expect(behind('', '30s')).toEqual([0, 0, false])
  })

  test('from few addresses it is limited by hashlimit and connlimit', () => {
    const behind = (fw: string) =>
      play(
        site({ fw, lasts: '50s', flood: 'target: fw, rate: 4k/s, sources: 100, at: 0s' }),
      ).model.components.get('web')!.process.floods.rate
    expect(behind('')).toBeCloseTo(4000, 6)
    expect(behind('hashlimit_upto: 10/s')).toBeCloseTo(1000, 6)
    // 100 of each, a minute each.
    expect(behind('connlimit_above: 100')).toBeCloseTo(10_000 / 60, 6)
  })

  test('what comes to a virtual address goes on to one of several', () => {
    const text = site({ flood: 'target: vip, rate: 400/s, at: 0s' }).replace(
      '  fw: { kind: firewall, host: gate, to: web',
      '  vip: { kind: vip, servers: [web] }\n  fw: { kind: firewall, host: gate, to: vip',
    )
    const why = 'goes on to one of several: aim at what stands behind it'
    expect(problemsOf(text)).toEqual([expect.stringContaining(`what comes to vip ${why}`)])
    expect(problemsOf(text.replace('target: vip', 'target: fw'))).toEqual([
      expect.stringContaining(`what comes to fw ${why}`),
    ])
  })
})

describe('limits of one address', () => {
  const few = 'addresses: { count: 5 }'

  test('hashlimit lets a burst pass, and then so many a second of each', () => {
    const { model, ended } = play(site({ fw: 'hashlimit_upto: 2/s, hashlimit_burst: 3', users: few }))
    // 5 addresses, 3 at once, and 2 a second for 200 s.
    expect(tally(ended).ok).toBeGreaterThan(1990)
    expect(tally(ended).ok).toBeLessThanOrEqual(2015)
    expect(extra(model, 'fw').hashlimit_dropped).toBeGreaterThan(7900)
    expect(tally(play(site({ fw: 'hashlimit_upto: 2/s' })).ended).ok).toBeGreaterThan(9990)
  })

  test('connlimit lets so many connections of each be there at a time', () => {
    const text = site({ fw: 'connlimit_above: 2', users: few, lasts: '20s' })
      .replace('service: 1ms', 'service: 800ms')
      .replace('h: { cores: 2', 'h: { cores: 99')
      .replace('servers: 8', 'servers: unlimited')
    const { model, ended } = play(text)
    // 5 addresses with 2 each of 0.8 s.
    const rate = tally(ended).ok! / 20
    expect(rate).toBeGreaterThan(10)
    expect(rate).toBeLessThanOrEqual(12.6)
    expect(extra(model, 'fw').connlimit_dropped).toBeGreaterThan(500)
  })
})
