import { describe, expect, test } from 'vitest'
import { hostsOf } from '../../sim/model/record.js'
import { fault, looks, play, problemsOf, tally, world } from '../support/world.js'

/** Ten requests a second for a minute of what writes so much. */
const stack = ({
  host = 'disk_size: 50GB, disk_used: 40GB',
  app = 'disk_per_request: 100MB',
  faults = '',
  warmup = '0s',
  more = '',
} = {}) => `
lasts: 60s
warmup: ${warmup}
hosts: { h: { cores: 64, ${host} } }
users: { u: { arrive: constant(10/s), to: app } }
components:
  app: { kind: service, host: h, servers: unlimited, service: 0s, ${app} }
${more}
faults: [${faults}]
`
const used = (text: string, times: readonly number[]) => {
  const { model } = world(text)
  const seen = looks(model, times, () => {
    const { space } = model.hosts.get('h')!
    space!.count()
    return Math.round(space!.used * 50 * 1000) / 1000
  })
  model.run()
  return { seen, record: hostsOf(model).h!.disk!, model }
}

describe('the disk of a host', () => {
  test('has what is there at the start, and so much for each request that left a component', () => {
    // Of visitors at 0.1, 0.2, .. s the hundredth is there at 10 s.
    const { seen, record } = used(stack(), [0.05, 5.05, 9.05])
    expect(seen).toEqual([40, 45, 49])
    expect(record.used).toBe(1)
    // Full from the request at 10 s on, as the look after it sees.
    expect(60 - record.full).toBeGreaterThanOrEqual(10)
    expect(60 - record.full).toBeLessThan(10.1 + 1e-6)
  })

  test('has what was written before the measured span, too', () => {
    expect(used(stack({ warmup: '6s' }), [5.05, 7.05, 9.05]).seen).toEqual([45, 47, 49])
  })

  test('of what finds no room nothing is kept, and who writes lines of a log goes on (an assumption)', () => {
    const faults = fault('fill', 'h', '5.05s', '10s')
    const { seen } = used(stack({ faults }), [4.95, 5.1, 14.95, 15.5, 16.05])
    expect(seen.slice(0, 3)).toEqual([44.9, 50, 50])
    // What came in ten seconds is lost: at 16 s there is what there was, and ten or so more.
    expect(seen[4]! - 45).toBeGreaterThan(0.8)
    expect(seen[4]! - 45).toBeLessThan(1.2)
    expect(tally(play(stack({ faults })).ended)).toEqual({ ok: 599 })
  })

  test('a fault takes so much, or all that is free, until somebody deletes it; two of them together', () => {
    const two = `${fault('fill', 'h', '10s', '20s, size: 4GB')}, ${fault('fill', 'h', '20s', '20s, size: 3GB')}, ${fault('fill', 'h', '50s')}`
    const { seen, record } = used(stack({ app: '', faults: two }), [5, 15, 25, 35, 45, 55])
    expect(seen).toEqual([40, 44, 47, 43, 40, 50])
    expect(record).toEqual({ used: 1, full: 10 })
  })

  test('is asked for where something is to fill it', () => {
    const faults = fault('fill', 'h', '5s')
    expect(problemsOf(stack({ host: '', app: '', faults })).join()).toContain(
      'nothing is said of the disk of h (disk_size:)',
    )
    expect(problemsOf(stack({ host: 'disk_used: 1GB', app: '' })).join()).toContain('expected disk_size: too')
    expect(problemsOf(stack({ host: 'disk_size: 1GB, disk_used: 2GB' })).join()).toContain(
      'expected no more than disk_size',
    )
  })

  test('is not there for data of which it is not simulated what becomes of it', () => {
    const more = '  cache: { kind: redis, host: h }'
    expect(problemsOf(stack({ more })).join()).toContain('what redis does on a full disk is not simulated')
    expect(problemsOf(stack({ more: more.replace('redis', 'mysql') })).join()).not.toContain('full disk')
  })
})
