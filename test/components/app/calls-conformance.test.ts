import { test } from 'vitest'
import { app } from '../../../sim/components/app/app.js'
import { checks } from '../conformance.js'

/** Those that ask something of calls that are given up, and of clients that have a state. */
const asked = ['loses nothing from the books', 'gives back requests and events', 'gets over faults']

const calling = {
  ...app,
  example: `
    app:
      kind: app
      workers: 8
      service: 10ms
      calls:
        - name: store
          timeout: 1s
          retries: 2
          backoff: 20ms
          retry_budget: {}
          circuit_breaker: { wait_duration_in_open_state: 1s }
        - { name: other, timeout: 500ms, hedging_delay: 10ms, circuit_breaker: { wait_duration_in_open_state: 1s } }
      call: parallel
    store: { kind: service, servers: 8, service: exponential(20ms) }
    other: { kind: service, servers: 8, service: exponential(20ms) }`,
}

test.each(asked.map((name) => ({ name, check: checks[name]! })))('with calls it $name', ({ check }) =>
  check(calling as never),
)
