import { describe, expect, test } from 'vitest'
import { Structure } from '../../../sim/experiments/structure.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { resultOf } from '../../support/ran.js'
import { fault, looks, play, problemsOf, world } from '../../support/world.js'

const COPIES = ['a', 'b', 'c', 'd']
const PROXIES = {
  haproxy:
    'kind: haproxy, service: 0s, timeout_connect: 1s, default_server: { check: on, inter: 1s }, servers:',
  nginx: 'kind: nginx, service: 0s, upstream:',
}

/** Four machines of one core behind a proxy: each request takes 100 ms of CPU. */
const site = ({
  options = 'average_utilization: 50%',
  rate = '4/s',
  proxy = PROXIES.haproxy,
  faults = '',
  lasts = '15min',
  app = 'kind: app, workers: 100, service: 100ms',
  more = '',
} = {}) => `
lasts: ${lasts}
warmup: 0s
hosts: { a1: { cost: 10 }, b1: { cost: 10 }, c1: { cost: 10 }, d1: { cost: 10 }, lb1: {} }
users: { u: { arrive: constant(${rate}), to: lb, timeout: 10s } }
components:
  lb: { host: lb1, ${proxy} [${COPIES}] }
${COPIES.map((name) => `  ${name}: { host: ${name}1, ${app} }`).join('\n')}
  group: { kind: autoscaler, targets: [${COPIES}], boot: 30s, ${options} }
${more}
faults: [${faults}]
`
const surge = (factor: number, at = '100s', lasts = '200s') =>
  fault('surge', 'u', at, lasts).replace(' }', `, factor: ${factor} }`)

/** Which copies are there at so many seconds, and what came of all. */
function course(text: string, at: number[]) {
  const { model, ended } = world(text)
  const there = looks(model, at, () =>
    COPIES.filter(
      (name) => model.components.get(name)!.serves && model.components.get(name)!.inRotation,
    ).join(''),
  )
  model.run()
  const of = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  return {
    there,
    of,
    failed: ended.filter(({ outcome }) => outcome !== 'ok').length,
    told: model.context.detections.map(({ says, at }) => ({ says, at })),
  }
}

describe.each(Object.entries(PROXIES))('behind %s', (_, proxy) => {
  test('copies come after the look and their boot, and go after 5 min, with nothing lost', () => {
    // 40 % of a core; in the surge 92 %, for which two are enough.
    const text = site({ proxy, faults: surge(2.3) })
    const { there, of, failed, told } = course(text, [0, 99, 160, 299, 590, 700])
    expect(there).toEqual(['a', 'a', 'ab', 'ab', 'ab', 'a'])
    expect(failed).toBe(0)
    const [start, end] = told.filter(({ says }) => says.includes(' b'))
    expect(start!.says).toBe('started b')
    expect(start!.at).toBeGreaterThan(100)
    // A look right after it sees too little of it.
    expect(start!.at).toBeLessThanOrEqual(130)
    expect(end!.says).toBe('took away b')
    // The last look at the surge asked for two.
    expect(end!.at - 300).toBeGreaterThanOrEqual(285)
    expect(end!.at - 300).toBeLessThanOrEqual(330)
    expect(told).toHaveLength(2)
    const counts = of('group')
    const ran = (end!.at + 30 - start!.at) / 900
    expect(counts.running_replicas).toBeCloseTo(1 + ran, 2)
    expect(counts.monthly_cost).toBeCloseTo(10 * (1 + ran), 1)
    expect(counts).toMatchObject({ most_replicas: 2, scaled_out: 1, scaled_in: 1 })
  })
})

test('HAProxy does not check who is not there, and takes who comes as up', () => {
  const { of, told } = course(site({ faults: surge(2.3) }), [900])
  expect(of('lb')).toMatchObject({ marked_down: 0, marked_up: 0 })
  expect(told.map(({ says }) => says)).toEqual(['started b', 'took away b'])
})

test('requests of a copy are a metric of their own, and the one that asks for more decides', () => {
  const only = (options: string) => course(site({ options, rate: '9/s', lasts: '2min' }), [110]).there[0]
  expect(only('average_value: 5/s')).toBe('ab')
  expect(only('average_value: 2.5/s')).toBe('abcd')
  expect(only('average_value: 20/s')).toBe('a')
  expect(only('average_value: 20/s, average_utilization: 30%')).toBe('abc')
  expect(only('average_value: 2.5/s, max_replicas: 3')).toBe('abc')
})

test('a copy that dies is not counted: another comes in its place, and one goes when it is back', () => {
  const faults = fault('crash', 'a1', '100s', '200s')
  const { there } = course(site({ options: 'min_replicas: 2', faults }), [0, 99, 160, 305, 640])
  expect(there).toEqual(['ab', 'ab', 'bc', 'abc', 'ab'])
})

test('with too few that could be started it takes what there is, and begins with `replicas`', () => {
  const faults = `${fault('crash', 'c1', '0s', '400s')}, ${surge(4, '100s', '300s')}`
  const { there } = course(site({ options: 'replicas: 2, average_utilization: 30%', faults }), [50, 200])
  expect(there).toEqual(['ab', 'abd'])
})

test('while it is dead or hangs nothing comes or goes', () => {
  for (const kind of ['crash', 'hang']) {
    const faults = `${fault(kind, 'group', '90s', '300s')}, ${surge(2.3)}`
    expect(course(site({ faults }), [299, 899]).there).toEqual(['a', 'a'])
  }
})

test('what is inside when the grace is over is reset; before, it is answered', () => {
  const app = 'kind: service, servers: 100, service: 20s'
  const rest = {
    rate: '1/s',
    app,
    proxy: PROXIES.haproxy.replace('service', 'timeout_server: 1min, service'),
  }
  const options = (grace: string) =>
    `average_value: 10/s, replicas: 2, scale_down: { stabilization_window_seconds: 0s }, termination_grace_period_seconds: ${grace}`
  const of = (grace: string) => {
    const { model } = play(
      site({ ...rest, lasts: '60s', options: options(grace) })
        .replace('timeout: 10s', '')
        .replaceAll('cost: 10', 'cores: 100'),
    )
    return model.components
      .get('b')!
      .probe.outcomes.slice(1)
      .reduce((a, b) => a + b, 0)
  }
  expect(of('5s')).toBeGreaterThan(0)
  expect(of('20s')).toBe(0)
})

test('while a copy boots no other is started for what it is to do', () => {
  // 90 % of a core, of which 50 % are aimed at: beside one that comes it is 45 %.
  const { told } = course(site({ rate: '9/s', lasts: '3min', options: 'average_utilization: 50%' }), [170])
  expect(told.map(({ says }) => says)).toEqual(['started b'])
})

test('a copy that is not there is no cause of anything, and the timeline has how many ran', async () => {
  const text = `replications: 1\n${site({ lasts: '4min', faults: fault('crash', 'a', '100s', '100s') })}`
  const { causes, timeline } = await resultOf(text)
  const blamed = JSON.stringify(causes)
  expect(blamed).toContain('"a"')
  expect(blamed).not.toMatch(/"[cd]"/)
  expect([timeline[49]!, timeline[60]!, timeline[119]!].map(({ replicas }) => replicas)).toEqual([
    { group: 1 },
    { group: 2 },
    { group: 1 },
  ])
})

describe('the wiring counts those that are there at least', () => {
  const cuts = (options: string) => new Structure(parseScenario(site({ options }), 'x.yaml')).cutSets(2)
  test('one, or two', () => {
    expect(cuts('min_replicas: 1')).toEqual([['a1'], ['lb1']])
    expect(cuts('min_replicas: 2')).toEqual([['lb1'], ['a1', 'b1']])
  })
})

describe('what does not fit is refused', () => {
  const said = (text: string) => problemsOf(text)
  test.each([
    ['max_replicas: 5', 'expected no more than targets: has (4)'],
    ['min_replicas: 5', 'expected no more than there are at most (4)'],
    ['min_replicas: 2, replicas: 1', 'expected a number from 2 to 4'],
    ['scale_down: { policies: [] }', 'expected at least one policy'],
    ['cooldown: 5min', 'scale_down: { stabilization_window_seconds: 5min }'],
  ])('%s', (options, says) => {
    expect(said(site({ options })).join()).toContain(says)
  })

  test.each([
    ['  other: { kind: autoscaler, targets: [d] }', 'd comes and goes as other says'],
    ['  m: { kind: monitor, targets: [d] }', 'd is not always there, and m does not mind'],
    ['  l: { kind: balancer, servers: [b] }', 'only a haproxy, nginx or nginx_stream may name it'],
  ])('%s', (more, says) => {
    expect(said(site({ more })).join()).toContain(says)
  })

  test('copies that are not alike, on one host, on none, or asked by visitors', () => {
    const changed = (from: string, to: string) => said(site().replace(from, to)).join()
    expect(
      changed('  d: { host: d1, kind: app, workers', '  d: { host: d1, kind: service, servers'),
    ).toContain('copies are alike')
    expect(changed('  d: { host: d1', '  d: { host: c1')).toContain('d and c are on one host')
    expect(changed('  d: { host: d1,', '  d: {')).toContain('d has no host')
    expect(changed('to: lb', 'to: d')).toContain('d is there only when group has started it')
    expect(changed('[a,b,c,d], boot', '[a,b,c,b], boot')).toContain('b is named twice')
    expect(changed('kind: autoscaler', 'host: a1, kind: autoscaler')).toContain('on the host of group')
  })
})
