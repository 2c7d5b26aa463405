import type { Event } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'

/** A machine that runs keepalived. */
interface Member {
  /** Not cut off from the network. */
  readonly reachable: boolean
}

/** keepalived's clock counts microseconds: an advert that comes when the delay is over comes after it. */
const TICK = 1e-6

/** The network around the members, and who is told of what happens. */
export interface Around {
  /** Seconds until an advert of `from` is at `to`; infinite for one that is lost. */
  delay(from: number, to: number): number
  /** Seconds until those who send packets to the address ask anew who has it, if they were told at `since`. */
  renewal(since: number): number
  /** A living member does not hold the address any longer. */
  moved(from: number): void
  /** A member has taken the address. @param lostAt since when nobody had answered for it */
  taken(by: number, lostAt: number): void
  /** The address was asked for, and is found at a member that has had it all the time. */
  found(at: number, lostAt: number): void
  /** A member has become master, and others that do not hear it are too. */
  split(by: number, others: readonly number[]): void
}

interface VrrpOptions {
  /** Seconds. */
  readonly advertInt: number
  readonly preempt: boolean
  /** For how long a backup leaves the address to a lower priority, seconds; 0 without `preempt`. */
  readonly preemptDelay: number
  readonly version: 2 | 3
  /** Seconds from one gratuitous ARP of a master to the next; 0: only when it takes the address. */
  readonly refresh: number
  /** A master that hears a higher priority says that it is there before it steps down. */
  readonly higherSends: boolean
}

/** An advert on its way. */
interface Advert {
  readonly router: Router
  readonly from: Router
  readonly priority: number
}

/** One member's part in one virtual router. */
class Router {
  state: 'stopped' | 'backup' | 'master' | 'fault' = 'stopped'
  /** A backup's wait for adverts; a master's next advert. */
  timer: Event | null = null
  /** A backup's: when it has borne adverts below its own priority for `preemptDelay`; NaN until one comes. */
  preemptAt = Number.NaN
  /** A master's: when it announces the address again. */
  refreshAt = Number.POSITIVE_INFINITY
  /** Its process is stopped: it says and hears nothing, and knows nothing of it. */
  frozen = false
  /** It was killed as master: its machine still has the address. */
  left = false
  /** Adverts of a lower priority have come meanwhile. */
  missed = false

  constructor(
    readonly member: number,
    public priority: number,
  ) {}
}

/**
 * One virtual address and the members that stand in for one another, by VRRP as keepalived 2.2 speaks it.
 *
 * The master sends an advert every `advert_int`. A backup that hears none for Master_Down = 3 advert_int + skew
 * takes the address; the skew is shorter for a higher priority. An advert of priority 0 (a master that stops, or
 * whose script fails) shortens the wait to the skew. A backup with `preempt` is deaf to adverts below its own
 * priority, and so takes over one Master_Down after it started. A master that hears a higher priority steps down.
 * With `preempt_delay` the deafness begins that long after the first advert below its own priority, whether it has
 * come back or the master's priority has fallen; silence and priority 0 are acted upon as ever. (The real one takes
 * it with `state BACKUP` only, as who starts here does.)
 *
 * Members that do not hear one another are all master, and packets go to the last that announced the address
 * (gratuitous ARP): when it took it, or when it heard a lower priority, which it also answers with an advert. A master
 * that hears a higher one steps down without a word. If that one had not heard it, packets go on to who stepped down,
 * and are lost until whoever sends them asks anew.
 * Sources: RFC 3768 and 5798, keepalived manual, `vrrp_state_backup` and `vrrp_state_master_rx` of its source; takeover
 * times and what follows a split measured on keepalived 2.2.7, those with `preempt_delay` not.
 */
export class Vrrp {
  /** The member whose machine answers for the address; -1 for none. */
  holder = -1
  /** How often a member has taken the address. */
  takeovers = 0
  /** How often nobody had answered for it before, and for how long, added up, seconds. */
  gaps = 0
  gapSum = 0
  /** When its holder was lost, if he was. */
  private lostAt = Number.NaN
  /** When it was last announced. */
  private announced: number
  /** Who has stepped down, and still gets what is sent to the address; -1 for none. */
  deaf = -1
  private renewing: Event | null = null
  private readonly routers: readonly Router[]

  /**
   * @param priorities of the members, 1 to 254
   * @param phase when the first advert is due, as a share of advert_int
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly members: readonly Member[],
    priorities: readonly number[],
    private readonly options: VrrpOptions,
    phase: number,
    private readonly around: Around,
  ) {
    this.announced = kernel.now
    this.routers = priorities.map((priority, member) => new Router(member, priority))
    // It has been running for long: the highest priority is master.
    const master = this.routers.reduce((a, b) => (b.priority > a.priority ? b : a))
    for (const router of this.routers) {
      if (router === master) continue
      router.state = 'backup'
      // The last advert came before the run.
      const wait = 3 * options.advertInt + this.skew(router) - (1 - phase) * options.advertInt
      this.schedule(router, wait, this.takeOver)
    }
    master.state = 'master'
    master.refreshAt = this.nextRefresh
    this.holder = master.member
    this.schedule(master, phase * options.advertInt, this.advertise)
  }

  /** keepalived begins: as a backup, whatever the priority. */
  start(member: number): void {
    this.becomeBackup(this.routers[member]!)
  }

  /** keepalived is stopped and says so: with an advert of priority 0, if it is master. */
  stop(member: number): void {
    this.resign(this.routers[member]!, 'stopped')
  }

  /** Its script says that it is not fit, or its interface is down: it takes no part until `start`. */
  fail(member: number): void {
    this.resign(this.routers[member]!, 'fault')
  }

  /** The machine is dead: no last words. */
  vanish(member: number): void {
    const router = this.routers[member]!
    router.state = 'stopped'
    router.frozen = false
    router.left = false
    router.timer?.cancel()
    router.timer = null
    if (this.holder === member) {
      this.holder = -1
      this.lost()
      this.askLater()
    }
  }

  /** Its process is killed: no last words, and a machine that has the address keeps it. */
  kill(member: number): void {
    const router = this.routers[member]!
    if (router.state === 'master') router.left = true
    router.state = 'stopped'
    router.frozen = false
    router.timer?.cancel()
    router.timer = null
  }

  /** A process begins, and takes from its machine what one that was killed has left there. */
  clear(member: number): void {
    const router = this.routers[member]!
    if (!router.left) return
    router.left = false
    if (this.holder !== member) return
    this.holder = -1
    this.lost()
    this.around.moved(member)
  }

  /**
   * Its process hangs: the address stays on its machine, until another says that it has it.
   * @param wholly all of its machine hangs
   */
  freeze(member: number, wholly = true): void {
    const router = this.routers[member]!
    router.frozen = true
    router.timer?.cancel()
    router.timer = null
    if (this.holder !== member) return
    if (wholly) this.lost()
    else this.reach(member)
  }

  /** It runs again: a master answers what has come and goes on with the advert that is overdue, a backup reads what has come in and waits. */
  thaw(member: number): void {
    const router = this.routers[member]!
    if (!router.frozen) return
    router.frozen = false
    this.reach(member)
    if (router.missed) router.refreshAt = this.kernel.now
    router.missed = false
    if (router.state === 'master') this.schedule(router, 0, this.advertise)
    else if (router.state === 'backup') this.await(router)
  }

  /** Adverts, and the comparison with those of others, go by the new priority from now on. */
  rank(member: number, priority: number): void {
    this.routers[member]!.priority = priority
  }

  /** The way to a member was cut, or is open again. */
  reach(member: number): void {
    if (this.holder !== member) return
    if (this.members[member]!.reachable) this.lostAt = Number.NaN
    else this.lost()
  }

  private lost(): void {
    if (Number.isNaN(this.lostAt)) this.lostAt = this.kernel.now
  }

  private resign(router: Router, state: 'stopped' | 'fault'): void {
    const master = router.state === 'master'
    router.state = state
    router.timer?.cancel()
    router.timer = null
    if (this.holder === router.member) {
      this.holder = -1
      this.lost()
      this.around.moved(router.member)
      this.askLater()
    }
    if (master) this.broadcast(router, 0)
  }

  /** Skew: (256 - priority) / 256 of a second in version 2, of advert_int in version 3. */
  private skew({ priority }: Router): number {
    const { version, advertInt } = this.options
    return ((256 - priority) / 256) * (version === 2 ? 1 : advertInt)
  }

  private becomeBackup(router: Router): void {
    router.state = 'backup'
    router.preemptAt = Number.NaN
    this.await(router)
  }

  private await(router: Router): void {
    this.schedule(router, 3 * this.options.advertInt + this.skew(router), this.takeOver)
  }

  private schedule(router: Router, seconds: number, handler: (router: Router) => void): void {
    router.timer?.cancel()
    router.timer = this.kernel.after(seconds, handler, router)
  }

  private readonly takeOver = (router: Router): void => {
    router.timer = null
    router.state = 'master'
    router.refreshAt = this.nextRefresh
    if (this.members[router.member]!.reachable) this.claim(router)
    const unheard = this.advertise(router)
    if (unheard.length > 0) this.around.split(router.member, unheard)
  }

  /** Gives the masters that are there and do not get it. */
  private readonly advertise = (router: Router): number[] => {
    router.timer = null
    this.schedule(router, this.options.advertInt, this.advertise)
    const { reachable } = this.members[router.member]!
    if (reachable && (this.nobodyAnswers || this.kernel.now >= router.refreshAt - TICK)) {
      router.refreshAt = this.nextRefresh
      this.claim(router)
    }
    return this.broadcast(router, router.priority)
  }

  private get nextRefresh(): number {
    const { refresh } = this.options
    return refresh === 0 ? Number.POSITIVE_INFINITY : this.kernel.now + refresh
  }

  private broadcast(from: Router, priority: number): number[] {
    const unheard: number[] = []
    if (!this.members[from.member]!.reachable) return unheard
    for (const router of this.routers) {
      if (router === from || !this.members[router.member]!.reachable) continue
      const delay = this.around.delay(from.member, router.member)
      if (delay === 0) this.hear(router, from, priority)
      else if (delay < Number.POSITIVE_INFINITY)
        this.kernel.after(delay, this.arrive, { router, from, priority })
      else if (router.state === 'master' && !router.frozen) unheard.push(router.member)
    }
    return unheard
  }

  private readonly arrive = ({ router, from, priority }: Advert): void => this.hear(router, from, priority)

  private hear(router: Router, from: Router, priority: number): void {
    if (router.frozen) {
      router.missed ||= priority > 0 && priority < router.priority
      return
    }
    if (router.state === 'backup') {
      if (priority === 0) this.schedule(router, this.skew(router), this.takeOver)
      else if (priority >= router.priority || !this.options.preempt) {
        router.preemptAt = Number.NaN
        this.await(router)
      } else if (this.bears(router)) this.await(router)
    } else if (router.state === 'master' && priority > 0) {
      // Of equals the one with the higher address wins: here, the earlier in the list.
      if (priority > router.priority || (priority === router.priority && from.member < router.member)) {
        this.becomeBackup(router)
        if (this.options.higherSends) this.broadcast(router, router.priority)
        this.giveUp(router)
      } else {
        this.claim(router)
        this.broadcast(router, router.priority)
      }
    }
  }

  /** It has not got the address any longer, and has told nobody: who sends packets there finds out by himself. */
  private giveUp({ member }: Router): void {
    if (this.holder !== member) return
    this.holder = -1
    this.lost()
    this.deaf = member
    this.ask()
  }

  /** Nobody has it by VRRP any more: a machine that has been left with it is found when somebody asks. */
  private askLater(): void {
    if (this.routers.some(({ left }) => left)) this.ask()
  }

  private ask(): void {
    this.renewing?.cancel()
    this.renewing = this.kernel.after(this.around.renewal(this.announced), this.renew, null)
  }

  private readonly renew = (): void => {
    this.renewing = null
    const has = this.routers.find(
      ({ state, left, member }) => (state === 'master' || left) && this.members[member]!.reachable,
    )
    if (has === undefined) this.leave()
    else this.claim(has, true)
  }

  /** Packets come to who stepped down no more. */
  private leave(): void {
    const { deaf } = this
    this.renewing?.cancel()
    this.renewing = null
    this.deaf = -1
    if (deaf >= 0) this.around.moved(deaf)
  }

  /** Whether a backup still lets a lower priority have the address. */
  private bears(router: Router): boolean {
    const { preemptDelay } = this.options
    if (preemptDelay === 0) return false
    if (Number.isNaN(router.preemptAt)) {
      router.preemptAt = this.kernel.now + preemptDelay
      return true
    }
    return this.kernel.now < router.preemptAt - TICK
  }

  /** Whoever looks for the address anew (ARP) finds any master that can be reached. */
  private get nobodyAnswers(): boolean {
    return this.deaf < 0 && (this.holder < 0 || !this.members[this.holder]!.reachable)
  }

  /**
   * Gratuitous ARP: whoever sent the last one that was heard has the address.
   * @param found it was none: somebody asked
   */
  private claim(router: Router, found = false): void {
    const before = this.holder
    this.announced = this.kernel.now
    if (before === router.member) return
    this.holder = router.member
    this.takeovers++
    const lost = !Number.isNaN(this.lostAt)
    const since = lost ? this.lostAt : this.kernel.now
    if (lost) this.gaps++
    this.gapSum += this.kernel.now - since
    this.lostAt = Number.NaN
    if (found) this.around.found(router.member, since)
    else this.around.taken(router.member, since)
    if (before >= 0) this.around.moved(before)
    this.leave()
  }
}
