import { describe, expect, test } from 'vitest'
import { fault, play, problemsOf } from '../../support/world.js'

/** A server, and monitors that watch it, each on a machine of its own. */
const site = ({
  peers = ', cluster_peer: [m-2]',
  more = '',
  faults = '',
  wires = '',
  lasts = '600s',
  second = '',
}: Partial<Record<'peers' | 'more' | 'faults' | 'wires' | 'lasts' | 'second', string>>) => `
lasts: ${lasts}
warmup: 0s
hosts: { server: { cores: 4 }, w-1: { cores: 1 }, w-2: { cores: 1 }, w-3: { cores: 1 } }
users: { u: { to: web, arrive: constant(1/h) } }
components:
  web: { kind: service, host: server, servers: unlimited, service: 10ms }
  m-1: { kind: monitor, host: w-1, ${watching}${peers} }
  m-2: { kind: monitor, host: w-2, ${watching}${second} }
${more}
wires: { ${wires} }
faults: [${faults}]
`
// A crash is told from 30 s to 60 s after it.
const watching = 'targets: [web], scrape_interval: 15s, evaluation_interval: 15s'
const third = `  m-3: { kind: monitor, host: w-3, ${watching} }`
const dies = fault('crash', 'web', '100s', '300s')

function seen(text: string, replication = 0) {
  const { model } = play(text, replication)
  const of = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  const told = model.context.detections.map(({ component, at, since }) => ({ component, after: at - since }))
  return { one: of('m-1'), two: of('m-2'), told, of }
}
/** The same, due at 140 s and at most 0.2 s more. */
const sharp = (said: Parameters<typeof site>[0]) =>
  site({ ...said, lasts: '180s' }).replaceAll(
    'scrape_interval: 15s, evaluation_interval: 15s',
    'scrape_interval: 100ms, evaluation_interval: 100ms, group_wait: 40s',
  )
const runs = (text: string, n = 20) => Array.from({ length: n }, (_, r) => seen(text, r))
const afters = (text: string, n = 20) => runs(text, n).map(({ told }) => told[0]!.after)

describe('two monitors that are a cluster tell people once (Alertmanager, High Availability)', () => {
  test('who was started first notifies; the other looks into the log when its turn comes, and does not', () => {
    for (const { one, two, told } of runs(site({ faults: dies }))) {
      expect(told.map(({ component }) => component)).toEqual(['m-1'])
      expect(one).toMatchObject({ outages: 1, noticed: 1, notified: 1, deduplicated: 0, duplicates: 0 })
      expect(two).toMatchObject({ outages: 1, noticed: 1, notified: 0, deduplicated: 1, duplicates: 0 })
      expect(two.time_to_detect_s).toBe(one.time_to_detect_s)
    }
  })

  test('that are none tell people twice, each as late as it is', () => {
    const { one, two, told } = seen(site({ peers: '', faults: dies }))
    expect(told).toHaveLength(2)
    expect(one).not.toHaveProperty('notified')
    expect([one.time_to_detect_s, two.time_to_detect_s].sort()).toEqual(told.map(({ after }) => after).sort())
  })

  test('the alert of either Prometheus comes to both: whoever sees the outage first is the one that counts', () => {
    const alone = runs(site({ peers: '', faults: dies })).map(({ one, two }) =>
      Math.min(one.time_to_detect_s!, two.time_to_detect_s!),
    )
    for (const [i, after] of afters(site({ faults: dies })).entries()) expect(after).toBeCloseTo(alone[i]!, 9)
  })

  test('a target that only one of them watches is told of by the first of the cluster', () => {
    const text = site({ faults: dies, more: '  other: { kind: service, service: 1ms }' })
    const { told, one } = seen(text.replace('w-1, targets: [web]', 'w-1, targets: [other]'))
    expect(told.map(({ component }) => component)).toEqual(['m-1'])
    expect(one).toMatchObject({ outages: 0, noticed: 0, notified: 1 })
  })

  test('the next outage is told again', () => {
    const faults = [fault('crash', 'web', '100s', '100s'), fault('crash', 'web', '300s', '100s')].join(', ')
    const { one, two } = seen(site({ faults }))
    expect(one).toMatchObject({ outages: 2, noticed: 2, notified: 2 })
    expect(two).toMatchObject({ noticed: 2, deduplicated: 2 })
  })
})

describe('with one of them dead the other tells', () => {
  test.each([
    ['process', 'm-1'],
    ['machine', 'w-1'],
  ])('and waits for nobody once the dead %s is known: 5 s to 6 s', (_, target) => {
    const faults = [dies, fault('crash', target, '60s')].join(', ')
    for (const { one, two, told } of runs(site({ faults }))) {
      expect(told.map(({ component }) => component)).toEqual(['m-2'])
      expect(told[0]!.after).toBeLessThan(60 + 1e-6)
      expect(one).toMatchObject({ outages: 1, noticed: 0, notified: 0 })
      expect(two).toMatchObject({ outages: 1, noticed: 1, notified: 1, deduplicated: 0 })
    }
  })

  const dieAt = (at: string, more = '') =>
    afters(sharp({ faults: [dies, fault('crash', 'm-1', at)].join(', '), second: more }), 3).map(
      (t) => t - 40,
    )

  test('but waits its turn, peer_timeout, where the first died too lately to be known as dead', () => {
    for (const after of dieAt('135.5s')) expect(Math.abs(after - 15)).toBeLessThan(0.25)
    for (const after of dieAt('133.9s')) expect(Math.abs(after)).toBeLessThan(0.25)
    for (const after of dieAt('135.5s', ', cluster_peer_timeout: 4s'))
      expect(Math.abs(after - 4)).toBeLessThan(0.25)
  })
})

test('a third waits twice as long, and gossip comes to it through another', () => {
  const peers = ', cluster_peer: [m-2]'
  const text = site({ peers, second: ', cluster_peer: [m-3]', more: third, faults: dies })
  for (const { told, of } of runs(text, 10)) {
    expect(told.map(({ component }) => component)).toEqual(['m-1'])
    expect(of('m-3')).toMatchObject({ noticed: 1, notified: 0, deduplicated: 1 })
  }
  // The two before it die at the last moment.
  const faults = [dies, fault('crash', 'm-1', '139s'), fault('crash', 'm-2', '139s')].join(', ')
  const [told] = seen(sharp({ peers, second: ', cluster_peer: [m-3]', more: third, faults })).told
  expect(told!.component).toBe('m-3')
  expect(Math.abs(told!.after - (40 + 2 * 15))).toBeLessThan(0.25)
})

describe('who names whom makes one cluster of all', () => {
  const cluster = (one: string, two: string, three: string) =>
    site({
      peers: `, cluster_peer: [${one}]`,
      second: `, cluster_peer: [${two}]`,
      more: third.replace(' }', `, cluster_peer: [${three}] }`),
      faults: dies,
    })

  test('mutually: two name one another, and a cut of either wire is one between them', () => {
    const mutual = { second: ', cluster_peer: [m-1]', faults: dies }
    for (const { one, two, told } of runs(site(mutual), 10)) {
      expect(told.map(({ component }) => component)).toEqual(['m-1'])
      expect(one).toMatchObject({ noticed: 1, notified: 1 })
      expect(two).toMatchObject({ noticed: 1, notified: 0, deduplicated: 1 })
    }
    for (const wire of ['m-1 -> m-2', 'm-2 -> m-1']) {
      const { told } = seen(site({ ...mutual, faults: [dies, fault('partition', wire, '50s')].join(', ') }))
      expect(told.map(({ component }) => component).sort()).toEqual(['m-1', 'm-2'])
    }
    const slow = seen(site({ ...mutual, wires: 'm-2 -> m-1: { latency: 20s }' }))
    expect(slow.told).toHaveLength(2)
  })

  test.each([
    ['in a ring', 'm-2', 'm-3', 'm-1'],
    ['in the other ring', 'm-3', 'm-1', 'm-2'],
    ['all the first', 'm-3', 'm-1', 'm-1'],
  ])('%s', (_, one, two, three) => {
    for (const { told, of } of runs(cluster(one, two, three), 10)) {
      expect(told.map(({ component }) => component)).toEqual(['m-1'])
      for (const other of ['m-2', 'm-3'])
        expect(of(other)).toMatchObject({ noticed: 1, notified: 0, deduplicated: 1 })
    }
  })

  test('two pairs that one joins to one another', () => {
    const text = site({
      second: '',
      more: [
        third.replace(' }', ', cluster_peer: [m-4] }'),
        third.replace('m-3', 'm-4').replace(' }', ', cluster_peer: [m-2] }'),
      ].join('\n'),
      faults: dies,
    })
    const { told, of } = seen(text)
    expect(told.map(({ component }) => component)).toEqual(['m-1'])
    for (const other of ['m-2', 'm-3', 'm-4']) expect(of(other)).toMatchObject({ deduplicated: 1 })
  })

  test('but nobody is a peer of itself', () => {
    expect(problemsOf(site({ peers: ', cluster_peer: [m-2, m-1]' }))).toEqual([
      expect.stringMatching(/components\.m-1\.cluster_peer\.1: it is no peer of itself/),
    ])
  })
})

describe('members that are cut from one another', () => {
  test('tell people twice: it fails open', () => {
    const faults = [dies, fault('partition', 'm-1 -> m-2', '50s')].join(', ')
    const { one, two, told } = seen(site({ faults }))
    expect(told.map(({ component }) => component).sort()).toEqual(['m-1', 'm-2'])
    expect(one.notified! + two.notified!).toBe(2)
    expect(one.duplicates! + two.duplicates!).toBe(1)
  })

  test('are told what people were told of when they hear each other again', () => {
    const faults = [dies, fault('partition', 'm-1 -> m-2', '50s', '60s')].join(', ')
    for (const { one, two } of runs(site({ faults }), 10)) {
      expect(one.notified! + two.notified!).toBe(1)
      expect(one.duplicates! + two.duplicates!).toBe(0)
    }
  })

  test('gossip that comes later than the turn of the other comes too late', () => {
    const { one, two } = seen(site({ faults: dies, wires: 'm-1 -> m-2: { latency: 20s }' }))
    expect(one.notified! + two.notified!).toBe(2)
  })
})

test('who comes back is last, and knows from its peer what people were told', () => {
  // The first dies after it has told, and is back: it sees the outage anew, and says nothing.
  const faults = [fault('crash', 'web', '100s'), fault('crash', 'm-1', '200s', '50s')].join(', ')
  for (const { one, two, told } of runs(site({ faults }), 10)) {
    expect(told).toHaveLength(1)
    expect(one).toMatchObject({ notified: 1, deduplicated: 1, duplicates: 0 })
    expect(two).toMatchObject({ notified: 0, deduplicated: 1 })
  }
  // From then on the other one is the first.
  const later = [fault('crash', 'm-1', '20s', '10s'), dies].join(', ')
  expect(seen(site({ faults: later })).told.map(({ component }) => component)).toEqual(['m-2'])
})

test('alone it has nobody who knows: who restarts tells what people know', () => {
  const faults = [
    fault('crash', 'web', '100s'),
    fault('crash', 'm-1', '200s', '50s'),
    fault('crash', 'm-2', '50s'),
  ]
  expect(seen(site({ faults: faults.join(', ') })).one).toMatchObject({
    notified: 2,
    duplicates: 1,
    noticed: 1,
  })
})

test('the alert of a Prometheus that died stands for four minutes with the others', () => {
  // Only the first scrapes it, and dies before the group has waited.
  const quick = (groupWait: string) =>
    site({
      faults: [dies, fault('crash', 'm-1', '110s')].join(', '),
      more: '  other: { kind: service, service: 1ms }',
      second: `, group_wait: ${groupWait}`,
    })
      .replace(
        'w-1, targets: [web], scrape_interval: 15s, evaluation_interval: 15s',
        'w-1, targets: [web], scrape_interval: 1s, evaluation_interval: 1s',
      )
      .replace('w-2, targets: [web]', 'w-2, targets: [other]')
  expect(seen(quick('200s')).two).toMatchObject({ notified: 1 })
  expect(seen(quick('250s')).two).toMatchObject({ notified: 0 })
})

test('a false alarm is told once too', () => {
  const faults = ['m-1 -> web', 'm-2 -> web']
    .map((wire) => fault('partition', wire, '100s', '300s'))
    .join(', ')
  const { one, two } = seen(site({ faults }))
  expect(one).toMatchObject({ noticed: 0, false_alarms: 1, notified: 1 })
  expect(two).toMatchObject({ noticed: 0, false_alarms: 0, notified: 0, deduplicated: 1 })
})

test('one that hangs when a notice is due is spared it: the other has sent it meanwhile', () => {
  const faults = [dies, fault('hang', 'm-1', '120s', '200s')].join(', ')
  for (const { one, two, told } of runs(site({ faults }), 10)) {
    expect(told.map(({ component }) => component)).toEqual(['m-2'])
    expect(one.notified! + two.notified!).toBe(1)
  }
})

test('misuse is explained, with its place', () => {
  expect(problemsOf(site({ peers: ', cluster_peer_timeout: 5s' }))[0]).toMatch(
    /components\.m-1\.cluster_peer_timeout: it has no peers: name some in cluster_peer/,
  )
  expect(problemsOf(site({ second: ', cluster_peer_timeout: 5s' }))).toEqual([])
  expect(problemsOf(site({ peers: ', cluster_peer: [web]' }))[0]).toMatch(/cluster_peer.*monitor/)
  expect(problemsOf(site({ peers: ', cluster_probe_interval: 5s' }))[0]).toMatch(/after 5 s to 6 s/)
})
