/** What is done to a request at one moment of its life. */
export const What = {
  /** It stands in a queue of the box; at visitors, it waits to be tried again. */
  waited: 0,
  served: 1,
  /** It, or its answer, is on the wire from or to the box. */
  travelled: 2,
  /** Nobody takes the connection that the box tries to make. */
  connecting: 3,
  /** The box waits for one below that has the request and does nothing, or has lost it. */
  unanswered: 4,
} as const
export type What = (typeof What)[keyof typeof What]

/** Why the box below did not answer, or why one was slow. */
export const Why = {
  unknown: 0,
  /** Its machine has no power. */
  dead: 1,
  /** The wire to it is cut. */
  cut: 2,
  hangs: 3,
  /** Its process is not there. */
  gone: 4,
  /** Its accept queue has no place. */
  full: 5,
  /** It runs slower than it should. */
  slowed: 6,
} as const
export type Why = (typeof Why)[keyof typeof Why]

/** Where time goes: exactly one at any moment of a request's life. */
export interface Place {
  /** The lowest box that has the request; visitors, where none has it. */
  readonly box: string
  readonly what: What
  /** The box below that is waited for; null where it is none. */
  readonly to: string | null
  readonly why: Why
}

/** Seconds at a place, of all requests that were followed. */
export interface Spent extends Place {
  seconds: number
}

/** Whether time there is time until others leave `fullAt`. */
export const fullAt = ({ box, what, to, why }: Place): string | null =>
  what === What.waited ? box : what === What.connecting && why === Why.full ? to : null

/** Of the requests that failed or were not good: of a class, or while a fault lasted. */
export interface BadTime {
  requests: number
  /** Where they were. */
  direct: Spent[]
  /** While they waited at `full`, directly or for who waited there: where those were that held its places. */
  held: (Spent & { readonly full: string })[]
}

/** How requests ended. */
export const groups = ['ok', 'slow', 'failed'] as const
export type Group = (typeof groups)[number]

/** What one replication knows of where the time of a sample of its requests went. Plain data. */
export interface CausesRecord {
  times: { class: number; group: Group; requests: number; spent: Spent[] }[]
  /** In the order of the scenario's classes, and of its faults. */
  classes: BadTime[]
  faults: BadTime[]
}
