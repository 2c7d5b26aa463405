import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { certificate } from '../../sim/faults/certificate.js'
import type { Target } from '../../sim/faults/fault.js'
import type { Model } from '../../sim/model/model.js'
import { Dial } from '../../sim/parts/dial.js'
import { looks, problemsOf, world } from '../support/world.js'

const site = (faults: string) => `
lasts: 100s
warmup: 10s
hosts:
  h1: { cores: 1, zone: z }
  h2: { cores: 1, zone: z }
  h3: { cores: 1 }
users:
  web: { arrive: constant(1/h), to: front, mix: { read: 50%, other: 50% } }
  batch: { arrive: "closed(users=1, think=1h)", to: front }
components:
  front: { kind: service, host: h1, service: 1ms, next: [middle, back] }
  middle: { kind: service, host: h2, service: 1ms, next: [back] }
  back: { kind: service, service: 1ms }
wires:
  front -> middle: { latency: 5ms, loss: 10% }
faults:
${faults}
`

const wire = (model: Model, name: string) => model.wires.find((w) => w.name === name)!
const component = (model: Model, name: string) => model.components.get(name)!

describe('a fault strikes and heals at its times, and bends nothing else', () => {
  const cases: [fault: string, dial: (model: Model) => Dial, sound: number, struck: number][] = [
    ['crash, target: front', (m) => component(m, 'front').up, 1, 0],
    ['crash, target: h1', (m) => m.hosts.get('h1')!.power, 1, 0],
    ['crash, target: z', (m) => m.hosts.get('h2')!.power, 1, 0],
    ['crash, target: [middle, back]', (m) => component(m, 'back').up, 1, 0],
    ['crash, target: [middle, back]', (m) => component(m, 'middle').up, 1, 0],
    ['hang, target: front', (m) => component(m, 'front').running, 1, 0],
    ['hang, target: h2', (m) => component(m, 'middle').running, 1, 0],
    ['hang, target: h2', (m) => m.hosts.get('h2')!.running, 1, 0],
    ['hang, target: middle', (m) => m.hosts.get('h2')!.running, 1, 1],
    ['partition, target: h1', (m) => m.hosts.get('h1')!.link, 1, 1],
    ['partition, target: h1, link: down', (m) => m.hosts.get('h1')!.link, 1, 0],
    ['partition, target: z, link: down', (m) => m.hosts.get('h2')!.link, 1, 0],
    ['partition, target: z, link: down', (m) => wire(m, 'front -> back').open, 1, 0],
    ['slow, target: front, factor: 4', (m) => component(m, 'front').speed, 1, 0.25],
    ['slow, target: front, factor: 25%', (m) => component(m, 'front').speed, 1, 0.25],
    ['slow, target: h1, factor: 2', (m) => m.hosts.get('h1')!.processor.speed, 1, 0.5],
    ['slow, target: front, factor: 4, class: read', (m) => component(m, 'front').speeds.get('read'), 1, 0.25],
    ['slow, target: front, factor: 4, class: read', (m) => component(m, 'front').speeds.get('other'), 1, 1],
    ['slow, target: front, factor: 4, class: read', (m) => component(m, 'front').speed, 1, 1],
    // What is named twice is struck once.
    [
      'slow, target: z, factor: 4, class: [other, read, other]',
      (m) => component(m, 'middle').speeds.get('other'),
      1,
      0.25,
    ],
    ['slow, target: h1, factor: 4, class: read', (m) => m.hosts.get('h1')!.processor.speed, 1, 1],
    [
      'errors, target: z, share: 20%, class: [read, request]',
      (m) => component(m, 'middle').soundnesses.get('request'),
      1,
      0.8,
    ],
    ['errors, target: z, share: 20%, class: read', (m) => component(m, 'middle').soundness, 1, 1],
    ['errors, target: z, share: 20%', (m) => component(m, 'middle').soundness, 1, 0.8],
    ['partition, target: front -> middle', (m) => wire(m, 'front -> middle').open, 1, 0],
    ['partition, target: middle', (m) => wire(m, 'front -> middle').open, 1, 0],
    ['partition, target: middle', (m) => wire(m, 'middle -> back').open, 1, 0],
    ['partition, target: middle', (m) => wire(m, 'front -> back').open, 1, 1],
    ['partition, target: z', (m) => wire(m, 'front -> middle').open, 1, 1],
    ['partition, target: z', (m) => wire(m, 'front -> back').open, 1, 0],
    ['partition, target: z', (m) => wire(m, 'web -> front').open, 1, 0],
    ['latency, target: front -> middle, add: 20ms', (m) => wire(m, 'front -> middle').latency, 0.005, 0.025],
    ['latency, target: h2, add: 20ms', (m) => wire(m, 'middle -> back').latency, 0, 0.02],
    ['loss, target: front -> middle, share: 50%', (m) => wire(m, 'front -> middle').delivery, 0.9, 0.45],
    ['surge, target: web, factor: 3', (m) => m.users[0]!.surge, 1, 3],
    ['surge, target: web, factor: 300%', (m) => m.users[0]!.surge, 1, 3],
    ['maintenance, target: middle', (m) => component(m, 'middle').up, 1, 0],
    ['maintenance, target: middle', (m) => component(m, 'middle').rotation, 1, 1],
    ['maintenance, target: h2', (m) => component(m, 'middle').up, 1, 0],
    // A host that is maintained is not switched off.
    ['maintenance, target: h2', (m) => m.hosts.get('h2')!.power, 1, 1],
  ]
  test.each(cases)('%s', (fault, dialOf, sound, struck) => {
    const { model } = world(site(`  - { kind: ${fault}, at: 20s, for: 30s }`))
    const values = looks(model, [0, 29.999, 30, 59.999, 60, 110], () => dialOf(model).value)
    model.run()
    expect(values).toEqual([sound, sound, struck, struck, sound])
    expect(model.faultCalendar.strikes).toEqual([{ fault: 0, from: 20, to: 50, forever: false }])
  })
})

test('an expired certificate bends the dial of every component that has one', () => {
  const expiry = new Dial(1)
  const target = { type: 'host', components: [{ certificate: null }, { certificate: expiry }] }
  expect(certificate.steps([target as unknown as Target], {}, 7)).toEqual([
    { after: 0, lasts: 7, bends: [{ dial: expiry, by: 0 }] },
  ])
})

describe('maintenance', () => {
  test('with drain, balancers are told first; the process is stopped after the drain and back before they are', () => {
    const { model } = world(site('  - { kind: maintenance, target: middle, at: 20s, for: 30s, drain: 5s }'))
    const { up, rotation } = component(model, 'middle')
    const seen = looks(model, [29.9, 30, 34.9, 35, 64.9, 65, 65.1], () => [rotation.value, up.value])
    model.run()
    expect(seen).toEqual([
      [1, 1],
      [0, 1],
      [0, 1],
      [0, 0],
      [0, 0],
      [0, 1],
      [1, 1],
    ])
  })

  test('rolling takes one after the other, with a pause between', () => {
    const { model } = world(
      site(
        '  - { kind: maintenance, target: [front, middle, back], at: 0s, for: 10s, drain: 2s, pause: 3s, rolling: on }',
      ),
    )
    const times = Array.from({ length: 50 }, (_, i) => 10.5 + i)
    const down: Record<string, number[]> = { front: [], middle: [], back: [] }
    looks(model, times, () => {
      for (const [name, seconds] of Object.entries(down))
        if (component(model, name).up.value === 0) seconds.push(Math.floor(model.kernel.now) - 10)
    })
    model.run()
    const from = (start: number) => Array.from({ length: 10 }, (_, i) => start + i)
    expect(down).toEqual({ front: from(2), middle: from(17), back: from(32) })
  })
})

test('faults overlap: dials are what all present bends make of them, and whole again in the end', () => {
  const strike = fc.record({
    at: fc.integer({ min: 0, max: 90 }),
    lasts: fc.integer({ min: 1, max: 60 }),
    kind: fc.constantFrom(
      'crash',
      'maintenance',
      'hang',
      'slow',
      'slow read',
      'errors',
      'errors other',
      'latency',
      'loss',
      'partition',
    ),
    size: fc.integer({ min: 1, max: 9 }),
  })
  const options: Record<string, (size: number) => string> = {
    slow: (size) => `, factor: ${size + 1}`,
    'slow read': (size) => `, factor: ${size + 1}, class: read`,
    'errors other': (size) => `, share: ${size}0%, class: other`,
    errors: (size) => `, share: ${size}0%`,
    latency: (size) => `, add: ${size}ms`,
    loss: (size) => `, share: ${size}0%`,
  }
  fc.assert(
    fc.property(fc.array(strike, { minLength: 1, maxLength: 12 }), (strikes) => {
      const faults = strikes.map(
        ({ at, lasts, kind, size }) =>
          `  - { kind: ${kind.split(' ')[0]}, target: middle, at: ${at}s, for: ${lasts}s${options[kind]?.(size) ?? ''} }`,
      )
      // Long enough for all to heal.
      const { model } = world(site(faults.join('\n')).replace('lasts: 100s', 'lasts: 160s'))
      const { up, running, speed, soundness, speeds, soundnesses } = component(model, 'middle')
      const { latency, delivery, open } = wire(model, 'front -> middle')
      const times = Array.from({ length: 160 }, (_, i) => 10 + i)
      const seen = looks(model, [...times, 169.5], () =>
        [
          ...[up, running, speed, soundness, latency, delivery, open],
          speeds.get('read'),
          soundnesses.get('other'),
        ].map((dial) => dial.value),
      )
      model.run()
      times.forEach((time, i) => {
        const present = strikes.filter((s) => s.at <= time - 10 && time - 10 < s.at + s.lasts)
        const of = (kind: string) => present.filter((s) => s.kind === kind)
        const product = (kind: string, by: (size: number) => number) =>
          of(kind).reduce((value, { size }) => value * by(size), 1)
        const expected = [
          product('crash', () => 0) * product('maintenance', () => 0),
          product('hang', () => 0),
          product('slow', (size) => 1 / (size + 1)),
          product('errors', (size) => 1 - size / 10),
          of('latency').reduce((value, { size }) => value + size / 1000, 0.005),
          0.9 * product('loss', (size) => 1 - size / 10),
          product('partition', () => 0),
          product('slow read', (size) => 1 / (size + 1)),
          product('errors other', (size) => 1 - size / 10),
        ]
        seen[i]!.forEach((value, dial) => {
          expect(value).toBeCloseTo(expected[dial]!, 12)
        })
      })
      expect(seen.at(-1)).toEqual([1, 1, 1, 1, 0.005, 0.9, 1, 1, 1])
      expect(model.faultCalendar.strikes.map(({ from, to }) => [from, to])).toEqual(
        [...strikes].sort((a, b) => a.at - b.at).map(({ at, lasts }) => [at, at + lasts]),
      )
    }),
    { numRuns: 60 },
  )
})

describe('what does not fit is a problem of the scenario, with its place', () => {
  const cases: [fault: string, problem: string][] = [
    ['certificate, target: front', '18:43: faults.0.target: front ends no TLS (no tls: option)'],
    ['certificate, target: h3', '18:43: faults.0.target: h3 ends no TLS (no tls: option)'],
    ['hang, target: h3', '18:36: faults.0.target: no component runs on h3'],
    ['maintenance, target: [h1, h3]', '18:43: faults.0.target: no component runs on h3'],
    ['errors, target: h3, share: 5%', '18:38: faults.0.target: no component runs on h3'],
    ['slow, target: h3, factor: 2, class: read', '18:36: faults.0.target: no component runs on h3'],
    [
      'slow, target: front, factor: 2, class: raed',
      '18:62: faults.0.class: no users ask for the request class "raed"; did you mean "read"?',
    ],
    [
      'errors, target: front, share: 2%, class: [read, othr]',
      '18:64: faults.0.class: no users ask for the request class "othr"; did you mean "other"?',
    ],
    [
      'errors, target: front, share: 2%, class: []',
      '18:64: faults.0.class: expected at least one request class',
    ],
    [
      'errors, target: front, share: 2%, class: 3',
      '18:64: faults.0.class: expected a list of request classes: [a, b], not 3',
    ],
    [
      'hang, target: front, class: read',
      '18:51: faults.0.class: there is no option "class" (known: kind, target, at, for, mtbf, mttr, process)',
    ],
    [
      'surge, target: batch, factor: 2',
      '18:37: faults.0.target: batch are a fixed number of users: they have no rate',
    ],
    [
      'surge, target: front, factor: 2',
      '18:37: faults.0.target: surge strikes users, and "front" is none of these',
    ],
    // Enough is said of what it cannot strike: that nothing runs there, too, would be no news.
    [
      'hang, target: batch',
      '18:36: faults.0.target: hang strikes component, host, zone, and "batch" is none of these',
    ],
    [
      'certificate, target: front -> middle',
      '18:43: faults.0.target: certificate strikes component, host, zone, and "front -> middle" is none of these',
    ],
    [
      'maintenance, target: front, pause: 3s',
      '18:58: faults.0.pause: is between the targets of a rolling maintenance: rolling: on',
    ],
  ]
  test.each(cases)('%s', (fault, problem) => {
    expect(problemsOf(site(`  - { for: 3s, at: 5s, kind: ${fault} }`))).toEqual([problem])
  })

  test('a rolling maintenance says how long each is down, and is planned', () => {
    expect(problemsOf(site('  - { kind: maintenance, target: front, rolling: on, at: 5s }'))).toEqual([
      '18:5: faults.0.for: a rolling maintenance needs for: how long each target is down',
    ])
    expect(
      problemsOf(site('  - { kind: maintenance, target: front, rolling: on, mtbf: 5s, mttr: 5s }')),
    ).toEqual([
      '18:41: faults.0.rolling: is planned: at: and for:, while mtbf: strikes each target by itself',
    ])
  })
})
