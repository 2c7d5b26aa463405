import { Component } from '../../parts/component.js'
import type { Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import { State } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'

/** What answers scrapes on the host of a target, and costs CPU there. */
export class Agent extends Component {
  private readonly stream: Stream

  constructor(
    site: Site,
    private readonly target: Component,
    private readonly cost: Distribution,
  ) {
    const { context } = site
    const name = `${site.name}@${target.name}`
    super({ context, name, role: name, host: target.host })
    this.stream = context.stream(name, 'service')
  }

  accept(request: Request): void {
    this.run(request, this.cost.sample(request.draws(this.stream)), this.report)
  }

  /** Tells whether the process beside it answers; it asks in vain while that hangs, and so does the monitor. */
  private readonly report = (request: Request): void => {
    if (this.target.state === State.hanging) this.drop(request)
    else request.reply(this.target.serves ? Outcome.ok : Outcome.unavailable)
  }
}
