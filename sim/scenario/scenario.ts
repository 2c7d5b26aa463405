import type { FaultKind } from '../faults/fault.js'
import type { BoundUnit } from '../parts/count.js'
import type { Network } from '../parts/host.js'
import type { Kind } from '../parts/kind.js'
import type { RetryOptions } from '../parts/retry-policy.js'
import type { Distribution } from '../random/distribution.js'
import type { ArrivalLaw } from '../traffic/arrivals/arrival-law.js'
import type { Profile } from '../traffic/profile.js'

/** A checked scenario: every name known, every value in seconds, requests per second, or shares. */
export interface Scenario {
  /** What it was made from: enough to make it again, in another thread. */
  readonly source: Source
  /** Where it was read from, as the user named it. */
  readonly file: string
  readonly name: string
  /** The comment at its top: the drawing and the question. */
  readonly preface: string
  readonly seed: string
  /** Seconds measured. */
  readonly lasts: number
  /** Where the file says nothing of that: why it is so long. */
  readonly lastsFor: string | null
  /** Seconds before the measured span; `auto`: the rule of `warmupOf`. */
  readonly warmup: number | 'auto'
  readonly replications: number
  /** Seconds within which an answer is soon enough, counted from the arrival. */
  readonly good: number
  /** Request classes, in the order in which the users name them. */
  readonly classes: readonly string[]
  readonly hosts: readonly HostSpec[]
  readonly users: readonly UsersSpec[]
  /** Names of the components, as the file has them. */
  readonly order: readonly string[]
  /** Those that are called before those that call. */
  readonly components: readonly ComponentSpec[]
  readonly wires: readonly WireSpec[]
  /** Of what visitors send and get; null where nothing has a size. */
  readonly sizes: SizesSpec | null
  readonly faults: readonly FaultSpec[]
  /** How what breaks by chance is repaired; null: each at once. */
  readonly repair: RepairSpec | null
  /** Hosts or components that are dead from the start; no fault that strikes, and nothing heals them. */
  readonly lost: readonly string[]
  readonly expect: readonly Expectation[]
  /** Objectives on the recovery from faults that are left out, since the faults were taken away (`faults: null`). */
  readonly expectIdle: readonly string[]
  /** What `expect:` demands of the answers that take more than a run. */
  readonly demands: readonly Demand[]
}

/** What a run can be told beside the file: `--seed`, `--set`, ... */
export interface Overrides {
  seed?: string
  lasts?: string
  warmup?: string
  replications?: number
  /** `path=value`, as `--set` takes it. */
  set?: readonly string[]
  /** Factor on the rates of open users who are no attackers. */
  load?: number
  /** Hosts or components that are dead from the start of the warm-up to the end: of machines in silence, as by `crash`. */
  lost?: readonly string[]
}

export interface Source {
  readonly text: string
  readonly file: string
  readonly overrides: Overrides
  /** Texts of the files that it names, by path, in the order of reading: nobody needs to read them again. */
  readonly files: Readonly<Record<string, string>>
}

export interface HostSpec {
  readonly name: string
  readonly cores: number
  readonly speed: number
  readonly zone: string | null
  readonly network: Network
  /** Bytes a second, each way, if there is a bound. */
  readonly bandwidth?: number | undefined
  /** That its disk does at a time, if there is a bound: of fsyncs alone, or of all. */
  readonly fsyncs?: number | undefined
  readonly disk_queue_depth?: number | undefined
  /** Bytes, if there is a bound, and of those what is there at the start. */
  readonly disk_size?: number | undefined
  readonly disk_used: number
  /** Bytes, if there is a bound. */
  readonly memory?: number | undefined
  readonly swap: number
  /** How many times as long work takes of whose memory all is in swap. */
  readonly swap_slowdown: number
  /** Money a month, in whatever currency, if it says so. */
  readonly cost?: number | undefined
}

/** Bytes, by request class in the order of the scenario's. */
export interface SizesSpec {
  readonly request: readonly Distribution[]
  readonly answer: readonly Distribution[]
}

export interface UsersSpec extends RetryOptions {
  readonly name: string
  readonly arrive: { readonly open: ArrivalLaw } | { readonly users: number; readonly think: Distribution }
  /** `arrive:` as written. */
  readonly arriveText: string
  readonly profile: Profile | null
  readonly to: string
  /** Seconds, `Infinity` for none. */
  readonly timeout: number
  /** Share of each class, by name, in all that they ask for. */
  readonly mix: ReadonlyMap<string, number>
  /** The same of what they come for (without a page's assets), where its class is not recorded. */
  readonly drawn: ReadonlyMap<string, number>
  readonly malicious: boolean
  /** Objects that they ask for, if others ask for the same, and the exponent of their popularity. */
  readonly objects?: { readonly count: number; readonly zipf: number } | undefined
  /** Addresses that they come from, if there are so many only, and the exponent of how often each asks. */
  readonly addresses?: { readonly count: number; readonly zipf?: number | undefined } | undefined
  /** How they speak to a box that speaks both, if they say so. */
  readonly scheme?: 'http' | 'https' | undefined
  /** Requests that a connection carries in the mean, if they say so. */
  readonly requests_per_connection?: number
  /** Seconds for which a visitor leaves an idle connection open. */
  readonly keepalive: number
  /** SYNs of their machines that are sent again after a second each, before the waits double. */
  readonly tcp_syn_linear_timeouts: number
  /** Bytes a second, each way, of each visitor's own line, if there is a bound. */
  readonly bandwidth?: number | undefined
  /** Bytes that the machine of a visitor takes before he reads, if he says so. */
  readonly receive_buffer?: number | undefined
  /** What belongs to a page, if each of those who come loads one. */
  readonly page?: PageSpec | undefined
}

interface PageSpec {
  /** Requests beside the page itself, and their class. */
  readonly assets: number
  readonly class: string
  /** With HTTP/1.1. */
  readonly connections: number
  readonly http: '1.1' | '2'
}

/** Requests of one who comes. */
/** Whether one of these visitors asks more than once, as far as boxes can know: by his address. */
export const comesAgain = ({ arrive, page, addresses, malicious }: UsersSpec): boolean =>
  !malicious && (!('open' in arrive) || page !== undefined || addresses !== undefined)

export const requestsEach = ({ page }: Pick<UsersSpec, 'page'>): number => 1 + (page?.assets ?? 0)

export interface ComponentSpec {
  readonly name: string
  readonly kind: Kind
  /** As the kind's schema gave them. */
  readonly options: Record<string, unknown>
  readonly host: string | null
  readonly role: string
  /** Components that it names in its options. */
  readonly refs: readonly string[]
}

export interface WireSpec {
  readonly from: string
  readonly to: string
  /** Seconds, one way. */
  readonly latency: number
  /** Share of packets. */
  readonly loss: number
  /** Bytes a second, each way, if there is a bound. */
  readonly bandwidth?: number | undefined
}

export interface FaultSpec {
  readonly kind: FaultKind
  readonly targets: readonly string[]
  readonly options: Record<string, unknown>
  /** Timed: seconds from the start of the measured span, and how long (`Infinity`: to the end). */
  readonly timed: { readonly at: number; readonly lasts: number } | null
  /** Random: time between repair and failure, and time to repair. */
  readonly random: { readonly mtbf: Distribution; readonly mttr: Distribution } | null
  /** `crash of server-1`, for reports. */
  readonly says: string
}

export interface RepairSpec {
  /** Repairs at a time, first come first served; `Infinity` where there is no bound. */
  readonly crews: number
  /** How a failure is learned of; null: at once. */
  readonly notice: {
    readonly by: 'monitor' | 'visitors'
    /** From the alert, or from the failure where visitors tell of it. */
    readonly after: Distribution
    /** Of what no monitor watches, from the failure. */
    readonly unwatched: Distribution
  } | null
}

export interface Expectation {
  /** As written: `latency_p99`, `components.mysql-1.utilization`. */
  readonly metric: string
  /** What it is about; null for all requests. */
  readonly of: { readonly group: 'classes' | 'users' | 'components' | 'hosts'; readonly name: string } | null
  /** The metric of that: `latency_p99`, `utilization`. */
  readonly measure: string
  readonly unit: BoundUnit
  /** What the component's kind counts: its name in results, and the factor from there to `unit`. */
  readonly count?: { readonly name: string; readonly factor: number }
  readonly relation: '>=' | '<=' | '>' | '<'
  /** In `unit`. */
  readonly bound: number
  /** As written. */
  readonly text: string
}

/** A demand on what one of the commands finds out: `capacity >= 300/s`, `spof none`, `availability_year >= 99.95%`. */
export interface Demand {
  readonly metric: 'capacity' | 'spof' | 'availability_year'
  /** The command that judges it: `nines capacity --check`. */
  readonly command: 'capacity' | 'spof' | 'availability'
  readonly relation: Expectation['relation']
  /** Requests per second, single points of failure, a share. */
  readonly bound: number
  /** As written. */
  readonly text: string
}

type Timing = Pick<Scenario, 'lasts' | 'warmup' | 'faults' | 'users'>

/** Arrival times that were recorded: nobody comes before the measured span. */
export const isRecorded = ({ arrive }: UsersSpec): boolean =>
  'open' in arrive && arrive.open.recorded !== undefined

/**
 * Whether the run has a beginning and an end of its own (a drill, a deployment, a recording) instead of a steady state:
 * then it starts as it is, and nothing is deleted.
 */
export function isTerminating(scenario: Timing): boolean {
  const { warmup, faults, users } = scenario
  return warmup === 0 || faults.some(({ timed }) => timed !== null) || users.every(isRecorded)
}

/** Seconds that the model runs before the measured span; `auto` is a fifth of the run, or none. */
export function warmupOf(scenario: Timing): number {
  if (scenario.warmup !== 'auto') return scenario.warmup
  return isTerminating(scenario) ? 0 : scenario.lasts / 4
}
