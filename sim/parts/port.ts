import type { Dial } from './dial.js'
import type { Floods } from './floods.js'
import type { Daemon } from './host.js'
import type { Place, Request } from './request.js'

/** Whether the process of a box is there. */
export const State = {
  /** It was not started, or died, or its machine did. */
  gone: 0,
  /** It is there, and does not listen yet. */
  starting: 1,
  serving: 2,
  /** It is there and does nothing. */
  hanging: 3,
} as const
export type State = (typeof State)[keyof typeof State]

/** By their numbers. */
export const stateNames = Object.keys(State) as readonly (keyof typeof State)[]

/** What the SYN of a new connection meets. */
export const Syn = {
  /** Nobody answers: it will be sent again, until the caller's connect timeout. */
  silence: 0,
  /** The machine answers that nobody listens. */
  refused: 1,
  /** It comes to the box, which will not take it now, and says so or not, as its kind does: its queue is full. */
  turnedAway: 2,
  /** The connection is made. */
  accepted: 3,
} as const
export type Syn = (typeof Syn)[keyof typeof Syn]

/** Where a wire ends, as whoever stands at its other end sees it. */
export interface Port {
  readonly name: string
  /** What the SYN of a new connection meets there, or behind, if it is forwarded. */
  readonly syn: Syn
  readonly state: State
  /** How often its process has died: connections from before are of no use. */
  readonly deaths: number
  /** How often connections that are idle became useless: it died, or new processes took its place. */
  readonly generation: number
  /** Since when its address is what it is, seconds; -Infinity: always. */
  readonly movedAt: number
  /** Calls `watcher` when `movedAt` may have changed. */
  watchAddress(watcher: () => void): void
  /** Whether nobody speaks for it once it is dead, not even its machine: it forwarded the packets of others. */
  readonly quiet: boolean
  /** Exchanges, after that of TCP, before the first request of a connection can be sent. */
  readonly greeting: number
  /** Whether it waits for a write to end, so that it is woken late. */
  readonly blocking: boolean
  /** Whether connections end further behind: it passes on their packets, SYNs among them. */
  readonly forwards: boolean
  /** Whether it only tells where to go: who has been told goes there by himself. */
  readonly directs: boolean
  /** What takes the requests in. */
  readonly process: Entrance
  readonly host: Machine
  /** 1, or 0 while load balancers are told to send nothing new there (drain). */
  readonly rotation: Dial
  /** Whether load balancers may send new requests there, and to what a pass-through stands before. */
  readonly inRotation: boolean
  /** Whether it is not there for now, and load balancers know: they do not look whether it answers. */
  readonly absent: boolean
  /** Calls `watcher` when `inRotation` may have changed. */
  watchRotation(watcher: () => void): void
  /** Calls `observer` whenever `state` may have changed. */
  observe(observer: () => void): void
  /** Seconds after which it closes a connection that is idle. */
  readonly idleTimeout: number
  /** Whether a connection to it leads on to one of several, always the same, so that each has a number (`Request.route`). */
  readonly pins: boolean
  /** Whether the connection of that number is one of those, and open. */
  leadsOn(route: number): boolean
  /** A connection that was kept open after an answer (`Request.keeps`) is closed by the caller. @param route its number */
  connectionClosed(route?: number): void
  /** One more of those that its caller keeps is idle, and may be used again by whoever comes; or (-1) one less. */
  connectionRests(by: 1 | -1): void
}

/**
 * Calls `then` when idle connections to `to` turn out to be broken: its process died, and its machine says so (where the
 * machine died, that is when it is back), or they were closed because another process took its place.
 */
export function whenBroken(to: Port, then: () => void): void {
  let { generation } = to
  to.observe(() => {
    if (to.generation === generation || to.host.power.value === 0) return
    generation = to.generation
    then()
  })
}

/** A machine, from outside. */
interface Machine {
  /** 1, or 0 while it is dead. */
  readonly power: Dial
  /** 1, or 0 while all that runs on it hangs. */
  readonly running: Dial
  /** 1, or 0 while its network interface is down, which it sees. */
  readonly link: Dial
  /** A program on it that is no component. */
  daemon(name: string): Daemon
}

/** A process that takes requests in. */
export interface Entrance extends Place {
  readonly state: State
  readonly floods: Floods
  /** 1, or 0 while its port is closed though it works on what is inside. */
  readonly listens: Dial
  /** Cores that SYNs of floods take. */
  readonly interrupts: Dial
  /** Whether floods have the places where a SYN waits for its handshake to be completed. */
  readonly synQueueFull: boolean
  /** A SYN found that so. */
  losesSyn(): void
  /** A request arrives, whatever the process does. */
  enter(request: Request): void
  /** A request arrives while the process serves. */
  admit(request: Request): void
  /** Requests that come to it have sizes: they may come in bit by bit. */
  getsBodies(): void
}

/**
 * Connections that the kernel holds for a process that called `listen(backlog)`: one more than that (Linux finds the
 * accept queue full where it holds more than the backlog; measured: backlog 8, nine connect).
 */
export const acceptQueueOf = (backlog: number): number => backlog + 1

/** What a port depends on. */
interface Circumstances {
  readonly state: State
  /** The machine has power. */
  readonly power: boolean
  /** The accept queue has no place; while the process hangs, that is its backlog. */
  readonly full: boolean
  /** It forwards the packets of others: once its process does not, no machine speaks for it. */
  readonly quiet: boolean
}

/**
 * The port of a process by itself:
 *
 *     power  state           queue   quiet   the SYN meets
 *     off    any             any     any     silence
 *     on     gone, starting  any     no      refused
 *     on     serving         room    any     accepted
 *     on     serving         full    any     turned away
 *     on     hanging         room    no      accepted: by the kernel, and nothing more happens
 *     on     hanging         full    no      silence
 *     on     not serving     any     yes     silence
 *
 * A box that forwards connections (a packet filter, anything that fails open and does not serve) has the port of what
 * stands behind it instead of `accepted`; the resolvers before name servers always accept. Whether load balancers send
 * something is another matter: `rotation`, which no port knows of.
 */
export function synOf({ state, power, full, quiet }: Circumstances): Syn {
  if (!power) return Syn.silence
  if (state === State.serving) return full ? Syn.turnedAway : Syn.accepted
  if (quiet) return Syn.silence
  if (state !== State.hanging) return Syn.refused
  return full ? Syn.silence : Syn.accepted
}
