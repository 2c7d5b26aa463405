import * as z from 'zod'
import { perClass, ref } from '../../../sim/options/types.js'
import { Component } from '../../../sim/parts/component.js'
import type { Demand } from '../../../sim/parts/demand.js'
import { kind, type Site } from '../../../sim/parts/kind.js'
import type { Request } from '../../../sim/parts/request.js'
import type { Wire } from '../../../sim/parts/wire.js'

const delayOptions = z.strictObject({
  to: ref().describe('what stands behind it'),
  service: perClass().prefault('1ms').describe('how long it holds a request'),
})

class Delay extends Component {
  private readonly service: Demand
  private readonly next: Wire

  constructor(site: Site, options: z.output<typeof delayOptions>) {
    super(site)
    this.service = site.demand(options.service, 'service')
    this.next = site.wire(options.to.name)
  }

  accept(request: Request): void {
    this.wait(request, this.service.of(request), this.pass)
  }

  private readonly pass = (request: Request): void => this.call(request, this.next)
}

export const delay = kind({
  kind: 'delay',
  says: 'holds every request for a while',
  example: `
    delay: { kind: delay, to: server }
    server: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: delayOptions,
  build: (site, options) => new Delay(site, options),
})
