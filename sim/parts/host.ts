import type { Kernel } from '../kernel/kernel.js'
import type { Component } from './component.js'
import { Dial } from './dial.js'
import { Processor } from './processor.js'

/** A machine: cores that its components share, one power switch for all of them, and a network interface. */
export class Host {
  /** 1, or 0 while the machine is dead: silence, from every port of it. */
  readonly power = new Dial(1)
  /** 1, or 0 while all that runs on it hangs, what is no component too. */
  readonly running = new Dial(1)
  /** 1, or 0 while its network interface is down, which it sees. */
  readonly link = new Dial(1)
  readonly processor: Processor
  readonly components: Component[] = []

  /**
   * @param cores `Infinity` for a component without a host: its own limits are then the only ones
   * @param zone what fails together: a rack, a room, an availability zone
   */
  constructor(
    kernel: Kernel,
    readonly name: string,
    readonly cores: number,
    readonly zone: string | null = null,
  ) {
    this.processor = new Processor(kernel, cores)
  }
}
