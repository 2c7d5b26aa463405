import type { Observer } from '../../sim/parts/context.js'
import { Outcome } from '../../sim/parts/outcome.js'
import type { Request } from '../../sim/parts/request.js'
import { DOT, WAY } from '../messages.js'

/** Hops of one frame: of more nobody could see each. */
const MOST = 4096

/** Writes down the hops of one visitor in so many: down an arrow, up it, or to where nobody takes the connection. */
export class Dots implements Observer {
  /** One in so many who ask from now on; 0 for none. */
  every = 0
  private readonly hops = new Float32Array(MOST * DOT.size)
  private count = 0
  private since: number
  private asks = 0

  /**
   * @param clock seconds of the kernel's clock
   * @param arrows their places among those of the drawing, by `from -> to`
   */
  constructor(
    private readonly clock: { readonly now: number },
    private readonly arrows: ReadonlyMap<string, number>,
  ) {
    this.since = clock.now
  }

  asked(): boolean {
    return this.every > 0 && this.asks++ % this.every === 0
  }

  entered(request: Request): void {
    this.note(request, WAY.down, Outcome.ok)
  }

  left(request: Request): void {
    this.note(request, WAY.up, request.outcome)
  }

  connecting(request: Request): void {
    this.note(request, WAY.failed, Outcome.connectTimeout)
  }

  failed(request: Request, outcome: Outcome): void {
    // That nobody took it has been seen: now the caller gives up, and nothing moves.
    if (outcome !== Outcome.connectTimeout) this.note(request, WAY.failed, outcome)
  }

  /** What there was since it was last asked for. */
  take(): Float32Array {
    const taken = this.hops.slice(0, this.count * DOT.size)
    this.count = 0
    this.since = this.clock.now
    return taken
  }

  private note({ wire }: Request, way: number, outcome: Outcome): void {
    if (this.count === MOST || wire === null) return
    const arrow = this.arrows.get(`${wire.from} -> ${wire.towards}`)
    // Not all that is connected is drawn.
    if (arrow === undefined) return
    const at = this.count++ * DOT.size
    this.hops[at + DOT.at] = this.clock.now - this.since
    this.hops[at + DOT.arrow] = arrow
    this.hops[at + DOT.way] = way
    this.hops[at + DOT.outcome] = outcome
  }
}
