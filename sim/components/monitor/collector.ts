import { Component } from '../../parts/component.js'
import type { Host } from '../../parts/host.js'
import type { Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import { Request } from '../../parts/request.js'

/** Seconds: a Sumo Logic installed collector looks for new lines so often (its documentation, Local File Source). */
const SCAN = 2

/** The program on a watched host that reads logs and ships them: a share of a core, taken in small portions. */
export class Collector extends Component {
  /** Its work, the same piece again and again; it is never inside, since nobody asked for it. */
  private readonly work = new Request()
  private busy = false
  /** Seconds of CPU for lines that it has not read yet. */
  private owed = 0

  constructor(
    site: Site,
    host: Host,
    private readonly load: number,
  ) {
    const name = `${site.name}@${host.name}`
    super({ context: site.context, name, role: name, host })
    this.work.at = this.process
    this.context.kernel.after(site.context.stream(name, 'scan').next() * SCAN, this.scan, null)
  }

  /** Nobody calls a collector. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  private readonly scan = (): void => {
    this.context.kernel.after(SCAN, this.scan, null)
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
