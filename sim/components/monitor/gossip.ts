import type { Component } from '../../parts/component.js'
import type { Context } from '../../parts/context.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'

/** Seconds from one probe of a peer to the next: `--cluster.probe-interval` as it is delivered. */
const PROBE = 1

/** Probes that a peer is suspected for before it is dead: `SuspicionMult` of memberlist, in clusters below ten. */
const SUSPICION = 4

/** Prometheus and Alertmanager of one monitor, as the others of its cluster know them. */
export interface Member extends Component {
  /** Who was started earlier has the lower number. */
  born: number
  cluster: Cluster | null
  /** It hears `other`, and did not before. */
  meet(other: Member): void
}

interface Link {
  readonly ends: readonly [Member, Member]
  /** One, or two where they name one another: a cut of either is one between them. */
  readonly wires: Wire[]
}

/** A member that another cannot hear: since when, and the moment from which it is known to be dead. */
interface Silence {
  readonly since: number
  readonly known: number
}

/**
 * Alertmanagers that gossip (its documentation, High Availability; `Peer.Position` of its cluster package). Each waits
 * before it notifies, `--cluster.peer-timeout` for every living member whose name sorts before its own. Names are
 * ULIDs, which begin with the time of the start: who was started first is first, and who comes back is last. At the
 * beginning of a run they stand in the order of their names (an assumption).
 *
 * A member that is silent counts until memberlist takes it for dead: from the next probe on a `probe-interval`, and
 * four for which it is suspected, 5 s to 6 s by default. Members that are cut from one another take each other for
 * dead, and people are told twice: it fails open. Gossip finds its way through others, and what is lost of it is sent
 * again; who comes back is a member at once (assumptions: it is within `reconnect-interval`, 10 s, and gossip takes
 * 0.2 s and the latency of the wires).
 */
export class Cluster {
  readonly members: Member[] = []
  private readonly links: Link[] = []
  private readonly silences = new Map<Member, Map<Member, Silence>>()
  private readonly phase: number
  private births = 0

  constructor(
    private readonly context: Context,
    name: string,
  ) {
    this.phase = context.stream(name, 'probe').next() * PROBE
  }

  /** `one` has `other` among its peers, and with it all that `other` has. */
  join(one: Member, other: Member, wire: Wire): void {
    const links = other.cluster === null || other.cluster === this ? [] : other.cluster.links
    for (const member of [one, other, ...links.flatMap(({ ends }) => ends)]) this.admit(member)
    this.links.push(...links)
    const between = this.links.find(({ ends }) => ends.includes(one) && ends.includes(other))
    if (between === undefined) this.links.push({ ends: [one, other], wires: [wire] })
    else between.wires.push(wire)
    for (const dial of [wire.open, wire.back]) dial.watch(this.listen)
    this.members.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const member of this.members) this.bear(member)
  }

  private admit(member: Member): void {
    if (member.cluster === this) return
    member.cluster = this
    this.members.push(member)
    this.silences.set(member, new Map())
    member.observe(this.listen)
  }

  /** A process of `member` was started. */
  bear(member: Member): void {
    member.born = ++this.births
    this.listen()
  }

  /** Who of the others hears `member` now, and seconds until then. */
  heardBy(member: Member): ReadonlyMap<Member, number> {
    const reached = new Map<Member, number>()
    if (!member.serves) return reached
    reached.set(member, 0)
    for (const [from, seconds] of reached) {
      for (const { ends, wires } of this.links) {
        const to = ends[0] === from ? ends[1] : ends[1] === from ? ends[0] : null
        if (to?.serves && wires.every((wire) => wire.carries(UP)) && !reached.has(to))
          reached.set(to, seconds + Math.max(...wires.map(({ latency }) => latency.value)))
      }
    }
    reached.delete(member)
    return reached
  }

  /** Living members before `member`, as far as it knows. */
  position(member: Member): number {
    const { now } = this.context.kernel
    const silences = this.silences.get(member)!
    return this.members.filter((other) => {
      const silence = silences.get(other)
      return other.born < member.born && (silence === undefined || now < silence.known)
    }).length
  }

  /** Somebody came or went, or a wire was cut or mended. */
  readonly listen = (): void => {
    const { now } = this.context.kernel
    for (const member of this.members) {
      const reached = this.heardBy(member)
      const silences = this.silences.get(member)!
      for (const other of this.members) {
        if (other === member) continue
        if (reached.has(other)) {
          if (silences.delete(other)) member.meet(other)
        } else if (!silences.has(other)) silences.set(other, { since: now, known: this.knownDead(now) })
      }
    }
  }

  private knownDead(since: number): number {
    const probe = Math.ceil((since - this.phase) / PROBE) * PROBE + this.phase
    return probe + PROBE * (1 + SUSPICION)
  }
}
