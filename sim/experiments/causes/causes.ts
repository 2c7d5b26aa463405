import type { Scenario } from '../../scenario/scenario.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Cause, Result } from '../result.js'
import { beyond, followedOf } from './beyond.js'
import { sentence } from './sentence.js'
import {
  type BadTime,
  type CausesRecord,
  fullAt,
  type Place,
  type Spendings,
  type Spent,
  What,
  Why,
} from './spent.js'
import { machineTwinsOf, twinsOf } from './twins.js'

/** Of fewer requests nothing is said. */
const ENOUGH = 30
/** Of the time, or of the failures, what one cause must explain. */
const MOST = 0.5
/** So many times as long as good requests the bad ones must take, for time to be what they lack. */
const LONGER = 2
/** Share of the cores of a host in use, from which on all that runs on it is slow for want of them. */
const BUSY = 0.9
/** Of what comes down to twins, what one of them must have to be named. */
const NAMED = 0.1

/**
 * What most of the time of bad requests comes down to, and most of the failures that were answers, of each fault and of
 * each class. Nothing is said of few requests, of the time of such as took not much longer than good ones (they failed
 * at once, and time is not what they lack), or where no cause explains half.
 * @param calm of the same visitors without any fault, where the faults last for the whole measured span: then of both only
 * what there is beyond that counts, since it would be so anyway
 */
export function causesOf(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  hosts: Result['hosts'],
  calm: readonly ReplicationRecord[] | null = null,
): Cause[] {
  const twins = twinsOf(scenario)
  const all = records.flatMap(({ causes }) => causes ?? [])
  const whole = {
    scenario,
    hosts,
    twins,
    machines: machineTwinsOf(scenario, twins),
    isBeyond: calm !== null,
  }
  const usual = scenario.classes.map((_, i) => usualOf(all, i))
  const of = (kind: Cause['of'], name: string, own: readonly BadTime[], classes: readonly number[]) => {
    const usually = Math.max(...classes.map((i) => usual[i]!))
    const bad =
      calm === null ? own : beyond(own, followedOf(records, classes).requests, followedOf(calm, classes))
    return [causeOfTime(bad, usually, whole), causeOfFailures(bad, whole)].flatMap((found): Cause[] =>
      found === null ? [] : [{ of: kind, name, ...found }],
    )
  }
  const every = [...scenario.classes.keys()]
  return [
    // Faults of one name are told as one.
    ...[...new Set(scenario.faults.map(({ says }) => says))].flatMap((says) =>
      of(
        'fault',
        says,
        all.flatMap(({ faults }) => faults.filter((_, i) => scenario.faults[i]!.says === says)),
        every,
      ),
    ),
    ...scenario.classes.flatMap((name, i) =>
      of(
        'class',
        name,
        all.map(({ classes }) => classes[i]!),
        [i],
      ),
    ),
  ]
}

/** Seconds that a good request of a class takes, in the mean. */
function usualOf(all: readonly CausesRecord[], kind: number): number {
  const good = all.flatMap(({ times }) => times.filter((one) => one.class === kind && one.group === 'ok'))
  const requests = good.reduce((sum, one) => sum + one.requests, 0)
  return requests === 0 ? 0 : total(good.flatMap(({ spent }) => spent)) / requests
}

const total = (spent: readonly Spent[]): number => spent.reduce((sum, { seconds }) => sum + seconds, 0)

/** What was spent at a place, of which the first of its twins has the name. */
interface Shared extends Spent {
  /** The names of the boxes themselves. */
  readonly own: Place
}
interface Held extends Shared {
  readonly full: string
  readonly ownFull: string
}

/** What is asked of the whole run. */
interface Whole {
  readonly scenario: Scenario
  readonly hosts: Result['hosts']
  readonly twins: ReadonlyMap<string, string>
  readonly machines: ReadonlyMap<string, string>
  /** Whether all is beyond what there is anyway. */
  readonly isBeyond: boolean
}

/**
 * Where a chain ends: a box that does not answer, one that takes its time, one that answers that it will not serve, or
 * the wire from a box to another; or the network interface of a machine.
 */
interface End {
  readonly box: string
  readonly way: 'silent' | 'works' | 'answers' | 'wire' | 'interface'
  /** Where the wire goes; null for a box. */
  readonly to: string | null
  seconds: number
  /** Seconds by what is known of the box. */
  readonly whys: Map<Why, number>
}

type Found = Omit<Cause, 'of' | 'name'>

function causeOfTime(own: readonly BadTime[], usual: number, whole: Whole): Found | null {
  const spent = sharedBy(own, whole)
  const { requests } = spent
  const seconds = total(spent.direct)
  // Beyond what is usual, so much less is as much.
  const longer = whole.isBeyond ? LONGER - 1 : LONGER
  if (requests < ENOUGH || seconds === 0 || seconds < longer * requests * usual) return null
  // None was good: who had an answer, and soon, does not lack time.
  const answered = total(own.flatMap(({ failures }) => failures.direct))
  if (usual === 0 && answered > MOST * requests && seconds < requests * whole.scenario.good) return null
  const end = lowest([...spent.direct, ...spent.held].filter((place) => fullAt(place) === null))
  return end === null || end.seconds / seconds < MOST ? null : told('time', end, seconds, spent, whole)
}

/** Of those that failed: what answered so; behind it, if most comes down to that, what it was full of or had to serve it. */
function causeOfFailures(own: readonly BadTime[], whole: Whole): Found | null {
  const spent = sharedBy(
    own.map(({ failures }) => failures),
    whole,
  )
  const { requests, direct, held } = spent
  if (requests < ENOUGH || total(direct) / requests < MOST) return null
  const behind = lowest([...direct, ...held].filter((place) => fullAt(place) === null))
  const end = behind !== null && behind.seconds / requests >= MOST ? behind : lowest(direct)!
  return end.seconds / requests < MOST ? null : told('failures', end, requests, spent, whole)
}

type Shares = ReturnType<typeof sharedBy>

/** All that was spent, that of twins together. */
function sharedBy(own: readonly Spendings[], { twins, machines }: Whole) {
  const first = (name: string): string => twins.get(name) ?? name
  const firstTo = ({ to, why }: Spent): string | null =>
    to === null ? null : why === Why.interface ? (machines.get(to) ?? to) : first(to)
  const shared = (spent: Spent): Shared => ({
    ...spent,
    box: first(spent.box),
    to: firstTo(spent),
    own: spent,
  })
  return {
    requests: own.reduce((sum, { requests }) => sum + requests, 0),
    direct: own.flatMap(({ direct }) => direct.map(shared)),
    held: own.flatMap(({ held }) =>
      held.map((one): Held => ({ ...shared(one), full: first(one.full), ownFull: one.full })),
    ),
  }
}

function told(
  explains: Cause['explains'],
  end: End,
  of: number,
  { requests, direct, held }: Shares,
  { scenario, hosts, isBeyond }: Whole,
): Found {
  const share = Math.min(1, end.seconds / of)
  const { full, caller } = wayTo(end, direct, held)
  const what = stateOf(end, full, scenario, hosts)
  const here = [...direct, ...held].filter((place) => endsAt(place, end))
  const entry = (state: string, found: Map<string, number>): Cause['chain'][number] => {
    const [name, ...twins] = namesIn(found, scenario) as [string, ...string[]]
    return { component: name, what: state, ...(twins.length > 0 && { twins }) }
  }
  const chain = [
    ...full
      .filter((box) => (end.way !== 'works' && end.way !== 'answers') || box !== end.box)
      .map((box) => {
        const at = held.filter((one) => one.full === box)
        return entry(
          fullness(box, direct),
          sumsBy(at, ({ ownFull }) => ownFull),
        )
      }),
    ...(!full.includes(caller) && caller !== end.box && end.way !== 'answers' && end.way !== 'interface'
      ? [
          entry(
            'waited',
            sumsBy(
              here.filter((place) => place.box !== end.box),
              ({ own }) => own.box,
            ),
          ),
        ]
      : []),
    entry(
      what,
      sumsBy(here, ({ own }) => nameOf(endOf(own))),
    ),
  ]
  return { says: sentence(explains, chain, share, isBeyond), explains, share, chain, sample: requests }
}

/** Whether a box that something waits for was full, had no server, or gave one up. */
function fullness(box: string, direct: readonly Shared[]): string {
  const whys = direct.filter((one) => fullAt(one) === box).map(({ why }) => why)
  const found = [Why.noServer, Why.gaveUp].find((why) => whys.includes(why))
  return found === undefined ? 'full' : STATES[found]
}

function sumsBy<Place extends Spent>(places: readonly Place[], of: (place: Place) => string) {
  const sums = new Map<string, number>()
  for (const place of places) sums.set(of(place), (sums.get(of(place)) ?? 0) + place.seconds)
  return sums
}

/** Those that have a part of it that is worth the name, in the order of the file. */
function namesIn(sums: ReadonlyMap<string, number>, scenario: Scenario): string[] {
  const order = [...scenario.order, ...scenario.hosts.map(({ name }) => name)]
  const whole = [...sums.values()].reduce((sum, one) => sum + one, 0)
  return [...sums]
    .filter(([, seconds]) => seconds >= NAMED * whole)
    .map(([name]) => ({ name, at: name.split(WIRE).map((box) => order.indexOf(box)) as [number, number?] }))
    .sort((a, b) => a.at[0] - b.at[0] || (a.at[1] ?? 0) - (b.at[1] ?? 0))
    .map(({ name }) => name)
}

/** Between the names of the boxes at both ends of a wire. */
const WIRE = ' -> '

const nameOf = ({ box, to }: Pick<End, 'box' | 'to'>): string => (to === null ? box : `${box}${WIRE}${to}`)

/** The box that most comes down to; null where there is none. */
function lowest(spent: readonly Shared[]): End | null {
  const ends = new Map<string, End>()
  for (const place of spent) {
    const at = endOf(place)
    const key = `${at.way} ${nameOf(at)}`
    const end = ends.get(key) ?? { ...at, seconds: 0, whys: new Map() }
    ends.set(key, end)
    end.seconds += place.seconds
    end.whys.set(place.why, (end.whys.get(place.why) ?? 0) + place.seconds)
  }
  return [...ends.values()].reduce<End | null>((a, b) => (a === null || b.seconds > a.seconds ? b : a), null)
}

function endOf({ box, what, to, why }: Place): Pick<End, 'box' | 'way' | 'to'> {
  // Before its port or in its queue: it is the same that they wait for.
  if (why === Why.idle && what !== What.answered) return { box: to ?? box, way: 'silent', to: null }
  if (what === What.connecting || what === What.unanswered) return { box: to!, way: 'silent', to: null }
  if (why === Why.interface) return { box: to!, way: 'interface', to: null }
  if (what === What.travelled) return { box, way: 'wire', to }
  return { box, way: what === What.answered ? 'answers' : 'works', to: null }
}

function endsAt(place: Place, { box, way, to }: End): boolean {
  const own = endOf(place)
  return own.box === box && own.way === way && own.to === to
}

/** The boxes that were full on the way, from the top down, and who waited for the last one. */
function wayTo(
  end: End,
  direct: readonly Shared[],
  held: readonly Held[],
): { full: string[]; caller: string } {
  const full: string[] = []
  let leads: (place: Place) => boolean = (place) =>
    (end.way === 'answers' || fullAt(place) === null) && endsAt(place, end)
  let caller: string | null = null
  for (;;) {
    const straight = direct.filter(leads)
    const behind = held.filter((one) => leads(one) && !full.includes(one.full))
    const from = most(sumsBy([...straight, ...behind], ({ box }: Spent) => box))[0]
    caller ??= from
    const [next, seconds] = most(sumsBy(behind, (one) => one.full))
    if (next === '' || seconds < total(straight)) return { full, caller }
    full.unshift(next)
    leads = (place) => fullAt(place) === next
  }
}

const most = (sums: ReadonlyMap<string, number>): [string, number] =>
  [...sums].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])

/** What is known of the box at the end. */
function stateOf(
  { box, way, whys }: End,
  full: readonly string[],
  { components }: Scenario,
  hosts: Result['hosts'],
): string {
  const known = [...whys].filter(([why]) => why !== Why.unknown && (way === 'answers' || why !== Why.full))
  const [why, seconds] = known.reduce((a, b) => (b[1] > a[1] ? b : a), [Why.unknown as Why, 0])
  const whole = [...whys.values()].reduce((sum, one) => sum + one, 0)
  if (seconds >= whole / 2) return STATES[why]
  if (way === 'silent') return STATES[Why.unknown]
  if (way === 'answers') return STATES[Why.other]
  const host = components.find(({ name }) => name === box)?.host ?? box
  if ((hosts[host]?.utilization.value ?? 0) >= BUSY) return 'CPU full'
  return full.includes(box) ? 'full by itself' : 'slow by itself'
}

const STATES: Readonly<Record<Why, string>> = {
  [Why.unknown]: 'silent',
  [Why.dead]: 'machine dead',
  [Why.cut]: 'cut off',
  [Why.hangs]: 'hangs',
  [Why.gone]: 'process gone',
  [Why.full]: 'full',
  [Why.slowed]: 'slowed',
  [Why.noServer]: 'no server up',
  [Why.died]: 'process died',
  [Why.errors]: 'errors',
  [Why.limit]: 'limit reached',
  [Why.certificate]: 'certificate expired',
  [Why.filtered]: 'filtered',
  [Why.name]: 'name not found',
  [Why.readOnly]: 'read only',
  [Why.notPrimary]: 'no majority',
  [Why.conflict]: 'conflict',
  [Why.other]: 'failed',
  [Why.lost]: 'packets lost',
  [Why.long]: 'long',
  [Why.table]: 'connection table full',
  [Why.synQueue]: 'SYN queue full',
  [Why.moved]: 'moved',
  [Why.line]: 'line full',
  [Why.interface]: 'interface full',
  [Why.idle]: 'idle connections',
  [Why.ports]: 'no port left',
  [Why.gaveUp]: 'gave up',
  [Why.rules]: 'turned away by rule',
  [Why.skewed]: 'other version',
}
