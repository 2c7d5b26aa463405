import type { Host } from '../../parts/host.js'
import type { Site } from '../../parts/kind.js'
import { LogScanner } from '../../parts/log-scanner.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'
import type { AccessLog, Second } from './access-log.js'

/** A log that it reads, and the way to who is to get it. */
interface Source {
  readonly log: AccessLog
  readonly wire: Wire
}

/** Who gets what was read. */
interface Sink {
  readonly serves: boolean
  take(log: AccessLog, lines: readonly Second[], latency: number): void
}

/**
 * The collector on the host of targets: reads what is new in their logs, which takes CPU time by the line, and ships it.
 * What cannot be shipped, since the way is cut or nobody takes it, it reads again: its pointer has not moved. It stops
 * with its host, and goes on behind the last line that was taken.
 */
export class Shipper extends LogScanner {
  readonly sources: Source[] = []
  /** What it works on; null while it waits. */
  private held: [Source, Second[]][] | null = null

  /** @param cost seconds of CPU for a line */
  constructor(
    site: Site,
    host: Host,
    private readonly sink: Sink,
    private readonly cost: number,
  ) {
    super(site, host)
  }

  protected scan(): void {
    for (const { log } of this.sources) log.rotate()
    if (!this.serves || this.held !== null) return
    const ready = this.sources.filter((source) => source.log.waiting > 0 && this.reaches(source))
    if (ready.length === 0) return
    const lines = ready.reduce((sum, { log }) => sum + log.waiting, 0)
    this.held = ready.map((source) => [source, source.log.read()])
    this.run(this.work, lines * this.cost, this.ship)
  }

  private readonly ship = (): void => {
    const held = this.held!
    this.held = null
    for (const [source, lines] of held) {
      if (this.reaches(source)) this.sink.take(source.log, lines, source.wire.latency.value)
      else source.log.putBack(lines)
    }
  }

  /** Whether somebody takes what is read: it is a connection, so both ways have to be open. */
  private reaches({ wire }: Source): boolean {
    return this.sink.serves && wire.carries(UP)
  }

  override crashed(): void {
    for (const [{ log }, lines] of this.held ?? []) log.putBack(lines)
    this.held = null
  }
}
