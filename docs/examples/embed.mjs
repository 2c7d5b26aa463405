import { openSession, parseScenario, run } from 'nines'

const scenario = parseScenario(
  `
  name: Two servers behind HAProxy
  lasts: 6min
  replications: 5
  hosts:
    server-1: { cores: 4 }
    server-2: { cores: 4 }
  users:
    visitors: { arrive: poisson(100/s), to: haproxy, timeout: 10s }
  components:
    haproxy:
      { kind: haproxy, servers: [app-1, app-2], default_server: { check: on }, timeout_connect: 1s, timeout_server: 10s }
    app-1: { kind: app, host: server-1, workers: 16, service: "lognormal(mean=10ms, cv=1)" }
    app-2: { kind: app, host: server-2, workers: 16, service: "lognormal(mean=10ms, cv=1)" }
  faults:
    - { kind: crash, target: app-2, at: 1min, for: 1min }
  `,
  'two-servers.yaml',
)

// Five replications, and five without the fault: what it cost is the difference.
const [{ result }] = await run([scenario], (done, planned) => console.log(`${done} of ${planned}`))
const { availability, latency_ms, faults } = result
const between = ({ value, low, high }, digits) =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`
console.log(`availability ${between(availability, 5)}`)
console.log(`p99 latency in ms ${between(latency_ms.p99, 1)}`)
console.log(`requests that the ${faults[0].fault} cost ${between(faults[0].cost, 0)}`)

// One of them, step by step: after three minutes a machine dies by hand, and after four it is back.
const session = openSession(scenario)
const tell = () => {
  const { time, hosts, components, users } = session.snapshot()
  const { offered, ok } = users.visitors
  console.log(
    `${time} s: server-1 ${hosts['server-1'].up ? 'up' : 'down'}, app-1 ${components['app-1'].state},`,
    `${components.haproxy.inside} inside haproxy, ${ok} of ${offered} ok`,
  )
}
session.advance(180)
tell()
const crash = session.strike({ kind: 'crash', target: 'server-1' })
session.advance(181)
tell()
session.advance(240)
tell()
crash.heal()
session.advance(241)
tell()
