import { expect, test } from 'vitest'
import { Probe } from '../../sim/stats/probe.js'

test('a level below 0 is an error where a probe is read: more left than came', () => {
  const probe = new Probe(1)
  for (const level of [probe.inside, probe.waiting, probe.serving]) {
    level.add(1, 1)
    level.add(2, -1)
    probe.verify('box')
    level.add(3, -1)
    expect(() => probe.verify('box')).toThrow(/^-1 requests are (inside|waiting|in service) at box/)
    level.add(4, 1)
  }
})
