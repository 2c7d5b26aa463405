import type { OptionEntry } from '../../../sim/scenario/catalog.js'

const option = (name: string, type: string, fallback: string | null, says: string): OptionEntry => ({
  name,
  type,
  default: fallback,
  required: name === 'users' || name === 'components',
  says,
})

/** What stands at the top of a scenario, in the order in which scenarios have it. */
export const sections: readonly OptionEntry[] = [
  option('extends', 'file', null, 'another scenario, of which this one says only what differs'),
  option('name', 'text', null, 'what it is called in reports; default the name of the file'),
  option('seed', 'number or text', '1', 'where chance begins: the same seed gives the same run'),
  option('lasts', 'duration', null, 'simulated time that is measured, after the warm-up'),
  option('warmup', 'duration or auto', 'auto', 'simulated time before, which is not counted'),
  option('replications', 'count', '20', 'runs with different chance, for the intervals'),
  option('good', 'duration', '1s', 'an answer is good if it is ok and came within this'),
  option('hosts', 'options', null, 'machines, each with its cores, which all components on it share'),
  option('users', 'options', null, 'who asks, how often, and whom'),
  option('components', 'options', null, 'the boxes of the architecture'),
  option(
    'wires',
    'options',
    null,
    'lines between those that call one another; what is not named has no latency',
  ),
  option('sizes', 'options', null, 'bytes of the requests and answers of each request class'),
  option('faults', 'list', null, 'what breaks: at a time (at, for), or at random (mtbf, mttr)'),
  option('repair', 'options', null, 'who repairs what broke at random'),
  option('expect', 'conditions', null, 'what must hold: told by each run, and checked by --check'),
]

/** What `expect:` can be about; the first ones also of request classes and users. */
export const metrics: readonly { name: string; condition: string; says: string }[] = [
  { name: 'availability', condition: '">= 99.9%"', says: 'share of the requests that are answered ok' },
  { name: 'good', condition: '">= 99%"', says: 'share that is answered ok within the time of good:' },
  { name: 'qps', condition: '">= 100/s"', says: 'requests a second that are answered ok' },
  { name: 'failed', condition: '"<= 100"', says: 'requests that failed' },
  { name: 'latency_mean', condition: '"<= 100ms"', says: 'mean time to an answer' },
  { name: 'latency_p50', condition: '"<= 50ms"', says: 'half of the answers come within this' },
  { name: 'latency_p90', condition: '"<= 100ms"', says: '90 % of the answers come within this' },
  { name: 'latency_p95', condition: '"<= 200ms"', says: '95 % of the answers come within this' },
  { name: 'latency_p99', condition: '"<= 500ms"', says: '99 % of the answers come within this' },
  { name: 'latency_p999', condition: '"<= 1s"', says: '99.9 % of the answers come within this' },
  { name: 'rto', condition: '"<= 30s"', says: 'time from a fault to the recovery from it' },
  { name: 'rto_max', condition: '"<= 1min"', says: 'the same, at its longest' },
  { name: 'rpo', condition: '"<= 1s"', says: 'age of the oldest write that was confirmed and is lost' },
  { name: 'no_answer', condition: '"<= 10s"', says: 'how long nobody was answered' },
  { name: 'good_back', condition: '"<= 30s"', says: 'how long good answers were fewer than before' },
  { name: 'lost_writes', condition: '"<= 0"', says: 'writes that were confirmed and then lost' },
  { name: 'capacity', condition: '">= 300/s"', says: 'the largest rate that keeps the objectives' },
  { name: 'availability_year', condition: '">= 99.95%"', says: 'over years, from mtbf and mttr' },
  { name: 'spof', condition: 'none', says: 'no single point of failure' },
]
