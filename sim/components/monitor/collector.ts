import type { Host } from '../../parts/host.js'
import type { Site } from '../../parts/kind.js'
import { LogScanner, SCAN } from '../../parts/log-scanner.js'

/** The program on a watched host that reads logs and ships them: a share of a core, taken in small portions. */
export class Collector extends LogScanner {
  private busy = false
  /** Seconds of CPU for lines that it has not read yet. */
  private owed = 0

  constructor(
    site: Site,
    host: Host,
    private readonly load: number,
  ) {
    super(site, host)
  }

  protected scan(): void {
    if (!this.serves) return
    this.owed += SCAN * this.load
    if (this.busy) return
    this.busy = true
    const portion = this.owed
    this.owed = 0
    this.run(this.work, portion, this.done)
  }

  private readonly done = (): void => {
    this.busy = false
  }

  override crashed(): void {
    this.busy = false
    this.owed = 0
  }
}
