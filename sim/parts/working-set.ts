import { Level } from '../stats/level.js'
import type { Component } from './component.js'
import type { Tenant } from './memory.js'
import { State } from './port.js'

/** Bytes in a MB. */
const MB = 1e6

/** The memory of a component: what its process has from its start on, and what it has for each request or connection. */
export class WorkingSet implements Tenant {
  /** Times that the OOM killer killed it, in the measured span. */
  kills = 0
  private readonly level = new Level()

  /**
   * @param base bytes
   * @param each bytes for each of `component.memoryUnits`
   */
  constructor(
    private readonly component: Component,
    private readonly base: number,
    private readonly each: number,
    readonly adjust: number,
  ) {}

  get resident(): number {
    const { component, base, each } = this
    const bytes = component.state === State.gone ? 0 : base + each * component.memoryUnits
    this.level.set(component.host.memory!.now, bytes)
    return bytes
  }

  get largest(): number {
    return this.component.forks ? Math.max(this.base, this.each) : this.resident
  }

  kill(): void {
    this.kills++
    this.component.kill()
  }

  /** Mean over the measured span. */
  mb(now: number): number {
    return this.level.mean(now) / MB
  }

  restart(now: number): void {
    this.kills = 0
    this.level.restart(now)
  }
}
