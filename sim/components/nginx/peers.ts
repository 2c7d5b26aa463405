import type { Wire } from '../wire.js'

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
}

/** What one nginx worker (or all of them, with a zone) knows about a peer. */
class State {
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
 * The servers of an upstream as one worker sees them: smooth weighted round robin and passive failure marking.
 *
 * Source: nginx commit "Upstream: smooth weighted round-robin balancing" and ngx_http_upstream_round_robin;
 * sequences measured on nginx 1.22.1. Clock steps of one second, as nginx's.
 */
export class Peers {
  private readonly states: State[]
  private readonly single: boolean

  constructor(
    peers: readonly Peer[],
    private readonly leastConn: boolean,
  ) {
    this.states = peers.map((peer) => new State(peer))
    this.single = peers.filter((p) => !p.backup).length === 1 && peers.every((p) => !p.backup)
  }

  /**
   * The place of the next peer in the list, or -1 if no live one is left.
   * @param tried bit `i` set: peer `i` has been tried for this request
   */
  pick(now: number, tried: number): number {
    const first = this.choose(Math.floor(now), tried, false)
    return first >= 0 ? first : this.choose(Math.floor(now), tried, true)
  }

  taken(place: number): void {
    this.states[place]!.conns++
  }

  /** The connection to the peer is over. */
  done(place: number, failed: boolean, now: number): void {
    const state = this.states[place]!
    state.conns--
    if (this.single) return
    if (!failed) {
      // The probe after fail_timeout succeeded.
      if (state.accessed < state.checked) state.fails = 0
      return
    }
    const { weight, maxFails } = state.peer
    state.fails++
    state.accessed = Math.floor(now)
    state.checked = state.accessed
    if (maxFails > 0) state.effective = Math.max(0, state.effective - Math.floor(weight / maxFails))
  }

  private choose(second: number, tried: number, backup: boolean): number {
    let best = -1
    let total = 0
    for (let i = 0; i < this.states.length; i++) {
      const state = this.states[i]!
      const { peer } = state
      if (peer.backup !== backup || peer.down || (tried & (1 << i)) !== 0) continue
      // Stands for a reload without that server, before it is stopped.
      if (peer.wire.to.rotation.value === 0) continue
      const marked =
        peer.maxFails > 0 && state.fails >= peer.maxFails && second - state.checked <= peer.failTimeout
      if (!this.single && marked) continue
      if (state.conns >= peer.maxConns) continue
      state.current += state.effective
      total += state.effective
      if (state.effective < peer.weight) state.effective++
      if (best < 0 || this.better(state, this.states[best]!)) best = i
    }
    if (best < 0) return -1
    const chosen = this.states[best]!
    chosen.current -= total
    if (second - chosen.checked > chosen.peer.failTimeout) chosen.checked = second
    return best
  }

  private better(a: State, b: State): boolean {
    if (this.leastConn) {
      const load = a.conns * b.peer.weight - b.conns * a.peer.weight
      if (load !== 0) return load < 0
    }
    return a.current > b.current
  }
}
