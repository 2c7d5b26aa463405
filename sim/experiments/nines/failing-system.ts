import { type Lost, type Occupancy, type System, without } from '../../reliability/system.js'
import { reached } from '../../scenario/reached.js'
import type { Scenario, UsersSpec } from '../../scenario/scenario.js'
import { requestsEach } from '../../scenario/scenario.js'
import { failingAs, type Life, livesOf } from '../lives.js'
import { keyOf, Structure } from '../structure.js'

/** Seconds that closed users wait for an answer, before anything is known of it. */
const ANSWER = 0.05

/** A scenario as parts that fail and are repaired, and what is left of it when some are lost. */
export class FailingSystem {
  readonly lives: readonly Life[]
  readonly system: System
  readonly structure: Structure
  /** Share of each class of requests, of each kind of users, in what is asked: by `keyOf`. */
  private readonly weights: ReadonlyMap<string, number>
  private readonly known = new Map<string, ReadonlySet<string>>()
  /** What a part falls with: its host, its zone. */
  private readonly carriers: ReadonlyMap<string, readonly string[]>
  /** Parts whose loss no request can notice. */
  private readonly unused: ReadonlySet<string>

  constructor(readonly scenario: Scenario) {
    const lives = livesOf(scenario).filter(({ mttr }) => mttr.mean > 0)
    this.lives = lives
    this.structure = new Structure(scenario)
    this.weights = weightsOf(scenario)
    this.carriers = carriersOf(scenario)
    this.unused = unusedIn(scenario)
    const parts = lives.map((life, i) => {
      const earlier = lives.slice(0, i).filter(({ part }) => part === life.part).length
      // A part that fails in two ways is two that fail.
      return { ...failingAs(life), ...(earlier > 0 && { name: `${life.part}/${earlier}` }) }
    })
    this.system = { parts, crews: scenario.repair?.crews ?? Number.POSITIVE_INFINITY }
  }

  /** Names of what is lost and makes a difference, in the order of the file: nothing that falls with another. */
  namesOf(lost: Lost): string[] {
    const names = new Set(lost.map((i) => this.lives[i]!.part))
    return [...names].filter(
      (name) => !this.unused.has(name) && !(this.carriers.get(name) ?? []).some((one) => names.has(one)),
    )
  }

  /** Who asks what and is answered: keys of `weights`. */
  private served(lost: Lost): ReadonlySet<string> {
    const names = this.namesOf(lost)
    const key = names.join('\n')
    const known = this.known.get(key) ?? this.structure.served(new Set(names))
    this.known.set(key, known)
    return known
  }

  /** Share of what is asked for which all is there; of one class, or of all. */
  share(lost: Lost, named: string | null = null): number {
    const served = this.served(lost)
    let [all, there] = [0, 0]
    for (const { name, mix } of this.scenario.users)
      for (const one of named === null ? mix.keys() : [named]) {
        const key = keyOf(name, one)
        const weight = this.weights.get(key) ?? 0
        all += weight
        there += served.has(key) ? weight : 0
      }
    return there === all ? 1 : there / all
  }

  /** Nobody is answered anything. */
  isDown(lost: Lost): boolean {
    return this.served(lost).size === 0
  }

  /** Whether some class is not answered, for want of parts. */
  isOut(lost: Lost): boolean {
    return this.served(lost).size < this.weights.size
  }

  /**
   * Whose doing a situation is: of one part that is lost, its own; of several, theirs by what the return of each would
   * bring back; where that is nothing, of each the same.
   */
  blameOf(lost: Lost): [part: number, blame: number][] {
    const names = this.namesOf(lost)
    const own = lost.filter((part) => names.includes(this.lives[part]!.part))
    const left = this.share(lost)
    const gains = own.map((part) => this.share(without(lost, part)) - left)
    const all = gains.reduce((sum, gain) => sum + gain, 0)
    return own.map((part, i) => [part, all > 0 ? gains[i]! / all : 1 / own.length])
  }

  /** Failures a second of a part that is there. */
  rate(part: number): number {
    return 1 / this.lives[part]!.mtbf.mean
  }

  /** Failures a second of a part, in the long run. */
  rateIn({ situations }: Occupancy, part: number): number {
    const lost = situations.reduce((sum, one) => (one.lost.includes(part) ? sum + one.probability : sum), 0)
    return this.rate(part) * (1 - lost)
  }
}

/** Share of each class of each kind of users in the requests of all who are no attackers. */
function weightsOf({ users }: Scenario): ReadonlyMap<string, number> {
  const rates = users
    .filter(({ malicious }) => !malicious)
    .flatMap((one) =>
      [...one.mix]
        .filter(([, share]) => share > 0)
        .map(([named, share]) => [keyOf(one.name, named), rateOf(one) * requestsEach(one) * share] as const),
    )
  const all = rates.reduce((sum, [, rate]) => sum + rate, 0)
  return new Map(rates.map(([key, rate]) => [key, rate / all]))
}

const rateOf = ({ arrive }: UsersSpec): number =>
  'open' in arrive ? arrive.open.rate : arrive.users / (arrive.think.mean + ANSWER)

function carriersOf({ hosts, components }: Scenario): ReadonlyMap<string, readonly string[]> {
  const zones = new Map(hosts.map(({ name, zone }) => [name, zone === null ? [] : [zone]]))
  return new Map([
    ...zones,
    ...components.map(
      ({ name, host }) => [name, host === null ? [] : [host, ...(zones.get(host) ?? [])]] as const,
    ),
  ])
}

/** What no request of visitors comes to, and no copy either: boxes that only watch, and hosts and zones with nothing else. */
function unusedIn(scenario: Scenario): ReadonlySet<string> {
  const { components, hosts } = scenario
  const asked = reached(scenario)
  const used = components.filter(({ name }) => asked.has(name))
  const carry = new Set(used.map(({ host }) => host))
  const zones = new Set(hosts.filter(({ name }) => carry.has(name)).map(({ zone }) => zone))
  return new Set([
    ...components.map(({ name }) => name).filter((name) => !asked.has(name)),
    ...hosts.map(({ name }) => name).filter((name) => !carry.has(name)),
    ...hosts.flatMap(({ zone }) => (zone === null || zones.has(zone) ? [] : [zone])),
  ])
}
