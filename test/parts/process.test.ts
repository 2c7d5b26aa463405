import { describe, expect, test } from 'vitest'
import type { Request } from '../../sim/parts/request.js'
import { Stream } from '../../sim/random/stream.js'
import { play, response, world } from '../support/world.js'

const site = (box: string, faults = '', lasts = '10s') => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(1/min), to: box } }
components:
  box: { ${box} }
faults: [${faults}]`

describe('a process that hangs from 60.5 s to 62.5 s, while a request waits from 60 to 61 s', () => {
  const hang = '{ kind: hang, target: box, at: 60.5s, for: 2s }'

  test.each([
    ['the disk goes on, and the answer waits for the process', 'kind: mysql, service: 0s, io: 1s', 2.5],
    ['work of its own stops, and goes on where it was', 'kind: service, service: 1s', 3],
  ])('%s', (_, box, seconds) => {
    expect(play(site(box, hang, '100s')).ended.map(response)).toEqual([seconds])
  })
})

test('use of the CPU is counted as it passes: work of a slow process takes longer, there as on the whole machine', () => {
  const { model, ended } = world(`
lasts: 10s
warmup: 0s
users: { u: { arrive: constant(5/s), to: box } }
components: { box: { kind: nginx, service: 10ms } }`)
  const box = model.components.get('box')!
  box.speed.bend(0.5)
  model.run()
  expect(ended.length).toBeGreaterThan(40)
  expect(ended.map(response).every((seconds) => Math.abs(seconds - 0.02) < 1e-9)).toBe(true)
  const { now } = model.kernel
  const used = box.probe.cpu + box.processor.heldBy(box.process, now)
  expect(Math.abs(used / 0.02 - ended.length)).toBeLessThanOrEqual(1 + 1e-6)
  expect(used).toBeCloseTo(box.processor.busy.integral(now), 9)
})

test('health checks of several servers are several visitors: no two draw the same', () => {
  const { model } = world(`
lasts: 60s
warmup: 0s
users: { u: { arrive: constant(1/s), to: lb } }
components:
  lb: { kind: haproxy, option_httpchk: on, servers: [web-1, web-2], default_server: { check: on } }
  web-1: { kind: service, service: 1ms }
  web-2: { kind: service, service: 1ms }`)
  const stream = new Stream('1/0/web/service')
  const drawn: number[] = []
  for (const name of ['web-1', 'web-2']) {
    const web = model.components.get(name)!
    const accept = web.accept.bind(web)
    web.accept = (request: Request) => {
      if (request.health) drawn.push(request.draws(stream).next())
      accept(request)
    }
  }
  model.run()
  expect(drawn.length).toBeGreaterThan(40)
  expect(new Set(drawn).size).toBe(drawn.length)
})

test('a restart of nginx empties the bucket of limit_req', () => {
  const outcomes = (faults: string) =>
    play(`
lasts: 3.2s
warmup: 0s
users: { u: { arrive: constant(2/s), to: box } }
components: { box: { kind: nginx, service: 0s, limit_req: { rate: 1/s } } }
faults: [${faults}]`).ended.map(({ outcome }) => outcome)
  const undisturbed = outcomes('')
  expect(undisturbed.slice(0, 4)).toEqual(['ok', '503', 'ok', '503'])
  expect(outcomes('{ kind: crash, target: box, at: 0.6s, for: 0.1s }').slice(0, 4)).toEqual([
    'ok',
    'ok',
    '503',
    'ok',
  ])
})

test.each([
  ['before', 1 / 0.98, 0],
  ['after', 1 / 1.02, 1],
])('a read that was sent %s the write was committed, and arrives after: stale reads %#', (_, rate, stale) => {
  const { model } = play(`
lasts: 1.4s
warmup: 0s
users:
  writer: { arrive: constant(1/s), to: a, mix: { write: 100% } }
  reader: { arrive: constant(${rate}/s), to: b, mix: { read: 100% }, requests_per_connection: unlimited }
components:
  a: { kind: mysql, service: 0.1ms, replicas: [b] }
  b: { kind: mysql, service: 0.1ms, apply: 10s }
wires:
  reader -> b: { latency: 100ms }`)
  expect(model.components.get('b')!.extra(1.4).stale_reads).toBe(stale)
})
