import type { Event } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Station } from '../../parts/station.js'
import { Level } from '../../stats/level.js'

/** How many workers there are, and by what rule a master starts and ends them. */
export type Spawning =
  | {
      readonly by: 'spare'
      readonly start: number
      /** Fewer idle ones: it starts more. */
      readonly least: number
      /** More idle ones: it ends one. */
      readonly most: number
      /** Whether it starts no more than are missing to `least`. */
      readonly frugal: boolean
    }
  | {
      readonly by: 'demand'
      /** Seconds that an idle one stays. */
      readonly idle: number
    }

/** Where the workers of a master work. */
interface Place {
  readonly kernel: Kernel
  readonly station: Station
  /** Seconds, below 1, from its start to when it looks for the first time: what else happens knows nothing of it. */
  phase(): number
  /** Whether the master runs. */
  serves(): boolean
}

/** Seconds from one look of the master to the next: both programs (FPM_IDLE_SERVER_MAINTENANCE_HEARTBEAT of PHP-FPM). */
const LOOK = 1

/** The most that it starts at one look: FPM_MAX_SPAWN_RATE, MAX_SPAWN_RATE of Apache's prefork. */
const MOST = 32

/** The workers of a pool, started and ended by a master that looks at them once a second. */
export abstract class Children {
  readonly there = new Level()
  private look: Event | null = null

  constructor(
    protected readonly place: Place,
    private readonly start: number,
  ) {
    this.begin()
  }

  protected abstract tend(idle: number): void

  /** Requests came to wait, got a worker or gave it back. */
  changed(): void {}

  /** The master starts. */
  begin(): void {
    const { kernel } = this.place
    if (this.look !== null) return
    this.resize(this.start)
    this.look = kernel.after(this.place.phase() * LOOK, this.tick, null)
  }

  /** The master died, and all workers with it. */
  end(): void {
    this.look?.cancel()
    this.look = null
    this.resize(0)
  }

  protected resize(children: number): void {
    const { kernel, station } = this.place
    this.there.set(kernel.now, children)
    station.resize(children)
  }

  private readonly tick = (): void => {
    const { kernel, station } = this.place
    this.look = kernel.after(LOOK, this.tick, null)
    if (this.place.serves()) this.tend(station.open - station.taken)
  }
}

/**
 * `pm = dynamic` and Apache's prefork: where fewer than `least` are idle, the master starts 1, 2, 4, .. 32 more, one look
 * after the other. PHP-FPM starts no more than are missing to `least`, so that with min_spare_servers 1 it is one a
 * second; Apache has no such bound. Where more than `most` are idle, one is ended.
 *
 * Sources: fpm_pctl_perform_idle_server_maintenance (php-src, sapi/fpm/fpm/fpm_process_ctl.c),
 * perform_idle_server_maintenance (httpd, server/mpm/prefork/prefork.c); measured on PHP-FPM 8.2.36 and Apache 2.4.
 * Assumption: a process that was started takes requests at once (measured: 10 ms or less).
 */
class Spare extends Children {
  private rate = 1

  constructor(
    place: Place,
    private readonly rule: Spawning & { by: 'spare' },
  ) {
    super(place, rule.start)
  }

  override end(): void {
    super.end()
    this.rate = 1
  }

  protected tend(idle: number): void {
    const { open, servers } = this.place.station
    const { least, most, frugal } = this.rule
    if (idle > most) {
      this.rate = 1
      this.resize(open - 1)
    } else if (idle < least && open < servers) {
      const more = Math.min(this.rate, servers - open, frugal ? least - idle : servers)
      this.rate = Math.min(2 * this.rate, MOST)
      this.resize(open + more)
    } else this.rate = 1
  }
}

/** Seconds from when PHP-FPM finds a connection until the worker that it starts for it takes it (measured: about 5 ms). */
const FORK = 0.005

/**
 * `pm = ondemand`: a connection that finds no idle worker is an event for the master, which starts one. What comes at
 * the same moment is the same event, and what comes while it forks is one event together; nothing is started later for
 * those who wait. Idle ones are ended after `idle` seconds, one a second.
 *
 * Sources: fpm_pctl_on_socket_accept (php-src, sapi/fpm/fpm/fpm_process_ctl.c); measured on PHP-FPM 8.2.36: of 30
 * connections at once 1, 1 and 4 workers came. Assumption: of the idle ones the one takes a connection that has been
 * idle for longest, as Linux wakes them.
 */
class OnDemand extends Children {
  private forking: Event | null = null
  /** When the event was that it forks for, and whether there has been another. */
  private since = 0
  private again = false
  /** From when on those are idle that are, the first first. */
  private readonly idle: number[] = []
  private waiting = 0

  constructor(
    place: Place,
    private readonly stays: number,
  ) {
    super(place, 0)
  }

  override end(): void {
    this.forking?.cancel()
    this.forking = null
    this.again = false
    this.waiting = 0
    this.idle.length = 0
    super.end()
  }

  override changed(): void {
    const { kernel, station } = this.place
    if (station.waiting > this.waiting) this.connection()
    this.waiting = station.waiting
    const idle = station.open - station.taken
    while (this.idle.length > idle) this.idle.shift()
    while (this.idle.length < idle) this.idle.push(kernel.now)
  }

  private connection(): void {
    const { now } = this.place.kernel
    if (this.forking === null) this.fork()
    else if (now > this.since) this.again = true
  }

  private fork(): void {
    const { kernel, station } = this.place
    if (station.open >= station.servers || station.taken < station.open) return
    this.since = kernel.now
    this.forking = kernel.after(FORK, this.forked, null)
  }

  private readonly forked = (): void => {
    const { kernel, station } = this.place
    this.forking = null
    if (!this.place.serves()) {
      // The master is stopped too.
      this.forking = kernel.after(LOOK, this.forked, null)
      return
    }
    this.resize(station.open + 1)
    this.changed()
    if (!this.again) return
    this.again = false
    this.fork()
  }

  protected tend(): void {
    const [first] = this.idle
    if (first === undefined || this.place.kernel.now - first <= this.stays) return
    this.resize(this.place.station.open - 1)
    this.changed()
  }
}

export const childrenOf = (place: Place, rule: Spawning): Children =>
  rule.by === 'spare' ? new Spare(place, rule) : new OnDemand(place, rule.idle)

/** How often a master looks, a second. */
export const looksOf = (rule: Spawning | null): number => (rule === null ? 0 : 1 / LOOK)
