import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import type { Proposals } from './proposals.js'

/** A server of an upstream, as its group is configured. */
export interface Peer {
  readonly wire: Wire
  readonly weight: number
  readonly maxFails: number
  /** Seconds. */
  readonly failTimeout: number
  /** `Infinity` for no limit. */
  readonly maxConns: number
  readonly backup: boolean
  readonly down: boolean
  /** Whether its name stands for it, as far as nginx knows. */
  listed: boolean
}

/** Servers that have a bit in one word: which of them were tried for a request costs no memory. */
export const WORD = 31

/** Proposals that may be passed over for one try; after one more it is by turn (ngx_http_upstream_ip_hash, hash, random). */
const MOST_PASSED = 20

/** Of those at places beyond a word, which have been tried for a request. */
type Beyond = ReadonlySet<number> | undefined

/** What one nginx worker (or all of them, with a zone) knows about a peer. */
class State {
  /** Grows back to the weight, one at a time, after failures have cut it. */
  effective: number
  current = 0
  fails = 0
  /** Whole seconds: nginx's cached clock. */
  accessed = -1
  checked = -1
  conns = 0

  constructor(readonly peer: Peer) {
    this.effective = peer.weight
  }
}

/**
 * The servers of an upstream as one worker sees them: smooth weighted round robin, least_conn, proposals of who hashes or
 * draws, and passive failure marking. A try begins with the first proposal again, and passes over those that were tried:
 * nginx goes on where the last try ended, which differs only if a server that was full has a place by then.
 *
 * Sources: nginx commit "Upstream: smooth weighted round-robin balancing", the upstream round robin and
 * least_conn modules; sequences and timings measured on nginx 1.22.1. Its clock has steps of one second, whose
 * phase to whatever happens is chance.
 */
export class Peers {
  readonly states: readonly State[]
  /** The only server of a group is never marked unavailable. */
  private single: boolean

  /**
   * @param phase of its clock when the run begins: seconds since the last whole one
   * @param from the place of the first of them among the servers of all upstreams
   * @param proposals who goes before the turns; null for nobody
   */
  constructor(
    peers: readonly Peer[],
    private readonly leastConn: boolean,
    private readonly phase = 0,
    readonly from = 0,
    private readonly proposals: Proposals | null = null,
  ) {
    this.states = peers.map((peer) => new State(peer))
    this.single = peers.length === 1
  }

  /**
   * The place of the next peer, or -1 if no live one is left.
   * @param tried bit `i` set: peer `i` of the upstream has been tried for this request
   * @param beyond more that have been tried
   * @param request for whom; without one nobody proposes
   * @param tries servers that it has been sent to
   */
  pick(now: number, tried: number, beyond?: Beyond, request?: Request, tries = 0): number {
    const second = this.second(now)
    const { proposals } = this
    let own = -1
    if (proposals !== null && request !== undefined && !this.single) {
      proposals.begin(request, tries)
      own = this.propose(proposals, second, tried, beyond)
    }
    if (own < 0) own = this.choose(second, tried, beyond, false)
    if (own < 0) own = this.choose(second, tried, beyond, true)
    if (own < 0) return -1
    const chosen = this.states[own]!
    if (second - chosen.checked > chosen.peer.failTimeout) chosen.checked = second
    return this.from + own
  }

  /** The first proposal that may be used, or the better of the first two; -1 if too many may not. */
  private propose(proposals: Proposals, second: number, tried: number, beyond: Beyond): number {
    let first = -1
    for (let passed = 0; passed <= MOST_PASSED; ) {
      const place = proposals.next()
      if (place === first || !this.usable(place, second, tried, beyond, false)) passed++
      else if (!proposals.two) return place
      else if (first < 0) first = place
      else return moreLoaded(this.states[place]!, this.states[first]!) ? first : place
    }
    return -1
  }

  private second(now: number): number {
    return Math.floor(now + this.phase)
  }

  /** A new process knows of no failures; its connections, and those of the one before, count together. */
  forget(): void {
    for (const state of this.states) {
      state.effective = state.peer.weight
      state.current = 0
      state.fails = 0
      state.accessed = -1
      state.checked = -1
    }
  }

  /** Names may stand for other servers than before. */
  relist(): void {
    this.single = this.states.filter(({ peer }) => peer.listed).length === 1
  }

  taken(place: number): void {
    this.states[place - this.from]!.conns++
  }

  /** The connection to the peer is over. */
  done(place: number, failed: boolean, now: number): void {
    const state = this.states[place - this.from]!
    state.conns--
    if (this.single) return
    if (!failed) {
      // The one try that is allowed after fail_timeout went well.
      if (state.accessed < state.checked) state.fails = 0
      return
    }
    const { weight, maxFails } = state.peer
    state.fails++
    state.accessed = this.second(now)
    state.checked = state.accessed
    if (maxFails > 0) state.effective = Math.max(0, state.effective - Math.floor(weight / maxFails))
  }

  /** A connection to the peer is made; in `stream { }` that is all that is known of it. */
  connected(place: number): void {
    const state = this.states[place - this.from]!
    if (state.accessed < state.checked) state.fails = 0
  }

  private choose(second: number, tried: number, beyond: Beyond, backup: boolean): number {
    const least = this.leastConn ? this.leastLoaded(second, tried, beyond, backup) : null
    let best = -1
    let total = 0
    for (let i = 0; i < this.states.length; i++) {
      const state = this.states[i]!
      if (!this.usable(i, second, tried, beyond, backup)) continue
      // Only those with the least connections take part in the round robin that decides between them.
      if (least !== null && moreLoaded(state, least)) continue
      state.current += state.effective
      total += state.effective
      if (state.effective < state.peer.weight) state.effective++
      if (best < 0 || state.current > this.states[best]!.current) best = i
    }
    if (best < 0) return -1
    this.states[best]!.current -= total
    return best
  }

  private leastLoaded(second: number, tried: number, beyond: Beyond, backup: boolean): State | null {
    let least: State | null = null
    for (let i = 0; i < this.states.length; i++) {
      const state = this.states[i]!
      if (this.usable(i, second, tried, beyond, backup) && (least === null || moreLoaded(least, state)))
        least = state
    }
    return least
  }

  private usable(place: number, second: number, tried: number, beyond: Beyond, backup: boolean): boolean {
    const { peer, fails, checked, conns } = this.states[place]!
    if (peer.backup !== backup || peer.down || !peer.listed || conns >= peer.maxConns) return false
    if (place < WORD ? (tried & (1 << place)) !== 0 : beyond?.has(place)) return false
    // Stands for a reload with a configuration without that server, before it is stopped.
    if (!peer.wire.to.inRotation) return false
    return this.single || peer.maxFails === 0 || fails < peer.maxFails || second - checked > peer.failTimeout
  }
}

/** Whether `a` has more connections for its weight than `b`. */
function moreLoaded(a: State, b: State): boolean {
  return a.conns * b.peer.weight > b.conns * a.peer.weight
}
