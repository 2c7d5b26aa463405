/** What is done to a request at one moment of its life. */
export const What = {
  /** It stands in a queue of the box, or is held back there by a rate limit; at visitors, it waits to be tried again. */
  waited: 0,
  served: 1,
  /** It, its answer, or what the box has another confirm is on the wire from or to the box. */
  travelled: 2,
  /** Nobody takes the connection that the box tries to make. */
  connecting: 3,
  /** The box waits for another that has the request and does nothing, has lost it, or does not confirm it. */
  unanswered: 4,
  /** The box answers at once that it will not serve it; such a place is counted in requests. */
  answered: 5,
} as const
export type What = (typeof What)[keyof typeof What]

/** Why the box below did not answer, or why one was slow, or would not serve. */
export const Why = {
  unknown: 0,
  /** Its machine has no power. */
  dead: 1,
  /** The wire to it is cut. */
  cut: 2,
  hangs: 3,
  /** Its process is not there. */
  gone: 4,
  /** It, or its accept queue, has no place. */
  full: 5,
  /** It runs slower than it should. */
  slowed: 6,
  /** It trusts none of those below it. */
  noServer: 7,
  /** Its process died, and broke the connections off. */
  died: 8,
  /** A fault has it answer with errors. */
  errors: 9,
  /** More came than the rate that it lets through. */
  limit: 10,
  certificate: 11,
  /** It took them for an attack. */
  filtered: 12,
  /** It could not resolve the name. */
  name: 13,
  readOnly: 14,
  /** It has reasons of its own. */
  other: 15,
  /** Of a wire: packets were lost, and sent again. */
  lost: 16,
  /** Of a wire: it is as long as the scenario has it. */
  long: 17,
  /** Its connection table has no entry left: those of connections that have ended stay for a while. */
  table: 18,
  /** Of a wire: others were before it on the line. */
  line: 19,
  /** It has no place left, and most are had by connections that are kept open without a request. */
  idle: 20,
  /** It has no port left from which to connect to those below it. */
  ports: 21,
  /** It gave one of its servers up, which it trusts still, or had others beside. */
  gaveUp: 22,
  /** Others were before it at the network interface of the machine that stands in place of the box below. */
  interface: 23,
  /** It answers such requests itself, as it is told. */
  rules: 24,
  /** It is cut off from the majority of its cluster, or not yet back. */
  notPrimary: 25,
  /** Another wrote the same row first. */
  conflict: 26,
  /** Its SYN queue is full of what nobody completes. */
  synQueue: 27,
  /** It has another version of what is asked for than the page that names it. */
  skewed: 28,
  /** It is at another address than where it is called. */
  moved: 29,
} as const
export type Why = (typeof Why)[keyof typeof Why]

/** Where time goes: exactly one at any moment of a request's life. */
export interface Place {
  /** The lowest box that has the request; visitors, where none has it. */
  readonly box: string
  readonly what: What
  /** The box below that is waited for, or the machine whose network interface is; null where it is none. */
  readonly to: string | null
  readonly why: Why
}

/** Seconds at a place, of all requests that were followed. */
export interface Spent extends Place {
  seconds: number
}

/** The same for the same place; of what is held, of the same box that is full. */
export const placeKey = ({ box, what, to, why, full }: Place & { readonly full?: string }): string =>
  JSON.stringify([full ?? null, box, what, to, why])

/** Whether what was spent there is for the sake of others: of those in `fullAt`, or of the servers that it has. */
export function fullAt({ box, what, to, why }: Place): string | null {
  if (what === What.waited) return why === Why.limit || why === Why.idle ? null : box
  if (why !== Why.full && why !== Why.noServer && why !== Why.gaveUp) return null
  if (what === What.connecting) return to
  return what === What.answered ? box : null
}

/** What was spent where, of many requests. */
export interface Spendings {
  requests: number
  /** Where they were. */
  direct: Spent[]
  /**
   * While they waited at `full`, directly or for who waited there: where those were that held its places; or what was
   * wrong with its servers.
   */
  held: (Spent & { readonly full: string })[]
}

/** Of the requests that failed or were not good: of a class, or while a fault lasted. */
export interface BadTime extends Spendings {
  /** Of those that failed: what answered so, where it was no timeout; counted in requests. */
  failures: Spendings
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
