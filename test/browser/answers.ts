import { recordOf } from '../../sim/experiments/replicate.js'
import { catalog, compare, openSession, parseScenario, run, ScenarioError } from '../../sim/index.js'
import type { Session } from '../../sim/model/session.js'

/** Draws from every law that needs more than arithmetic, under a load that goes up and down with the hours. */
const laws = `
  name: Every law
  lasts: 2h
  warmup: 1min
  users:
    visitors: { arrive: poisson(2/s), profile: "daily(50%, 150%)", to: exponential }
    bursts: { arrive: "mmpp(0.2/s, 3/s, 5min, 30s)", to: exponential }
    machines: { arrive: "renewal(gamma(0.7, 3s))", to: exponential }
  components:
    exponential: { kind: service, servers: 4, service: exponential(80ms), next: [lognormal] }
    lognormal: { kind: service, servers: 4, service: "lognormal(mean=80ms, cv=2)", next: [percentiles] }
    percentiles: { kind: service, servers: 4, service: "lognormal(p50=50ms, p99=300ms)", next: [weibull] }
    weibull: { kind: service, servers: 4, service: "weibull(0.6, 80ms)", next: [pareto] }
    pareto: { kind: service, servers: 4, service: "pareto(2.5, 80ms)", next: [erlang] }
    erlang: { kind: service, servers: 4, service: "erlang(3, 80ms)", next: [gamma] }
    gamma: { kind: service, servers: 4, service: "gamma(0.4, 80ms)", next: [hyperexponential] }
    hyperexponential: { kind: service, servers: 4, service: "hyperexponential(80ms, 3)" }
  faults:
    - { kind: crash, target: gamma, mtbf: "weibull(0.8, 20min)", mttr: "lognormal(mean=1min, cv=1)" }
`

/**
 * All that the door can do, for one scenario and one that draws from every law: as JSON, in which numbers have all
 * their digits.
 */
export async function answers(shipped: string): Promise<Record<string, string>> {
  const brief = { lasts: '40s', warmup: '10s', replications: 3 }
  const stack = parseScenario(shipped, 'shipped.yaml', brief)
  const every = parseScenario(laws, 'laws.yaml', { replications: 2 })
  const done: string[] = []
  const ran = await run([stack, every], (now, planned) => done.push(`${now} of ${planned}`))
  return {
    results: JSON.stringify(ran.map(({ result }) => result)),
    records: JSON.stringify(ran.map(({ records }) => records)),
    comparisons: JSON.stringify(compare(ran)),
    progress: JSON.stringify(done),
    catalog: JSON.stringify(catalog()),
    problems: problemsOf('lasts: soon\nusers: { visitors: { arrive: often } }'),
    session: struckByHand(shipped),
  }
}

/** A machine dies by hand, and comes back; more come than the scenario says. */
function struckByHand(shipped: string): string {
  const scenario = parseScenario(shipped, 'shipped.yaml', { lasts: '1min', warmup: '10s' })
  const session = openSession(scenario, 1)
  const seen = [session.snapshot()]
  const look = (until: number) => {
    session.advance(until)
    seen.push(session.snapshot())
  }
  look(15)
  const crash = session.strike({ kind: 'crash', target: 'server-2' })
  look(15)
  look(30)
  crash.heal()
  session.strike({ kind: 'slow', target: 'server-1', factor: 3 }, 10)
  session.rate('visitors', 1.7)
  look(60)
  return JSON.stringify([seen, session.events, recordOf(session as Session)])
}

function problemsOf(text: string): string {
  try {
    parseScenario(text, 'wrong.yaml')
    return 'none'
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return error.message
  }
}
