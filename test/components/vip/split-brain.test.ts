import { describe, expect, test } from 'vitest'
import { drawing } from '../../../reports/drawing/drawing.js'
import { bare } from '../../../reports/drawing/view.js'
import { type Around, Vrrp } from '../../../sim/components/vip/vrrp.js'
import { Kernel } from '../../../sim/kernel/kernel.js'
import { Model } from '../../../sim/model/model.js'
import { Session } from '../../../sim/model/session.js'
import { remarksOn } from '../../../sim/scenario/oddities.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { play, problemsOf, tally, world } from '../../support/world.js'

/** Until the visitors' machine asks anew who has the address. */
const RENEWED = 30
const CUT = 2.5

/**
 * Two members of priority 150 and 100, whose adverts do not get through from 2.5 s to `heals`: what is learned. The first
 * sends its adverts at 0.25, 1.25, ... s; the other takes the address at 2.25 + 3 + 156/256 = 5.859375 s, and sends then,
 * and every second from then on.
 * @param only the member whose adverts alone are lost
 */
function split(heals: number, given: { refresh?: number; higherSends?: boolean; only?: number } = {}) {
  const { refresh = 0, higherSends = false, only } = given
  const kernel = new Kernel()
  const seen: string[] = []
  const note = (says: string) => seen.push(`${+kernel.now.toFixed(6)} ${says}`)
  const cut = () => kernel.now >= CUT && kernel.now < heals
  const around: Around = {
    delay: (from) => (cut() && (only ?? from) === from ? Number.POSITIVE_INFINITY : 0),
    renewal: () => RENEWED,
    moved: (from) => note(`moved ${from}`),
    taken: (by) => note(`taken ${by}`),
    found: (at, since) => note(`found ${at} after ${+(kernel.now - since).toFixed(6)}`),
    split: (by, others) => note(`split ${by} ${others}`),
  }
  const options = { advertInt: 1, preempt: true, preemptDelay: 0, version: 2, refresh, higherSends } as const
  const members = [{ reachable: true }, { reachable: true }]
  const vrrp = new Vrrp(kernel, members, [150, 100], options, 0.25, around)
  kernel.run(60)
  return { seen, holder: vrrp.holder }
}

const BEGINS = ['5.859375 taken 1', '5.859375 moved 0', '5.859375 split 1 0']

describe('adverts are lost between two members: both are master, and who announced the address last has it', () => {
  // Measured on keepalived 2.2.7 (network namespaces behind an isolating bridge, priorities 150 and 100): the second took the
  // address 2.66 to 3.55 s after the cut; after it healed the first had it again within 0.5 s in 6 of 12 runs, and after
  // 23 to 49 s in the others.
  test('it heals before an advert of the lower priority: the other answers it, and announces the address', () => {
    expect(split(12.5)).toEqual({ seen: [...BEGINS, '12.859375 taken 0', '12.859375 moved 1'], holder: 0 })
  })

  test('it heals before one of the higher: the lower is backup without a word, and packets go to it until somebody asks', () => {
    expect(split(13)).toEqual({
      seen: [...BEGINS, '43.25 found 0 after 30', '43.25 moved 1'],
      holder: 0,
    })
  })

  test('higher_prio_send_advert: it says so first, and the other announces the address (measured: 4 of 4 at once)', () => {
    expect(split(13, { higherSends: true }).seen).toEqual([...BEGINS, '13.25 taken 0', '13.25 moved 1'])
  })

  test('garp_master_refresh: each announces the address again and again, and has it for as long', () => {
    const { seen } = split(13, { refresh: 4 })
    expect(seen.filter((one) => one.includes('taken'))).toEqual([
      '5.859375 taken 1',
      '8.25 taken 0',
      '9.859375 taken 1',
      '12.25 taken 0',
    ])
  })

  test('one way: the lower does not hear the higher, which hears it, and takes the address back at once', () => {
    const { seen } = split(13, { only: 0 })
    expect(seen.filter((one) => one.includes('taken'))).toEqual(['5.859375 taken 1', '5.859375 taken 0'])
    expect(split(13, { only: 1 }).seen).toEqual([])
  })
})

const site = (faults: string, { vip = '', more = '', arrive = 'constant(1/h)', users = '' } = {}) => `
lasts: 75s
warmup: 0s
hosts: { h-1: {}, h-2: {} }
users: { u: { arrive: ${arrive}, to: vip${users} } }
components:
  vip: { kind: vip, servers: [lb-1, lb-2]${vip} }
  lb-1: { kind: haproxy, host: h-1, service: 0s, servers: [s] }
  lb-2: { kind: haproxy, host: h-2, service: 0s, servers: [s] }
  s: { kind: service, servers: unlimited, service: 1s }
${more}
faults: [${faults}]
`
const CUTS = [
  '{ kind: partition, target: lb-1 -> lb-2, at: 5s, for: 10s }',
  '{ kind: loss, share: 100%, target: lb-1 -> lb-2, at: 5s, for: 10s }',
]

const learned = (text: string, replication = 0) => {
  const { model } = world(text, replication)
  model.run()
  return model.context.detections.map(({ at, says }) => ({ at, says }))
}

test.each(CUTS)('two masters after 2.6 to 3.6 s, one within an advert of the end: %s', (fault) => {
  const ends = new Set<string>()
  for (let replication = 0; replication < 8; replication++) {
    const [taken, beside, again] = learned(site(fault), replication)
    expect(taken!.says).toBe('lb-2 took the address over')
    expect(beside).toEqual({ at: taken!.at, says: 'lb-2 became master beside lb-1 (split brain)' })
    expect(taken!.at - 5).toBeGreaterThan(2.609)
    expect(taken!.at - 5).toBeLessThan(3.61)
    ends.add(again!.says)
    // An entry is asked about 5 s after it was announced, then 20 to 50 s after each answer, by three probes.
    if (again!.says === 'lb-1 took the address over') expect(again!.at - 15).toBeLessThan(1)
    else expect(again!.at - 15).toBeLessThan(54)
  }
  expect(ends).toEqual(new Set(['lb-1 took the address over', 'lb-1 was found by ARP']))
})

test('packets to the address get through all the time, but for those to who has stepped down', () => {
  const given = { arrive: 'constant(50/s)', users: ', timeout: 5s' }
  const text = site(CUTS[0]!, given)
  for (const replication of [0, 1, 2]) {
    const [taken, , again] = learned(text, replication)
    const failed = play(text, replication).ended.filter(({ outcome }) => outcome !== 'ok')
    const inside = failed.filter(({ arrived }) => arrived < 10)
    // Those inside lose their connection when the address moves.
    expect(tally(inside)).toEqual({ reset: 50 })
    expect(inside.every(({ ended }) => ended === taken!.at)).toBe(true)
    const later = failed.filter(({ arrived }) => arrived > 10)
    if (again!.says === 'lb-1 took the address over') expect(tally(later)).toEqual({ reset: 50 })
    else {
      expect(tally(later)).toEqual({ timeout: later.length })
      expect(later.length).toBeGreaterThan(50 * (again!.at - 15 - 6))
    }
  }
})

test('a machine whose packets are half lost takes part by the adverts that come', () => {
  const often = (share: number) =>
    learned(site(`{ kind: loss, share: ${share}%, target: h-2, at: 5s, for: 60s }`)).length
  expect(often(5)).toBe(0)
  expect(often(75)).toBeGreaterThan(2)
})

test('what a scenario says of the way of adverts: latency, loss, and nothing of a way back to front', () => {
  const slow = site('{ kind: crash, target: h-1, at: 5s }', {
    more: 'wires: { lb-1 -> lb-2: { latency: 1s } }',
  })
  const plain = learned(site('{ kind: crash, target: h-1, at: 5s }'))[0]!.at
  // What was under way when it died is still heard.
  expect(learned(slow)[0]!.at - plain).toBeCloseTo(1, 9)
  expect(learned(site('', { more: 'wires: { lb-1 -> lb-2: { loss: 90% } }' })).length).toBeGreaterThan(2)
  expect(problemsOf(site('{ kind: partition, target: lb-2 -> lb-1, at: 1s }')).join()).toContain(
    'did you mean "lb-1 -> lb-2"?',
  )
  const wide = site('', {
    more: 'wires: { lb-1 -> lb-2: { bandwidth: 1Mbit/s } }\nsizes: { request: { answer: 1kB } }',
  })
  expect(remarksOn(parseScenario(wide, 'test.yaml')).join()).toContain(
    'the bandwidth of lb-1 -> lb-2 limits nothing: what lb-1 tells there has no size',
  )
})

test('it is drawn where the scenario says something of it, and struck by hand where it does not', () => {
  const drawn = (faults: string) => String(drawing(parseScenario(site(faults), 'test.yaml'), bare))
  expect(drawn(CUTS[0]!)).toContain('lb-1 informs lb-2')
  expect(drawn('')).not.toContain('informs')
  const session = new Session(new Model(parseScenario(site(''), 'test.yaml'), 0, true))
  session.strike({ kind: 'partition', target: 'lb-1 -> lb-2' })
  session.advance(10)
  expect(session.model.context.detections.map(({ says }) => says)).toContain(
    'lb-2 became master beside lb-1 (split brain)',
  )
})
