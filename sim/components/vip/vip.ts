import * as z from 'zod'
import type { Event } from '../../kernel/event.js'
import { listed } from '../../options/spell.js'
import { count, duration, flag, interval, oneOf, refsWith } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Daemon } from '../../parts/host.js'
import { kind, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { PageProbe } from '../../parts/page-probe.js'
import { State, Syn } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Adverts, pairsOf } from './adverts.js'
import { keepalivedKeywords } from './keepalived-keywords.js'
import { Neighbours } from './neighbours.js'
import { pageMisfits, type TrackScript, trackScript } from './track-script.js'
import { Vrrp } from './vrrp.js'

/** Measured on keepalived 2.2.7: from its start, and from the news that the interface is up again, to VRRP. */
const STARTS = 0.1
const NOTICES = 0.065

/** Sums of seconds are not exact. */
const TICK = 1e-6

/** The longest advert_int: a byte of seconds in version 2, twelve bits of hundredths in 3. */
const LONGEST = { 2: 255, 3: 40.95 } as const

const vipOptions = z
  .strictObject({
    servers: refsWith({
      priority: count(1, 254)
        .optional()
        .describe('the highest holds the address; default 150, 100, 99, ... in order'),
    }).describe('those that can hold the address'),
    mode: oneOf('active-passive', 'active-active')
      .prefault('active-passive')
      .describe('one address; or one for each server, used in turn, that moves when its server dies'),
    advert_int: interval().prefault('1s').describe('from one advert of the master to the next'),
    preempt: flag().prefault('on').describe('a server that returns takes the address back'),
    preempt_delay: duration()
      .prefault('0s')
      .describe(
        'how long a lower priority keeps the address, from the first advert of it that is heard; 1000s at most',
      ),
    vrrp_version: z
      .union([z.literal(2), z.literal(3)], { error: 'expected 2 or 3' })
      .prefault(2)
      .meta({ type: '2 | 3' })
      .describe('in version 3 the skew is a share of advert_int, in 2 of a second'),
    garp_master_refresh: duration()
      .prefault('0s')
      .describe('from one gratuitous ARP of a master to the next; 0s: only when it takes the address'),
    higher_prio_send_advert: flag()
      .prefault('off')
      .describe(
        'a master that hears a higher priority says so before it steps down: that one announces the address',
      ),
    base_reachable_time: duration()
      .prefault('30s')
      .describe(
        'of those who send packets to the address (Linux): half to one and a half times that until they ask anew who has it',
      ),
    track_script: trackScript
      .optional()
      .describe('what keepalived looks at beside its machine; default: nothing'),
  })
  .superRefine(({ mode, servers, advert_int, vrrp_version, preempt, preempt_delay }, ctx) => {
    const ticks = vrrp_version === 2 ? advert_int : advert_int * 100
    if (Math.abs(ticks - Math.round(ticks)) > 1e-9 || advert_int > LONGEST[vrrp_version])
      ctx.addIssue({
        code: 'custom',
        path: ['advert_int'],
        message:
          vrrp_version === 2
            ? 'version 2 counts whole seconds, 255 at most: vrrp_version: 3 takes hundredths'
            : 'version 3 counts hundredths of a second, 40.95s at most',
      })
    if (preempt_delay > 1000 || (preempt_delay > 0 && !preempt))
      ctx.addIssue({
        code: 'custom',
        path: ['preempt_delay'],
        message:
          preempt_delay > 1000
            ? 'expected 0s to 1000s'
            : 'with preempt: off nobody takes the address from a lower priority: leave one of the two out',
      })
    servers.forEach(({ priority }, i) => {
      if (mode === 'active-active' && priority !== undefined)
        ctx.addIssue({
          code: 'custom',
          path: ['servers', i, 'priority'],
          message: 'with active-active each server has the highest priority for an address of its own',
        })
    })
  })
type Options = z.output<typeof vipOptions>

/** What it notes on a request: 1 + the place of its address, 0 for none yet; the member that held it then. */
const visit = notes({ address: 'note1', holder: 'note2' })

/** On what a script asks with: whose machine it is on. */
const asking = notes({ member: 'note1' })

/** A machine that can hold the address: keepalived on it, and the server. */
class Member {
  /** The script says so, after `fall` or `rise` of a kind in a row. */
  fit = true
  /** keepalived takes part; `cut`: it runs, and its interface is down. */
  state: 'stopped' | 'starting' | 'cut' | 'on' = 'on'
  /** While it starts: when it takes part. */
  start: Event | null = null
  /** A script waits for an answer until then. */
  asking = Number.NEGATIVE_INFINITY
  private streak = 0

  constructor(readonly wire: Wire) {}

  get name(): string {
    return this.wire.to.name
  }

  get reachable(): boolean {
    return this.wire.open.value > 0
  }

  get keepalived(): Daemon {
    return this.wire.to.host.daemon('keepalived')
  }

  /** Nothing stops keepalived but its end. */
  get goes(): boolean {
    return this.wire.to.host.running.value > 0 && this.keepalived.running.value > 0
  }

  /** Whether keepalived runs, and so its script: it falls with its machine, and is stopped for maintenance. */
  get running(): boolean {
    return this.state !== 'stopped' && this.goes
  }

  /** A script has found the process well, or not; says whether `fit` has changed. */
  judge(there: boolean, { fall, rise }: TrackScript): boolean {
    this.streak = there === this.fit ? 0 : this.streak + 1
    if (this.streak < (this.fit ? fall : rise)) return false
    this.fit = there
    this.streak = 0
    return true
  }

  forget(): void {
    this.fit = true
    this.streak = 0
  }
}

/**
 * A virtual address in front of several load balancers, kept by keepalived on their machines.
 *
 * keepalived watches only itself: a load balancer whose process dies keeps the address, and refuses, unless
 * `track_script` looks. While nobody holds the address nobody answers, and the caller's machine sends its SYN
 * again. What is inside a living load balancer when the address moves away loses its connection. A keepalived that is
 * killed leaves the address to its machine, which answers for it until another announces it.
 */
class Vip extends Component {
  override readonly forwards = true
  override readonly readsBodies = true
  private readonly members: readonly Member[]
  private readonly addresses: readonly Vrrp[]
  private readonly ranks: readonly (readonly number[])[]
  private readonly script: Options['track_script']
  /** By member; none where the script asks for no page. */
  private readonly pages: readonly PageProbe[]
  private turn = 0

  constructor(site: Site, options: Options) {
    super(site)
    const { kernel } = site.context
    this.script = options.track_script
    this.members = options.servers.map(({ name }) => new Member(site.wire(name.name)))
    this.pages = this.pagesOf(site)
    const n = this.members.length
    const priority = (place: number) => (place === 0 ? 150 : Math.max(1, 101 - place))
    this.ranks =
      options.mode === 'active-passive'
        ? [options.servers.map((server, i) => server.priority ?? priority(i))]
        : this.members.map((_, own) => this.members.map((_, i) => priority((i - own + n) % n)))
    // When adverts and scripts come, seen from whatever happens, is chance.
    const phase = site.context.stream(site.name, 'phase')
    const vrrp = {
      advertInt: options.advert_int,
      preempt: options.preempt,
      preemptDelay: options.preempt_delay,
      version: options.vrrp_version,
      refresh: options.garp_master_refresh,
      higherSends: options.higher_prio_send_advert,
    }
    const adverts = new Adverts(
      site,
      this.members.map(({ name }) => name),
    )
    const neighbours = new Neighbours(site, options.base_reachable_time)
    this.addresses = this.ranks.map(
      (ranks, address) =>
        new Vrrp(kernel, this.members, ranks, vrrp, phase.next(), {
          delay: (from, to) => adverts.delay(from, to),
          renewal: (since) => neighbours.renewal(since),
          moved: (from) => this.moved(address, from),
          taken: (by, lostAt) => this.learned(by, 'took the address over', lostAt),
          found: (at, lostAt) => this.learned(at, 'was found by ARP', lostAt),
          split: (by, others) => {
            const beside = listed(others.map((one) => this.members[one]!.name))
            this.learned(by, `became master beside ${beside} (split brain)`, kernel.now)
          },
        }),
    )
    this.members.forEach((member, i) => {
      const { host, rotation } = member.wire.to
      const { up, running } = member.keepalived
      for (const dial of [host.power, host.running, host.link, rotation, up, running])
        dial.watch(() => this.attend(i))
      member.wire.open.watch(() => {
        for (const vrrp of this.addresses) vrrp.reach(i)
      })
      if (this.script) kernel.after(phase.next() * this.script.interval, this.look, i)
      this.rank(i)
    })
  }

  private pagesOf(site: Site): PageProbe[] {
    const { page, interval, timeout = interval } = this.script ?? {}
    if (page === undefined) return []
    const timers = this.timers(timeout!, (round) => this.answered(round, false), true)
    return this.members.map(({ wire }, i) => {
      const script = new PageProbe(site, this.process, timers, site.component(wire.to.name), page.names[0]!)
      script.round[asking.member] = i
      return script
    })
  }

  override hasServer(): boolean {
    return false
  }

  /** It depends on the address: none may be held by a member that accepts. */
  override get syn(): Syn {
    const own = super.syn
    const some = this.addresses.some(
      ({ holder }) => holder >= 0 && this.members[holder]!.wire.synPastQueue === Syn.accepted,
    )
    return own === Syn.accepted && !some ? Syn.turnedAway : own
  }

  accept(request: Request): void {
    // A SYN that is sent again is for the same address.
    if (request[visit.address] === 0) {
      request[visit.address] = 1 + this.turn
      this.turn = (this.turn + 1) % this.addresses.length
    }
    const { holder } = this.addresses[request[visit.address] - 1]!
    if (holder < 0 || this.members[holder]!.wire.synPastQueue === Syn.silence) {
      this.ignore(request)
      return
    }
    request[visit.holder] = holder
    this.forward(request, this.members[holder]!.wire)
  }

  /** A member that has given the address up cannot answer from it any longer, and its clients hear nothing. */
  override resume(request: Request, answer: Request): void {
    if (request.health && request.parent === null) {
      this.received(answer)
      this.answered(request, answer.outcome === Outcome.ok)
      return
    }
    if (this.addresses[request[visit.address] - 1]!.deaf !== request[visit.holder]) {
      super.resume(request, answer)
      return
    }
    this.received(answer)
    this.drop(request)
  }

  override get idleTimeout(): number {
    return this.members[0]!.wire.to.idleTimeout
  }

  override get pins(): boolean {
    return this.members.some(({ wire }) => wire.to.pins)
  }

  /** Not where a member's own connections have no number. */
  override leadsOn(route: number): boolean {
    return route === 0 || this.members.some(({ wire }) => wire.to.leadsOn(route))
  }

  /** Where there are several addresses, one without a number may be another's: they take as many in turn. */
  override connectionClosed(route = 0): void {
    if (route > 0) {
      this.members.find(({ wire }) => wire.to.leadsOn(route))?.wire.to.connectionClosed(route)
      return
    }
    const { holder } = this.addresses[this.turn]!
    if (holder >= 0) this.members[holder]!.wire.to.connectionClosed()
  }

  /** An address is no connection of its own: when the caller hangs up, the load balancer sees it. */
  override hungUp(request: Request): void {
    this.forget(request)
    this.drop(request)
  }

  /** The address has left a member. Packets of its connections now reach another, which knows nothing of them. */
  private moved(address: number, from: number): void {
    if (!this.members[from]!.reachable) return
    this.process.sever((request) => request[visit.address] === address + 1 && request[visit.holder] === from)
  }

  private learned(who: number, what: string, since: number): void {
    this.context.detected(this.name, `${this.members[who]!.name} ${what}`, since)
  }

  /** The machine, its interface, or what it is told has changed: keepalived starts, stops, hangs, or is gone. */
  private attend(i: number): void {
    const member = this.members[i]!
    const { host, rotation } = member.wire.to
    if (host.power.value === 0) this.cease(i, 'stopped', (vrrp) => vrrp.vanish(i))
    else if (member.keepalived.up.value === 0) this.cease(i, 'stopped', (vrrp) => vrrp.kill(i))
    else if (!member.goes) for (const vrrp of this.addresses) vrrp.freeze(i, host.running.value === 0)
    else {
      for (const vrrp of this.addresses) vrrp.thaw(i)
      if (rotation.value === 0) this.cease(i, 'stopped', (vrrp) => vrrp.stop(i))
      else if (member.state === 'stopped') this.begin(i, STARTS)
      else if (host.link.value === 0) this.cease(i, 'cut', (vrrp) => vrrp.fail(i))
      else if (member.state === 'cut') this.begin(i, NOTICES)
    }
    if (member.state === 'stopped') member.forget()
    this.rank(i)
  }

  private cease(i: number, state: 'stopped' | 'cut', end: (vrrp: Vrrp) => void): void {
    const member = this.members[i]!
    member.start?.cancel()
    member.start = null
    member.state = state
    for (const vrrp of this.addresses) end(vrrp)
  }

  /** In so many seconds it takes part, if it still may by then. */
  private begin(i: number, seconds: number): void {
    const member = this.members[i]!
    member.state = 'starting'
    member.start = this.context.kernel.after(seconds, this.takePart, i)
  }

  private readonly takePart = (i: number): void => {
    const member = this.members[i]!
    member.start = null
    member.state = member.wire.to.host.link.value > 0 && member.goes ? 'on' : 'cut'
    for (const vrrp of this.addresses) vrrp.clear(i)
    if (member.state === 'on') this.enlist(i)
  }

  private enlist(i: number): void {
    if (this.members[i]!.fit || this.script!.weight !== 0) for (const vrrp of this.addresses) vrrp.start(i)
  }

  /** Every `interval`, unless the last one still waits. Measured: a timeout that ends then ends before. */
  private readonly look = (i: number): void => {
    const { kernel } = this.context
    const { interval, script, timeout = interval } = this.script!
    kernel.after(interval, this.look, i)
    const member = this.members[i]!
    const { state } = member.wire.to
    if (!member.running || kernel.now < member.asking - TICK) return
    if (script === 'page') this.pages[i]!.ask()
    else if (script === 'process') this.judge(i, state !== State.gone)
    else if (state !== State.hanging) this.judge(i, state === State.serving)
    else {
      member.asking = kernel.now + timeout
      kernel.after(timeout, this.timeOut, i)
    }
  }

  /** A script that asked for a page has its answer, or has waited as long as it may. */
  private answered(round: Request, well: boolean): void {
    const i = round[asking.member]
    if (this.members[i]!.running) this.judge(i, well)
  }

  /** A script has waited as long as it may; where the process goes on again it has been answered. */
  private readonly timeOut = (i: number): void => {
    const member = this.members[i]!
    if (member.running) this.judge(i, member.wire.to.state === State.serving)
  }

  private judge(i: number, there: boolean): void {
    const member = this.members[i]!
    if (!member.judge(there, this.script!)) return
    if (this.script!.weight !== 0) {
      this.rank(i)
      return
    }
    if (member.state !== 'on') return
    if (member.fit) this.enlist(i)
    else for (const vrrp of this.addresses) vrrp.fail(i)
  }

  private rank(i: number): void {
    const weight = this.script?.weight ?? 0
    const bonus = this.members[i]!.fit === weight > 0 ? weight : 0
    this.addresses.forEach((vrrp, address) => {
      vrrp.rank(i, Math.min(254, Math.max(1, this.ranks[address]![i]! + bonus)))
    })
  }

  override restart(now: number): void {
    super.restart(now)
    for (const vrrp of this.addresses) {
      vrrp.takeovers = 0
      vrrp.gaps = 0
      vrrp.gapSum = 0
    }
  }

  override extra(): Record<string, number> {
    const takeovers = this.addresses.reduce((sum, vrrp) => sum + vrrp.takeovers, 0)
    const gaps = this.addresses.reduce((sum, vrrp) => sum + vrrp.gaps, 0)
    const seconds = this.addresses.reduce((sum, vrrp) => sum + vrrp.gapSum, 0)
    return { takeovers, takeover_s: gaps > 0 ? seconds / gaps : Number.NaN }
  }
}

export const vip = kind({
  kind: 'vip',
  passesOn: true,
  scatters: true,
  says: 'a virtual address (VRRP) in front of load balancers that stand in for one another',
  known: keepalivedKeywords,
  aliases: ['keepalived', 'vrrp', 'carp'],
  icon: 'M9 2l7 7l-7 7l-7-7zM9 6v6M6 9h6',
  example: `
    vip: { kind: vip, servers: [lb-1, lb-2] }
    lb-1: { kind: service, servers: 4, service: exponential(20ms) }
    lb-2: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: vipOptions,
  periodic: ({ servers, advert_int, track_script }) =>
    servers.length * (1 / advert_int + (track_script === undefined ? 0 : 1 / track_script.interval)),
  counts: {
    takeovers: { unit: 'count', says: 'takeovers by a standby', happened: 'a standby took the address over' },
    takeover_s: { unit: 's', says: 'time that an address whose holder was lost had none' },
  },
  misfits: ({ options: { servers, track_script } }, all) =>
    pageMisfits(
      servers.map(({ name }) => name.name),
      track_script,
      all,
    ),
  daemons: ({ servers }) => [{ name: 'keepalived', at: servers.map(({ name }) => name.name) }],
  asides: ({ servers }) => pairsOf(servers.map(({ name }) => name.name)),
  build: (site, options) => new Vip(site, options),
})
