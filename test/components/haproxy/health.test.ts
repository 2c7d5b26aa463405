import { expect, it } from 'vitest'
import { Health } from '../../../sim/components/haproxy/health.js'

// HAProxy 2.6, doc/configuration.txt, "rise" and "fall": so many checks in a row.
it('a server that was checked for long takes `fall` failures in a row, whenever they come', () => {
  const health = new Health(2, 3)
  health.failed()
  health.failed()
  expect(health.up).toBe(true)
  health.failed()
  expect(health.up).toBe(false)
})

// srv_chk: a server starts at `rise`.
it('after a start of the process the first failure takes it down', () => {
  const health = new Health(2, 3)
  health.reset()
  expect(health.up).toBe(true)
  health.failed()
  expect(health.up).toBe(false)
})
