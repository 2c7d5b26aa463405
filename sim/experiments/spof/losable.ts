import { assumedLives } from '../../components/assumed-lives.js'
import { Model } from '../../model/model.js'
import type { Scenario } from '../../scenario/scenario.js'
import { type Part, Structure } from '../structure.js'
import type { Lost } from './spof-result.js'

/** One way in which something is lost: faults as a scenario writes them, without a time. */
export interface Losable extends Omit<Part, 'name'> {
  /** What is lost: a name, or two. */
  readonly parts: readonly string[]
  readonly how: Lost['how']
  /** In YAML, each `kind` and `target`. */
  readonly faults: readonly string[]
  /** What goes with it: components on it. */
  readonly carries: readonly string[]
  /** What is gone of the wiring: the parts, and of what falls silent its wires, whatever it can do without its process. */
  readonly gone: readonly string[]
}

/**
 * All that can be lost, one after the other, each in every way in which it can be:
 * - a process dies (its port refuses), or what is no process, as an address, is gone; one without a host may also fall
 *   silent;
 * - a machine, or all of a zone, dies with all that it carries (silence);
 * - a wire between machines is cut (silence). On one machine there is none to cut, and that of attackers nobody misses;
 * - a certificate expires where TLS ends.
 */
export function losableOf(scenario: Scenario): Losable[] {
  const { components, hosts, users } = scenario
  const on = (some: readonly string[]) =>
    scenario.order.filter((name) => some.includes(hostOf(scenario, name) ?? ''))
  const attackers = users.filter(({ malicious }) => malicious).map(({ name }) => name)
  const structure = new Structure(scenario)
  return structure.parts.flatMap(({ name, what }): Losable[] => {
    const one = (how: Lost['how'], kind: string, carries: readonly string[] = []): Losable => ({
      parts: [name],
      what,
      how,
      faults: [faultOf(kind, name)],
      carries,
      gone: [name, ...(how === 'silence' ? structure.wiresAt(name) : [])],
    })
    if (what === 'host') return [one('machine', 'crash', on([name]))]
    if (what === 'zone')
      return [
        one('machines', 'crash', on(hosts.filter(({ zone }) => zone === name).map((host) => host.name))),
      ]
    if (what === 'component') {
      const { host, kind } = components.find((spec) => spec.name === name)!
      const alone = host === null
      return [
        one(assumedLives[kind.kind] === null ? 'itself' : 'process', 'crash'),
        ...(alone ? [one('silence', 'partition')] : []),
        ...(certified(scenario).includes(name) ? [one('certificate', 'certificate')] : []),
      ]
    }
    const [from, to] = name.split(' -> ') as [string, string]
    const host = hostOf(scenario, from)
    const within = host !== null && host === hostOf(scenario, to)
    return within || attackers.includes(from) ? [] : [one('cut', 'partition')]
  })
}

/** Two of them at once: machines and what stands on none, of those names. */
export function pairsOf(scenario: Scenario, names: readonly string[]): Losable[] {
  const some = losableOf(scenario).filter(
    ({ parts, how }) => names.includes(parts[0]!) && (how === 'machine' || how === 'silence'),
  )
  return some.flatMap((a, i) =>
    some.slice(i + 1).map((b) => ({
      parts: [...a.parts, ...b.parts],
      what: a.what,
      how: 'both',
      faults: [...a.faults, ...b.faults],
      carries: [...a.carries, ...b.carries],
      gone: [...a.gone, ...b.gone],
    })),
  )
}

const faultOf = (kind: string, target: string): string => `kind: ${kind}, target: ${JSON.stringify(target)}`

const hostOf = ({ components }: Scenario, name: string): string | null =>
  components.find((spec) => spec.name === name)?.host ?? null

/** Components that have a certificate which visitors' connections need. */
function certified(scenario: Scenario): string[] {
  if (!scenario.components.some(({ kind, options }) => kind.encrypts?.(options) === true)) return []
  const { components } = new Model(scenario, 0)
  return scenario.order.filter((name) => components.get(name)!.certificate !== null)
}
