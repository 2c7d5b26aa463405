import type { Scenario } from '../../scenario/scenario.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Cause, Result } from '../result.js'
import { type BadTime, fullAt, type Place, type Spent, What, Why } from './spent.js'

/** Of fewer requests nothing is said. */
const ENOUGH = 30
/** Of the time, what one cause must explain. */
const MOST = 0.5
/** So many times as long as good requests the bad ones must take, for time to be what they lack. */
const LONGER = 2
/** Share of the cores of a host in use, from which on all that runs on it is slow for want of them. */
const BUSY = 0.9

/**
 * What most of the time of bad requests comes down to: of each fault, and of each class. Nothing is said of few
 * requests, of such as took not much longer than good ones (they failed at once, and time is not what they lack), or
 * where no cause explains half of the time.
 */
export function causesOf(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  hosts: Result['hosts'],
): Cause[] {
  const of = (kind: Cause['of'], name: string, own: readonly BadTime[], usually: number): Cause[] => {
    const found = causeOf(own, usually, scenario, hosts)
    return found === null ? [] : [{ of: kind, name, ...found }]
  }
  const all = records.flatMap(({ causes }) => causes ?? [])
  const usual = scenario.classes.map((_, i) =>
    usualOf(all.flatMap(({ times }) => times.filter((one) => one.class === i))),
  )
  return [
    // Faults of one name are told as one.
    ...[...new Set(scenario.faults.map(({ says }) => says))].flatMap((says) =>
      of(
        'fault',
        says,
        all.flatMap(({ faults }) => faults.filter((_, i) => scenario.faults[i]!.says === says)),
        Math.max(...usual),
      ),
    ),
    ...scenario.classes.flatMap((name, i) =>
      of(
        'class',
        name,
        all.map(({ classes }) => classes[i]!),
        usual[i]!,
      ),
    ),
  ]
}

type Times = NonNullable<ReplicationRecord['causes']>['times']

/** Seconds that a good request takes, in the mean. */
function usualOf(times: Times): number {
  const good = times.filter(({ group }) => group === 'ok')
  const requests = good.reduce((sum, one) => sum + one.requests, 0)
  return requests === 0 ? 0 : total(good.flatMap(({ spent }) => spent)) / requests
}

const total = (spent: readonly Spent[]): number => spent.reduce((sum, { seconds }) => sum + seconds, 0)

/** Where a chain ends: a box that does not answer, or one that takes its time. */
interface End {
  readonly box: string
  readonly silent: boolean
  seconds: number
  /** Seconds by what is known of the box. */
  readonly whys: Map<Why, number>
}

function causeOf(
  own: readonly BadTime[],
  usual: number,
  scenario: Scenario,
  hosts: Result['hosts'],
): Omit<Cause, 'of' | 'name'> | null {
  const sample = own.reduce((sum, { requests }) => sum + requests, 0)
  const direct = own.flatMap((one) => one.direct)
  const held = own.flatMap((one) => one.held)
  const seconds = total(direct)
  if (sample < ENOUGH || seconds < LONGER * sample * usual) return null
  const end = lowest([...direct, ...held])
  if (end === null || end.seconds / seconds < MOST) return null
  const share = Math.min(1, end.seconds / seconds)
  const { full, caller } = wayTo(end, direct, held)
  const what = stateOf(end, full, scenario, hosts)
  const chain = [
    ...full.filter((box) => end.silent || box !== end.box).map((box) => ({ component: box, what: 'full' })),
    ...(full.length === 0 && caller !== end.box ? [{ component: caller, what: 'waited' }] : []),
    { component: end.box, what },
  ]
  return { says: sentence(chain, share), share, chain, sample }
}

/** The box that most time comes down to; null where there is none. */
function lowest(spent: readonly Spent[]): End | null {
  const ends = new Map<string, End>()
  for (const place of spent) {
    if (fullAt(place) !== null) continue
    const { box, silent } = endOf(place)
    const key = `${silent} ${box}`
    const end = ends.get(key) ?? { box, silent, seconds: 0, whys: new Map() }
    ends.set(key, end)
    end.seconds += place.seconds
    end.whys.set(place.why, (end.whys.get(place.why) ?? 0) + place.seconds)
  }
  return [...ends.values()].reduce<End | null>((a, b) => (a === null || b.seconds > a.seconds ? b : a), null)
}

const endOf = ({ box, what, to }: Place): { box: string; silent: boolean } =>
  what === What.connecting || what === What.unanswered ? { box: to!, silent: true } : { box, silent: false }

const leadsTo = (place: Place, { box, silent }: End): boolean => {
  const own = endOf(place)
  return fullAt(place) === null && own.box === box && own.silent === silent
}

/** The boxes that were full on the way, from the top down, and who waited for the last one. */
function wayTo(
  end: End,
  direct: readonly Spent[],
  held: BadTime['held'],
): { full: string[]; caller: string } {
  const full: string[] = []
  let leads: (place: Place) => boolean = (place) => leadsTo(place, end)
  let caller: string | null = null
  for (;;) {
    const straight = direct.filter(leads)
    const behind = held.filter((one) => leads(one) && !full.includes(one.full))
    const most = (places: readonly Spent[], of: (place: never) => string): [string, number] => {
      const sums = new Map<string, number>()
      for (const place of places) {
        const name = of(place as never)
        sums.set(name, (sums.get(name) ?? 0) + place.seconds)
      }
      return [...sums].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
    }
    const [from] = most([...straight, ...behind], ({ box }: Spent) => box)
    caller ??= from
    const [next, seconds] = most(behind, (one: BadTime['held'][number]) => one.full)
    if (next === '' || seconds < total(straight)) return { full, caller }
    full.unshift(next)
    leads = (place) => fullAt(place) === next
  }
}

/** What is known of the box at the end. */
function stateOf(
  { box, silent, whys }: End,
  full: readonly string[],
  { components }: Scenario,
  hosts: Result['hosts'],
): string {
  const known = [...whys].filter(([why]) => why !== Why.unknown && why !== Why.full)
  const [why, seconds] = known.reduce((a, b) => (b[1] > a[1] ? b : a), [Why.unknown as Why, 0])
  const whole = [...whys.values()].reduce((sum, one) => sum + one, 0)
  if (seconds >= whole / 2) return STATES[why]
  if (silent) return STATES[Why.unknown]
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
}

/** What is said of the last box of a chain: as whoever waits for it meets it, and by itself. */
const TOLD: Readonly<Record<string, readonly [behind: string, alone: string]>> = {
  silent: ['did not answer', 'did not answer'],
  'machine dead': ['whose machine was dead', 'was on a dead machine'],
  'cut off': ['which was cut off', 'was cut off'],
  hangs: ['which hung', 'hung'],
  'process gone': ['whose process was gone', 'was gone'],
  slowed: ['which was slower than usual', 'was slower than usual'],
  'CPU full': ['whose CPU was full', 'had a CPU that was full'],
  'full by itself': ['which was full by its own work', 'was full by its own work'],
  'slow by itself': ['which took its time', 'took its time'],
}

/** `app-1 was full because those in it waited for mysql-2, whose machine was dead: 94 % of ...`. */
function sentence(chain: Cause['chain'], share: number): string {
  const last = chain.at(-1)!
  const above = chain.slice(0, -1)
  const [behind, alone] = TOLD[last.what]!
  const end = `${last.component}${last.what === 'silent' ? ', which' : ','} ${behind}`
  const [first, ...between] = above
  const words =
    first === undefined
      ? `${last.component} ${alone}`
      : first.what === 'full'
        ? `${first.component} was full because those in it waited for ${between.map(({ component }) => `${component}, which was full of those that waited for `).join('')}${end}`
        : `${first.component} waited for ${end}`
  return `${words}: ${Math.round(share * 100)}% of the time of the requests that failed or were late.`
}
