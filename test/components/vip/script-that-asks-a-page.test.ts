import { expect, test } from 'vitest'
import { play, problemsOf, tally, world } from '../../support/world.js'

const site = ({ script = 'script: page, page: page', fault = '', rate = '1/h', app = '' }) => `
lasts: 60s
warmup: 0s
hosts: { h-1: {}, h-2: {}, h-3: {} }
users: { u: { arrive: constant(${rate}), to: vip, timeout: 1s, mix: { static: 50%, page: 50% } } }
components:
  vip: { kind: vip, servers: [{ name: lb-1, priority: 150 }, { name: lb-2, priority: 100 }], track_script: { interval: 2s, fall: 2, rise: 2, ${script} } }
  lb-1: { kind: nginx, host: h-1, upstream: [app] }
  lb-2: { kind: nginx, host: h-2, upstream: [app] }
  app: { kind: app, host: h-3, service: 1ms${app} }
faults: [${fault}]
`
const takeovers = (text: string) => {
  const { model } = world(text)
  model.run()
  return model.context.detections.map(({ says, since }) => ({ says, since }))
}
const first = '{ kind: errors, target: lb-1, share: 100%, at: 10s, for: 20s }'
const all = '{ kind: crash, target: app, at: 10s, for: 20s }'

// keepalived runs any program and looks at its exit status (man keepalived.conf, VRRP script(s)); curl -f exits with 22 for 4xx and 5xx.
test('a load balancer that answers with errors gives the address up: `process` and `request` find it well', () => {
  const [taken, back] = takeovers(site({ fault: first }))
  expect(taken!.says).toBe('lb-2 took the address over')
  expect(taken!.since).toBeGreaterThanOrEqual(12)
  expect(taken!.since).toBeLessThanOrEqual(14)
  expect(back!.says).toBe('lb-1 took the address over')
  for (const script of ['script: process', 'script: request'])
    expect(takeovers(site({ script, fault: first })), script).toEqual([])
})

test('what all of them need takes the address from all: static pages are gone, too', () => {
  const asked = (script: string) => {
    const { ended } = play(site({ script, fault: all, rate: '10/s' }))
    return tally(ended.filter(({ arrived }) => arrived > 15 && arrived < 30))
  }
  const answered = asked('script: process')
  expect(Object.keys(answered).sort()).toEqual(['502', 'ok'])
  expect(asked('script: page, page: page')).toEqual({ timeout: 149 })
})

test('an answer that takes too long is none', () => {
  // A connection, and the answer: 1.4 s.
  const far = 'wires: { lb-1 -> app: { latency: 350ms } }\n'
  const slow = (timeout: string) => takeovers(far + site({ script: `script: page, page: page${timeout}` }))
  expect(slow('')).toEqual([])
  expect(slow(', timeout: 1s')).toHaveLength(1)
})

test('a page is what a script of pages asks for, and no other', () => {
  expect(problemsOf(site({ script: 'script: page' }))[0]).toContain(
    'track_script.script: expected page: beside it, the one request class that is asked for',
  )
  expect(problemsOf(site({ script: 'page: page' }))[0]).toContain('track_script.page: is for script: page')
  expect(problemsOf(site({ script: 'script: page, page: nothing' }))[0]).toContain('nothing')
})
