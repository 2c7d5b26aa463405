import { describe, expect, it, test } from 'vitest'
import { play, response, tally } from '../../support/world.js'

/** Ten at once who wait 1.2 s at most, and one who comes 0.2 s after they have left. */
const site = (lb: string, { app = 'service: 500ms', more = '' } = {}) => `
lasts: 30s
warmup: 0s
users:
  u: { arrive: trace(test/components/haproxy/ten.csv), to: lb, timeout: 1.2s }
  late: { arrive: trace(test/components/haproxy/later.csv), to: lb }
components:
  lb:
    kind: haproxy
    service: 0s
    timeout_connect: 1s
    timeout_queue: 60s
    servers: [{ name: app, maxconn: 1 }]
    ${lb}
  app: { kind: service, servers: unlimited, ${app} }
${more}
`
const seen = (played: ReturnType<typeof play>) => {
  const [late] = played.ended.filter(({ users }) => users === 'late')
  const { model } = played
  return {
    outcomes: tally(played.ended),
    late: response(late!),
    served: model.components.get('app')!.probe.outcomes.reduce((a, b) => a + b, 0),
  }
}

describe('one slot, 0.5 s of work, ten who leave after 1.2 s, and one 0.2 s later (measured on HAProxy 2.6.12)', () => {
  test('HA_abort_off: the server works for all eleven, and the late one waits for it: 4.12 s', () => {
    const { outcomes, late, served } = seen(play(site('')))
    expect(outcomes).toEqual({ ok: 3, timeout: 8 })
    expect(served).toBe(11)
    expect(late).toBeCloseTo(4.1, 2)
  })

  test('HA_abort_on: it works on four, the third of which is given up, and the late one is answered in 0.50 s', () => {
    const played = play(site('option_abortonclose: on'))
    const { outcomes, late, served } = seen(played)
    expect(outcomes).toEqual({ ok: 3, timeout: 8 })
    expect(served).toBe(4)
    expect(late).toBeCloseTo(0.5, 6)
    const lb = played.model.components.get('lb')!
    expect(lb.extra(30)).toMatchObject({ aborted: 8 })
    expect([lb.probe.waiting.value, lb.probe.serving.value, lb.probe.inside.value]).toEqual([0, 0, 0])
  })
})

it('who waits in the queue of one server leaves that too', () => {
  const { late, served } = seen(play(site('balance: source\n    option_abortonclose: on')))
  expect([late, served]).toEqual([0.5, 4])
})

it('in mode tcp too, where a connection that has its server ends with its client anyway', () => {
  const served = (lb: string) => {
    const before = 'first: { arrive: trace(test/components/haproxy/sooner.csv), to: lb }'
    const text = site(`mode: tcp\n    ${lb}`, { app: 'service: 1.8s' }).replace('late:', `${before}\n  late:`)
    return seen(play(text)).served
  }
  expect(served('')).toBe(12)
  expect(served('option_abortonclose: on')).toBe(2)
})

it('of a client who is cut off nothing is learned', () => {
  const more = 'faults: [{ kind: partition, target: u -> lb, at: 2s }]'
  expect(seen(play(site('option_abortonclose: on', { more }))).served).toBe(11)
})
