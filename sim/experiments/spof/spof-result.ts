import type { Estimate } from '../../stats/estimate.js'
import type { FaultResult, Overloaded, Result } from '../result.js'
import type { Account, Part } from '../structure.js'
import type { Importance } from './importance.js'
import type { Tier } from './tiers.js'

/**
 * What a loss does to visitors, the worst first; whether they are answered is judged for each kind of users and class:
 * - `hard`: nobody is answered any more, or no users of one kind, or nobody of a class that reads;
 * - `writes`: only those who write are answered no more;
 * - `capacity`: some of all are answered, and this load does not fit: for as long as it is away fewer answers are good, in
 *   all or of some users and class, or an objective of the file is not met;
 * - `undecided`: answers are missing, and too few came at the end to say whether they would be answered, or nobody asked
 *   who needs it;
 * - `transient`: all is as before after a gap that is longer than is borne;
 * - `blind`: no visitor notices, and what watches the others is lost;
 * - `none`: no visitor notices, or for no longer than is borne.
 */
export const SEVERITIES = ['hard', 'writes', 'capacity', 'undecided', 'transient', 'blind', 'none'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What follows a loss, from then on until the end of the run: it is not healed. */
export interface Lost {
  /** A process that refuses; what is no process; a machine or the machines of a zone, silent; without a machine, silent; a wire; a certificate; two at once. */
  how: 'process' | 'itself' | 'machine' | 'machines' | 'silence' | 'cut' | 'certificate' | 'both'
  severity: Severity
  /** Request classes that are answered no more to anybody, once all that takes over has taken over. */
  unanswered: string[]
  /** The same by who asks: also users who are answered no more what others still are. */
  unanswered_accounts: Account[]
  /**
   * Who lost answers, and came too seldom at the end to say whether he is answered again; and who never asked, and by the
   * wiring would not be answered.
   */
  undecided_accounts: Account[]
  /** Who of the others has fewer answers in the end, by more than one in twenty. */
  lacking_accounts: Lacking[]
  /** Of those who asked after the loss. */
  availability: Estimate
  good: Estimate
  /**
   * For how long the service was away, for the class that was away longest; null where it was not back by the end, and
   * `low` is what the mean is not below.
   */
  outage_s: Estimate
  outage_class: string | null
  /** Longest stretch in which nobody was answered at all. */
  no_answer_s: Estimate
  /** Until good answers came as without the loss, in all replications; null where they did not by the end. */
  settles_s: number | null
  /** A second, against the same replications without the loss: answers fewer, and requests more that were late. */
  lost_per_s: Estimate
  delayed_per_s: Estimate | null
  /** Of the requests answered ok, and how much more that is than without the loss. */
  p99_ms: Estimate
  added_p99_ms: Estimate
  /** Per replication: writes that were answered and lost; reads that missed a write, where that is counted. */
  lost_writes: Estimate
  stale_reads: Estimate
  /** Answers as a share of those that the same replications have without the loss: in all the time after it. */
  answered: Estimate
  /** The same in the last third of the run, and of the good ones. */
  settled: { answered: Estimate; good: Estimate }
  /** Objectives of the file that hold without the loss, and in the last third with it do not. */
  missed: { text: string; value: number | null; unit: 's' | 'share' }[]
  overloaded: Overloaded | null
  causes: Result['causes']
  /** What the strike is called in `causes`. */
  faults: string[]
  detected: FaultResult['detected']
}

/** Why nothing can be told of losses; null where somebody is answered without any. */
export function whyUntold({ without: { availability } }: Pick<Spofs, 'without'>): string | null {
  if (availability.value === null) return 'nobody asked'
  return availability.value === 0 ? 'nobody was answered though nothing was lost' : null
}

/** A part, and the worst of the ways in which it can be lost. */
export interface SpofPart extends Lost, Pick<Part, 'what'> {
  part: string
  /** Components that are lost with it. */
  carries: string[]
  /** Classes of which, by the wiring alone, not all who ask are answered without it. */
  structural: string[]
  /** Who is answered no more by the wiring alone. */
  structural_accounts: Account[]
  /** The wiring has another way for all that is lost here: what a drawing does not show. */
  hidden: boolean
  /** All ways, the worst first. */
  ways: Lost[]
}

/** Two parts lost at once. */
export interface SpofPair extends Lost {
  parts: [string, string]
  structural: string[]
  structural_accounts: Account[]
  hidden: boolean
}

/** Users and a class of theirs of which a share is not answered. */
export interface Lacking extends Account {
  /** Of the answers that they have without the loss. */
  missing: number
}

/** Users and a class of theirs of which little can be told, whatever is lost. */
export interface Unseen extends Account {
  /** Without any loss they have no answer in all that time, or hardly any in the last third of it ... */
  when: 'ever' | 'at the end'
  /** ... since nobody asked, or those who did were not answered, or few came. */
  because: 'not asked' | 'not answered' | 'few answered'
}

export interface Spofs {
  scenario: string
  file: string
  seed: string
  replications: number
  /** Of each run with a loss, and the time before that all was there. */
  lost_s: number
  warmup_s: number
  /** A gap that is borne. */
  gap_s: number
  /** Request classes that somebody asks for. */
  classes: string[]
  /** The same by who asks, and of whom of these little can be told. */
  accounts: Account[]
  unseen: Unseen[]
  /** Under the same visitors without any loss. */
  without: { availability: Estimate; good: Estimate; p99_ms: Estimate; qps: Estimate }
  /** The worst first. */
  parts: SpofPart[]
  /** The worst first; none if they were not asked for. */
  pairs: SpofPair[]
  /** Smallest sets of components and hosts without which, by the wiring alone, somebody is not answered what he asks for. */
  cut_sets: string[][]
  /** Of each of them who that is. */
  cut_accounts: Account[][]
  tiers: Tier[]
  /** Null where nothing may be assumed of how often parts fail, and the file does not say it. */
  importance: Importance | null
  /** If it was interrupted: losses that were to be tried. */
  interrupted?: { planned: number; there: number }
  /** Losses of which nothing can be told, and why. */
  untold: { part: string; reason: string }[]
}
