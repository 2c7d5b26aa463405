import { rewritten } from '../../scenario/variant.js'
import { nextTo, withCopies } from './copies.js'
import type { Remedy } from './remedy.js'
import { choiceIn, serverOf } from './serving.js'

/** Balancing: a second server like the first, and a load balancer that takes turns. */
export const balanced: Remedy = ({ scenario }) => {
  const choice = choiceIn(scenario)
  if (choice !== null)
    return { because: `it is there: ${choice.chooser} chooses among ${choice.among.join(', ')}` }
  const entry = scenario.users.find(({ malicious }) => !malicious)?.to
  if (entry === undefined) return { because: 'nobody asks but attackers' }
  const { kind } = scenario.components.find(({ name }) => name === entry)!
  if (kind.keepsData === true) return { because: `${entry} keeps data, which a second one would not have` }
  const { sections, copies } = withCopies(scenario, serverOf(scenario, entry))
  const taken = new Set([...Object.keys(sections.components), ...Object.keys(sections.users)])
  const balancer = taken.has('balancer') ? nextTo('balancer', taken) : 'balancer'
  const users = Object.fromEntries(
    Object.entries(sections.users).map(([name, one]) => [
      name,
      one?.to === entry ? { ...one, to: balancer } : one,
    ]),
  )
  const server = copies.get(entry)!
  const own = {
    kind: 'haproxy',
    servers: [entry, server],
    default_server: { check: 'on' },
    timeout_connect: '1s',
    timeout_server: '10s',
  }
  return {
    says: `a HAProxy in front (${balancer}), on a machine of its own, and a second server beside ${entry}: ${[...copies.values()].join(', ')}`,
    scenario: rewritten(scenario, {
      ...sections,
      users,
      components: { ...sections.components, [balancer]: own },
    }),
  }
}
