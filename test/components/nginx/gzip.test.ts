import { describe, expect, test } from 'vitest'
import { remarksOn } from '../../../sim/scenario/oddities.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { play, problemsOf, response, responses } from '../../support/world.js'

/** Seconds of CPU of nginx for a page. */
function cpu(text: string): number {
  const { model, ended } = play(text)
  return model.components.get('nginx')!.probe.cpu / ended.length
}

const GZIP = 'gzip: on, gzip_types: [page]'
const site = (nginx: string, answer = '100kB', rest = '') => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: ${answer} } }
users: { u: { arrive: constant(10/s), to: nginx, mix: { page: 100% } } }
components: { nginx: { kind: nginx, service: 0s, ${nginx} } }
wires: { u -> nginx: { bandwidth: 16Mbit/s } }
${rest}`
const only = (text: string): number => {
  const all = responses(play(text).ended)
  expect(all.length).toBe(1)
  return all[0]!
}
/** 100 kB on a line of 2 MB/s: packets of 1500 bytes with headers of 52. */
const line = (bytes: number) => ((bytes / 1448) * 1500) / 2e6

describe('gzip of nginx', () => {
  test('sends 36.3 % of a page at level 1, after 8.3 µs of CPU for each kB of it', () => {
    expect(only(site(''))).toBeCloseTo(line(100_000), 3)
    expect(only(site(GZIP))).toBeCloseTo(line(36_300) + 0.83e-3, 3)
    expect(cpu(site(GZIP))).toBeCloseTo(0.83e-3, 6)
  })

  test.each([
    [1, 8.3, 0.363],
    [3, 12.45, 0.349],
    [5, 16.6, 0.335],
    [9, 33.3, 0.332],
  ])('at level %i takes %f µs for a kB, and leaves %f of it', (level, micros, left) => {
    const text = site(`${GZIP}, gzip_comp_level: ${level}`)
    expect(cpu(text)).toBeCloseTo(micros * 1e-4, 6)
    expect(only(text)).toBeCloseTo(line(100_000 * left) + micros * 1e-4, 3)
  })

  test('by what the scenario says of the text: gzip_ratio (before by after, as $gzip_ratio), gzip_cpu_per_mb', () => {
    expect(only(site(`${GZIP}, gzip_ratio: 10, gzip_cpu_per_mb: 50ms`))).toBeCloseTo(line(10_000) + 5e-3, 3)
  })

  test('a page that is packed has two turns at a worker, and is one request: it waited if it did for either', () => {
    const text = site(`${GZIP}, gzip_cpu_per_mb: 100ms, worker_processes: 1, service: 5ms`)
      .replace('service: 0s, ', '')
      .replace('constant(10/s)', 'poisson(40/s), profile: { 0s: 100%, 90s: 100%, 90.1s: 0% }')
      .replace('16Mbit/s', '10Gbit/s')
    const { model, ended } = play(text.replace('lasts: 20s', 'lasts: 100s'))
    const { waits, joined, delayed } = model.components.get('nginx')!.probe
    expect([joined, waits.count]).toEqual([ended.length, ended.length])
    // Both turns take 15 ms, the line 0.1 ms.
    expect(waits.mean).toBeCloseTo(
      ended.reduce((sum, one) => sum + response(one), 0) / ended.length - 0.0151,
      3,
    )
    const late = ended.filter((one) => response(one) > 0.0152).length
    expect(delayed / joined).toBeCloseTo(late / ended.length, 2)
    expect(delayed / joined).toBeLessThan(0.9)
  })

  test('packs no other class, and nothing that is smaller than gzip_min_length', () => {
    const plain = only(site(''))
    expect(only(site('gzip: on, gzip_types: [other]').replace('page: 100%', 'page: 100%, other: 0%'))).toBe(
      plain,
    )
    expect(only(site(`${GZIP}, gzip_min_length: 200kB`))).toBe(plain)
    expect(cpu(site(GZIP, '19B'))).toBe(0)
    expect(cpu(site(GZIP, '20B'))).toBeGreaterThan(0)
  })

  test('packs a failure not at all', () => {
    const text = site(`${GZIP}, upstream: [app]`, '100kB').replace(
      'components: {',
      'components: { app: { kind: app, workers: 8, service: 0s },',
    )
    expect(cpu(text)).toBeCloseTo(0.83e-3, 6)
    expect(cpu(`${text}\nfaults: [{ kind: errors, target: app, share: 100%, at: 0s, for: 20s }]`)).toBe(0)
  })

  const behind = (front: string, nginx = GZIP) => `
lasts: 20s
warmup: 0s
sizes: { default: { answer: 100kB } }
users: { u: { arrive: constant(10/s), to: front, mix: { page: 100% } } }
components:
  front: { ${front} }
  nginx: { kind: nginx, service: 0s, ${nginx} }
wires: { u -> front: { bandwidth: 16Mbit/s } }`

  test.each([
    ['haproxy', 'kind: haproxy, service: 0s, servers: [nginx]'],
    ['haproxy in mode tcp', 'kind: haproxy, mode: tcp, service: 0s, servers: [nginx]'],
    ['balancer', 'kind: balancer, servers: [nginx]'],
    ['firewall', 'kind: firewall, service: 0s, to: nginx'],
    ['vip', 'kind: vip, servers: [nginx]'],
    ['nginx that would pack, too', `kind: nginx, service: 0s, static: [], upstream: [nginx], ${GZIP}`],
  ])('what is passed on is as small as it came: %s', (_name, front) => {
    expect(only(behind(front, ''))).toBeGreaterThan(front.includes('gzip') ? 0.018 : 0.05)
    expect(only(behind(front))).toBeCloseTo(line(36_300) + 0.83e-3, 3)
  })

  test('and so is what a cache keeps', () => {
    const text = behind('kind: cache, service: 0s, origin: nginx, hit_ratio: 50%')
    const { ended } = play(text)
    const seconds = ended.map(response)
    expect(Math.max(...seconds.slice(5))).toBeCloseTo(line(36_300) + 0.83e-3, 3)
    expect(Math.min(...seconds.slice(5))).toBeCloseTo(line(36_300), 3)
  })

  test('has one turn at a time at the worker, behind what came before', () => {
    const text = (workers: number) =>
      `
lasts: 1s
warmup: 0s
sizes: { default: { answer: 1MB } }
users:
  u: { arrive: trace(two.csv), to: nginx, mix: { page: 100% } }
components: { nginx: { kind: nginx, worker_processes: ${workers}, service: 0s, ${GZIP} } }`.replace(
        'trace(two.csv)',
        'constant(200/s)',
      )
    // One worker packs 1 MB in 8.3 ms, and 5 ms later the next one comes: it is overloaded, two are not.
    expect(Math.max(...play(text(1)).ended.map(response))).toBeGreaterThan(0.1)
    const { model, ended } = play(text(2))
    expect(responses(ended)).toEqual([0.0083])
    expect(model.components.get('nginx')!.probe.joined).toBe(model.context.asked)
  })

  test('wants to be told which classes are text, and has nothing to pack where nothing has a size', () => {
    expect(problemsOf(site('gzip: on'))).toEqual([
      expect.stringMatching(
        /components\.nginx\.gzip: on: expected gzip_types: beside it, the request classes whose answers are text$/,
      ),
    ])
    expect(problemsOf(site(`${GZIP}, gzip_ratio: 0.5, gzip_comp_level: 10`)).length).toBe(2)
    const bare = `
users: { u: { arrive: constant(10/s), to: nginx, mix: { page: 100% } } }
components: { nginx: { kind: nginx, ${GZIP} } }`
    expect(remarksOn(parseScenario(bare, 'test.yaml'))).toContain(
      'the gzip of nginx packs nothing: nothing has a size (sizes:)',
    )
  })
})
