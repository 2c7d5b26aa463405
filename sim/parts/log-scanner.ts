import { Component } from './component.js'
import type { Host } from './host.js'
import type { Site } from './kind.js'
import { Outcome } from './outcome.js'
import { Request } from './request.js'

/** Seconds: an installed collector of Sumo Logic looks for new lines so often (its documentation, Local File Source). */
export const SCAN = 2

/** The program on a host that reads logs for the box `site`: it stops with its host, and looks from any time on. */
export abstract class LogScanner extends Component {
  /** Its work, the same piece again and again; it is never inside, since nobody asked for it. */
  protected readonly work = new Request()

  constructor({ context, name: box }: Site, host: Host) {
    const name = `${box}@${host.name}`
    super({ context, name, role: name, host })
    this.work.at = this.process
    context.kernel.after(context.stream(name, 'scan').next() * SCAN, this.look, null)
  }

  /** It looks for new lines, be it dead or alive. */
  protected abstract scan(): void

  /** Nobody calls it. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  private readonly look = (): void => {
    this.context.kernel.after(SCAN, this.look, null)
    this.scan()
  }
}
