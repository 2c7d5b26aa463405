import type { Kernel } from '../kernel/kernel.js'
import type { Component } from './component.js'
import { Dial } from './dial.js'
import type { Disk } from './disk.js'
import type { DiskSpace } from './disk-space.js'
import type { Memory } from './memory.js'
import type { Port } from './port.js'
import { EPHEMERAL, Ports, TIME_WAIT } from './ports.js'
import { Processor } from './processor.js'

/** What its kernel does. */
export interface Network {
  /** Ports from which it connects to each address, and the seconds for which one stays in TIME_WAIT. */
  readonly ports: number
  readonly lingers: number
  /** SYNs that are sent again after a second each, before the waits double. */
  readonly synLinear: number
  /** Of its listeners: whether what finds their SYN queues full is answered all the same, with a cookie. */
  readonly synCookies: boolean
  /** Their places by tcp_max_syn_backlog, of which the last quarter is for those who are known. */
  readonly synBacklog: number
  /** How often a SYN-ACK is sent again. */
  readonly synAckRetries: number
}

const linux: Network = {
  ports: EPHEMERAL,
  lingers: TIME_WAIT,
  synLinear: 0,
  synCookies: true,
  synBacklog: 1024,
  synAckRetries: 5,
}

/** A program on a machine that is no component. */
export interface Daemon {
  /** 1, or 0 while it is not there. */
  readonly up: Dial
  /** 1, or 0 while it hangs. */
  readonly running: Dial
}

/** A machine: cores that its components share, one power switch for all of them, and a network interface. */
export class Host {
  /** 1, or 0 while the machine is dead: silence, from every port of it. */
  readonly power = new Dial(1)
  /** 1, or 0 while all that runs on it hangs, what is no component too. */
  readonly running = new Dial(1)
  /** 1, or 0 while its network interface is down, which it sees. */
  readonly link = new Dial(1)
  /** Bytes on its disk that are there since a fault put them there. */
  readonly filled = new Dial(0, 'sum')
  readonly processor: Processor
  readonly components: Component[] = []
  /** Null: nobody waits there for the disk time of others. */
  disk: Disk | null = null
  /** Null: there is always room on its disk. */
  space: DiskSpace | null = null
  /** Null: there is enough for all. */
  memory: Memory | null = null
  /** Money a month; NaN where nothing is said. */
  cost = Number.NaN
  private readonly ports = new Map<string, Ports>()
  private readonly daemons = new Map<string, Daemon>()

  /**
   * @param cores `Infinity` for a component without a host: its own limits are then the only ones
   * @param zone what fails together: a rack, a room, an availability zone
   */
  constructor(
    kernel: Kernel,
    readonly name: string,
    readonly cores: number,
    readonly zone: string | null = null,
    readonly network: Network = linux,
  ) {
    this.processor = new Processor(kernel, cores)
  }

  daemon(name: string): Daemon {
    const daemon = this.daemons.get(name) ?? { up: new Dial(1), running: new Dial(1) }
    this.daemons.set(name, daemon)
    return daemon
  }

  /** From where it connects to `to`; null: that is on this machine, where ports do not run out (tcp_tw_reuse = 2). */
  portsTo(to: Pick<Port, 'name' | 'host'>): Ports | null {
    if (to.host === this) return null
    const known = this.ports.get(to.name)
    if (known !== undefined) return known
    const ports = new Ports(to.name, this.network.ports, this.network.lingers)
    this.ports.set(to.name, ports)
    return ports
  }
}
