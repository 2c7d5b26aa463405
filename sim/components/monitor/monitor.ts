import type { Deadlines } from '../../kernel/deadlines.js'
import { Component } from '../../parts/component.js'
import type { Findings } from '../../parts/count.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Constant } from '../../random/distribution.js'
import { Sum } from '../../random/distributions.js'
import { TwoWaits } from '../../random/first-of.js'
import { Tally } from '../../stats/tally.js'
import { Agent } from './agent.js'
import { type Alert, type Alerting, Alertmanager, type Entry, RESEND, STANDS } from './alertmanager.js'
import { inCluster } from './clustered.js'
import { Collector } from './collector.js'
import { SIGNALS, type Signal } from './expression.js'
import { Cluster, type Member } from './gossip.js'
import { alertmanagerFlags } from './monitor-flags.js'
import { type MonitorOptions, monitorOptions, timeoutOf } from './monitor-options.js'
import { Probe } from './outside-probe.js'
import { Reading, readingCounts, unreadCount } from './readers.js'
import { receiverMisfits } from './receiver-misfits.js'
import { DOWN, type ReceiverOptions, Routes, readAfter } from './receivers.js'
import { RuleTally, ruleCounts, ruleTold } from './rule-counts.js'
import { ruleMisfits } from './rule-misfits.js'
import { type Pending, type RuleOptions, Rules } from './rules.js'
import { Watchdog, watchdogCounts, watchdogMisfits } from './watchdog.js'

/** What it notes on a scrape: the place of its target. */
const looking = notes({ target: 'note1' })

/** Seconds: `--cluster.peer-timeout` as it is delivered. */
const PEER_TIMEOUT = 15

/** A target: what the monitor believes of it, and what really is. */
interface Watch extends Pending {
  readonly wire: Wire
  /** The scrape, a request of the monitor's own that is made again and again. */
  readonly scrape: Request
  /** Lines of its access log as of the last scrape. */
  lines: number
  /** The last outage: begin, and end (`Infinity` while it lasts). */
  from: number
  to: number
  /** Whether anyone was told of the last outage. */
  noticed: boolean
}

/**
 * Monitoring after the model of Prometheus and its Alertmanager: agents are scraped, a rule (`up == 0` for so long)
 * is evaluated, and a notification goes out. It notices late, and not at all while it is down itself. Time to
 * detect: to the next scrape (and its timeout, if there is silence), to the next evaluation, `for` rounded up to
 * evaluations, `group_wait`. Each target's alert is a group of its own. Who restarts has forgotten pending alerts
 * (an assumption: Prometheus restores only those with a long `for`).
 *
 * In a cluster each scrapes for itself, and its Prometheus tells the Alertmanagers of all of its alerts, as the
 * documentation of Alertmanager asks for (High Availability), again after `resend-delay`. Who notifies is a matter of
 * `Alertmanager` and `Cluster`.
 */
class Monitor extends Component implements Member {
  private readonly watches: readonly Watch[]
  private readonly rules: Rules
  /** What asks from outside. */
  private readonly probes: Probe[] = []
  /** What came of its rules, by what they are about. */
  private readonly tallies = new Map<Signal, RuleTally>(SIGNALS.map((one) => [one, new RuleTally()]))
  private readonly interval: number
  private readonly evaluation: number
  private readonly peerTimeout: number
  /** Of each way that alerts can take: the same in all members of a cluster. */
  private readonly alertmanagers: readonly Alertmanager[]
  private readonly routes: Routes
  /** Who reads what it sends; null where nothing is said of receivers. */
  private readonly reading: Reading | null
  private readonly watchdog: Watchdog | null
  /** Those that it names in `cluster_peer`. */
  private readonly named: readonly string[]
  /** Of several monitors that tell people once; null for one that stands alone. */
  cluster: Cluster | null = null
  born = 0
  private readonly scraping: Deadlines<Request>
  private readonly logs: boolean
  private scrapes = 0
  // Of the measured span:
  private since = 0
  private asked = 0
  private lines = 0
  private outages = 0
  private noticed = 0
  private falseAlarms = 0
  private notified = 0
  private deduplicated = 0
  private duplicates = 0
  private readonly detection = new Tally()

  constructor(
    private readonly site: Site,
    options: MonitorOptions,
  ) {
    super(site)
    this.interval = options.scrape_interval
    this.evaluation = options.evaluation_interval
    this.peerTimeout = options.cluster_peer_timeout ?? PEER_TIMEOUT
    this.routes = new Routes(options)
    this.alertmanagers = this.routes.all.map((route) => new Alertmanager(this, route))
    this.reading = options.receivers === undefined ? null : new Reading(site, options.receivers)
    this.watchdog = options.watchdog === undefined ? null : new Watchdog(site, this, options.watchdog)
    const labels = { alertname: DOWN, severity: options.severity ?? '' }
    const timeout = timeoutOf(options)
    this.scraping = this.timers(timeout, (scrape) => this.scraped(scrape, false), true)
    this.watches = options.targets.map(({ name }, i) => {
      const target = site.component(name)
      const scrape = new Request()
      scrape.at = this.process
      scrape.health = true
      scrape[looking.target] = i
      const watch: Watch = {
        key: name,
        rule: null,
        labels,
        target,
        hold: options.for,
        // The target may be back already: what counts is whether the scrapes failed because of the outage.
        onset: (failing) => (watch.to >= failing ? watch.from : Number.NaN),
        wire: site.wire(name, undefined, new Agent(site, target, options.agent_service)),
        scrape,
        failing: Number.NaN,
        pending: Number.NaN,
        sent: Number.NaN,
        lines: target.logLines ?? 0,
        from: Number.NEGATIVE_INFINITY,
        to: Number.NEGATIVE_INFINITY,
        noticed: true,
      }
      target.observe(() => this.look(watch))
      return watch
    })
    this.named = (options.cluster_peer ?? []).map(({ name }) => name)
    this.rules = new Rules(options.rules, {
      context: site.context,
      targets: this.watches.map(({ target }) => target),
      probe: (target, page) => this.probeOf(target, page),
      isUp: (target) => Number.isNaN(this.watchOf(target)!.failing),
      outage: (target, failing) => this.watchOf(target)!.onset(failing),
    })
    this.observe(() => {
      if (!this.serves) return
      this.cluster?.listen()
      for (const one of this.alertmanagers) one.resume()
    })
    this.logs = this.watches.some(({ target }) => target.logLines !== null)
    if (options.agent_load > 0) {
      const hosts = new Set(this.watches.map(({ target }) => target.host))
      for (const host of hosts) new Collector(site, host, options.agent_load)
    }
    // When it looks, seen from whatever happens, is chance; a target more or less shifts no other's turn.
    const { context, name } = site
    for (const watch of this.watches) {
      const phase = context.stream(name, `scrape/${watch.target.name}`).next()
      context.kernel.after(phase * this.interval, this.scrape, watch)
    }
    const phase = context.stream(name, 'evaluate').next()
    context.kernel.after(phase * this.evaluation, this.evaluate, null)
  }

  /** One that begins at any time, for all rules about the same page of the same target. */
  private probeOf(target: Component, page: string): Probe {
    const { context, name } = this.site
    const known = this.probes.find((one) => one.target === target && one.asksFor === page)
    if (known !== undefined) return known
    const probe = new Probe(this.site, this.process, this.scraping, target, page)
    probe.round[looking.target] = this.watches.length + this.probes.length
    this.probes.push(probe)
    const phase = context.stream(name, `probe/${target.name}/${page}`).next()
    context.kernel.after(phase * this.interval, this.ask, probe)
    return probe
  }

  private readonly ask = (probe: Probe): void => {
    this.context.kernel.after(this.interval, this.ask, probe)
    if (this.serves) probe.ask()
  }

  override assembled(): void {
    const { context, name, component, wire } = this.site
    for (const peer of this.named) {
      const other = component(peer) as Monitor
      const cluster = this.cluster ?? other.cluster ?? new Cluster(context, name)
      cluster.join(this, other, wire(peer))
    }
  }

  /** Someone looks at its dashboard. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- The life of a scrape -------------------------------------------------------------------------------

  private readonly scrape = (watch: Watch): void => {
    const { kernel } = this.context
    kernel.after(this.interval, this.scrape, watch)
    const { scrape } = watch
    if (!this.serves || scrape.child !== null) return
    scrape.key = ++this.scrapes
    scrape.arrived = kernel.now
    const child = this.attempt(scrape)
    child.deadline = this.scraping.set(child)
    watch.wire.send(child)
  }

  override resume(scrape: Request, answer: Request): void {
    this.scraped(scrape, answer.outcome === Outcome.ok)
  }

  private scraped(scrape: Request, up: boolean): void {
    const watch = this.watches[scrape[looking.target]]
    if (watch === undefined) {
      this.probes[scrape[looking.target] - this.watches.length]!.success = up ? 1 : 0
      return
    }
    if (!up) {
      if (Number.isNaN(watch.failing)) watch.failing = scrape.arrived
      return
    }
    watch.failing = Number.NaN
    this.rules.scraped(watch.target, scrape.arrived)
    const { logLines } = watch.target
    if (logLines !== null) {
      this.lines += logLines - watch.lines
      watch.lines = logLines
    }
  }

  // ---- The life of an alert -------------------------------------------------------------------------------

  private readonly evaluate = (): void => {
    const { kernel } = this.context
    kernel.after(this.evaluation, this.evaluate, null)
    if (!this.serves) return
    for (const watch of this.rules.watches) watch.evaluate()
    for (const watch of this.all) this.judge(watch)
  }

  private get all(): readonly Pending[] {
    return [...this.watches, ...this.rules.watches]
  }

  private judge(watch: Pending): void {
    const { now } = this
    if (Number.isNaN(watch.failing)) {
      if (!Number.isNaN(watch.sent)) this.resolve(watch)
      watch.pending = Number.NaN
      return
    }
    if (Number.isNaN(watch.pending)) watch.pending = now
    // Evaluations are a whole number of intervals apart, but for rounding.
    const fires = now - watch.pending >= watch.hold - 1e-9
    if (fires && !(now - watch.sent < RESEND - 1e-9)) this.fire(watch)
  }

  /** Tells all Alertmanagers of an alert. In its own process it stands until it is resolved. */
  private fire(watch: Pending): void {
    const { kernel } = this.context
    watch.sent = kernel.now
    const { failing } = watch
    this.take({ watch, failing, ends: Number.POSITIVE_INFINITY })
    const ends = kernel.now + STANDS * Math.max(RESEND, this.evaluation)
    this.toPeers((peer) => peer.take({ watch, failing, ends }))
  }

  /** An alert comes to its Alertmanager. */
  private take(alert: Alert): void {
    const ways = this.routes.of(alert.watch.labels)
    for (const one of this.alertmanagers) if (ways.includes(one.route)) one.fire(alert)
  }

  private resolve(watch: Pending): void {
    watch.sent = Number.NaN
    for (const one of this.alertmanagers) one.resolve(watch)
    this.toPeers((peer) => {
      for (const one of peer.alertmanagers) one.resolve(watch)
    })
  }

  /** What each peer that hears this one does then, when it has heard. */
  private toPeers(act: (peer: Monitor) => void): void {
    for (const [peer, seconds] of this.cluster?.heardBy(this) ?? []) {
      if (seconds === 0) act(peer as Monitor)
      else this.context.kernel.after(seconds, actIfThere, { peer: peer as Monitor, act })
    }
  }

  get now(): number {
    return this.context.kernel.now
  }

  later<T>(seconds: number, then: (subject: T) => void, subject: T): void {
    this.context.kernel.after(seconds, then, subject)
  }

  get turn(): number {
    return this.cluster === null ? 0 : this.cluster.position(this) * this.peerTimeout
  }

  /** A notification goes out. */
  tell(by: Alertmanager, alerts: readonly Alert[], again: boolean): void {
    this.notified++
    const { watch, failing } = alerts[0]!
    const onsets = alerts.map(({ watch, failing }) => watch.onset(failing))
    const onset = onsets.find((at) => !Number.isNaN(at)) ?? Number.NaN
    const way = this.alertmanagers.indexOf(by)
    const entry = { firing: true, at: this.now }
    if (this.reading !== null) {
      const { receiver } = by.route
      const delay = this.reading.send(receiver!)
      if (!again && this.others.some(({ alertmanagers }) => alertmanagers[way]!.hasTold(watch.key)))
        this.duplicates++
      const read = { watch, failing, onset, receiver: receiver!, again }
      this.later(delay, this.read, read)
      this.toPeers((peer) => {
        peer.alertmanagers[way]!.hear(watch.key, entry)
        if (watch.rule === null) peer.later(delay, peer.learn, read)
      })
      return
    }
    if (watch.rule !== null) this.tellOfRule(watch, watch.rule, onset)
    else if (Number.isNaN(onset)) this.falseAlarms++
    else if (onset >= this.since) this.tellOf(watch.target, onset)
    this.toPeers((peer) => {
      peer.alertmanagers[way]!.hear(watch.key, entry)
      if (watch.rule === null) peer.note(watch.target)
    })
  }

  /** Somebody has read a notification. */
  private readonly read = (mail: Mail): void => {
    const { watch, failing, onset, receiver, again } = mail
    const { rule, target } = watch
    const isNew = onset >= this.since
    const first = this.reading!.read(
      receiver,
      watch.key,
      failing,
      isNew && !again ? this.now - onset : Number.NaN,
    )
    if (again) return
    if (isNew)
      this.context.detected(
        this.name,
        `told people of ${rule === null ? target.name : `${rule.alert} at ${target.name}`} by ${receiver.name}`,
        onset,
      )
    if (rule === null) {
      if (first && Number.isNaN(onset)) this.falseAlarms++
      this.learn(mail)
    } else if (first) this.tally(watch, rule, onset, isNew)
  }

  /** Somebody knows of the outage that it was about: it may be over, and the next one have begun. */
  private readonly learn = ({ watch: { target }, onset }: Mail): void => {
    if (!(onset >= this.since) || this.watchOf(target) === undefined) return
    if (!this.reading!.isNews(target, onset)) return
    this.noticed++
    this.detection.record(this.now - onset)
  }

  private get others(): readonly Monitor[] {
    return (this.cluster?.members ?? []).filter((one) => one !== this) as Monitor[]
  }

  over(by: Alertmanager, key: string, entry: Entry): void {
    const way = this.alertmanagers.indexOf(by)
    this.toPeers((peer) => peer.alertmanagers[way]!.hear(key, entry))
  }

  private tellOfRule(watch: Alerting, rule: RuleOptions, onset: number): void {
    const { key, target } = watch
    this.tally(watch, rule, onset, onset >= this.since)
    if (onset >= this.since)
      this.context.detected(this.name, `told people of ${rule.alert} at ${target.name}`, onset)
    if (this.others.some(({ alertmanagers: [only] }) => only!.hasTold(key))) this.duplicates++
  }

  private tally({ target }: Alerting, { expr }: RuleOptions, onset: number, isNew: boolean): void {
    const tally = this.tallies.get(expr.signal)!
    tally.told(onset, isNew ? this.now : Number.NaN)
    if (expr.signal === 'disk_free' && isNew) tally.warn(target.host.space!, this.now)
  }

  private tellOf(target: Component, since: number): void {
    const known = (this.cluster?.members ?? []).some((one) => (one as Monitor).knows(target))
    if (known) this.duplicates++
    if (this.note(target) || !known) this.context.detected(this.name, `told people of ${target.name}`, since)
  }

  spared(): void {
    this.deduplicated++
  }

  private watchOf(target: Component): Watch | undefined {
    return this.watches.find((one) => one.target === target)
  }

  /** Whether it knows that people were told of the outage of `target`. */
  private knows(target: Component): boolean {
    return this.watchOf(target)?.noticed === true
  }

  /** People are told of the outage of `target`, and it knows; returns whether that is news to it. */
  private note(target: Component): boolean {
    const watch = this.watchOf(target)
    if (watch === undefined || watch.noticed || watch.from < this.since) return false
    watch.noticed = true
    this.noticed++
    this.detection.record(this.now - watch.from)
    return true
  }

  /** It hears a member of its cluster again, or for the first time, and is told whom people were told of. */
  meet(member: Member): void {
    const { alertmanagers } = member as Monitor
    for (const [way, one] of this.alertmanagers.entries())
      for (const [key, entry] of alertmanagers[way]!.told) one.hear(key, entry)
  }

  override crashed(): void {
    for (const { scrape } of this.watches) this.forget(scrape)
    for (const probe of this.probes) {
      this.forget(probe.round)
      probe.success = Number.NaN
    }
    for (const watch of this.all) {
      watch.failing = Number.NaN
      watch.pending = Number.NaN
      watch.sent = Number.NaN
    }
    for (const one of this.alertmanagers) one.forget()
  }

  /** Who comes to a cluster is its youngest member. */
  override started(): void {
    this.cluster?.bear(this)
  }

  // ---- What really is -------------------------------------------------------------------------------------

  /** A target came, went, hung or runs again. */
  private look(watch: Watch): void {
    const { now } = this.context.kernel
    const down = !watch.target.serves
    const wasDown = watch.to === Number.POSITIVE_INFINITY
    if (down && !wasDown) {
      watch.from = now
      watch.to = Number.POSITIVE_INFINITY
      watch.noticed = false
      this.outages++
    } else if (!down && wasDown) {
      watch.to = now
    }
  }

  override restart(now: number): void {
    super.restart(now)
    this.since = now
    this.asked = this.context.asked
    this.lines = 0
    this.outages = 0
    this.noticed = 0
    this.falseAlarms = 0
    this.notified = 0
    this.deduplicated = 0
    this.duplicates = 0
    this.detection.restart()
    for (const tally of this.tallies.values()) tally.restart()
    this.reading?.restart()
    this.watchdog?.restart(now)
  }

  /**
   * Outages of targets that began in the measured span, those that someone was told of, and how long after their
   * beginning; notifications without an outage (the target could not be reached, say). QPS as a graph over the
   * access logs of the targets shows it, beside what the visitors really asked.
   */
  override extra(now: number): Record<string, number> {
    const span = now - this.since
    return {
      outages: this.outages,
      noticed: this.noticed,
      time_to_detect_s: this.detection.mean,
      false_alarms: this.falseAlarms,
      ...(this.cluster && {
        notified: this.notified,
        deduplicated: this.deduplicated,
        duplicates: this.duplicates,
      }),
      ...Object.assign({}, ...this.rules.signals.map((one) => this.tallies.get(one)!.counts(one))),
      ...this.reading?.counts,
      ...this.watchdog?.counts,
      ...(this.logs && {
        qps_logged: this.lines / span,
        qps_real: (this.context.asked - this.asked) / span,
      }),
    }
  }
}

/** A notification on its way to somebody. */
interface Mail {
  readonly watch: Alerting
  /** Since when the alert holds, and when what it is of began: seconds; NaN for a false alarm. */
  readonly failing: number
  readonly onset: number
  readonly receiver: ReceiverOptions
  /** It was sent before, and what it is of lasts. */
  readonly again: boolean
}

/** What reaches a member of a cluster after a while. */
const actIfThere = ({ peer, act }: { peer: Monitor; act: (peer: Monitor) => void }): void => {
  if (peer.serves) act(peer)
}

type Self = Neighbour<MonitorOptions>

/** One of its targets has an access log. */
const readsLogs = ({ options }: Self, all: readonly Neighbour[]) =>
  options.targets.some(({ name }) => all.find((one) => one.name === name)?.keepsLog)

/** Whether outages were noticed, and when; what the logs show. */
function watching({ name, value, shown, digits, replications, faults, away }: Findings): string[] {
  const told: string[] = []
  const per = replications > 1 ? ' a run' : ''
  const many = (n: number, what: string) => `${digits(n)} ${what}${n === 1 ? '' : 's'}${per}`
  const outages = value('outages') ?? 0
  const rules = SIGNALS.filter((one) => value(`on_${one}_alerts`) !== null)
  if (outages > 0) {
    const noticed = value('noticed') ?? 0
    const untold = outages - noticed > 1e-9 && value('notified') === null
    const nobody = untold ? `, and told nobody${noticed === 0 ? '' : ' of the rest'}` : ''
    const after = value('time_to_detect_s') === null ? '' : `, ${shown('time_to_detect_s')} after they began`
    const known = `${noticed === 0 ? 'none' : digits(noticed)} of ${many(outages, 'outage')}`
    told.push(
      value('unread') === null
        ? `${name} noticed ${known}${after}${nobody}`
        : `${name}: people had read of ${known}${after}`,
    )
  } else if (faults > 0) {
    const missed =
      away === null
        ? ''
        : rules.length > 0
          ? ''
          : `, and it looks at nothing else: it missed the ${digits(away)} s in which visitors failed`
    told.push(`${name} saw no outage: every process that it watches was up${missed}`)
  }
  const wrong = value('false_alarms') ?? 0
  if (wrong > 0) told.push(many(wrong, 'false alarm'))
  for (const one of rules) {
    const whose = told.length > 0 ? 'its' : `${name}'s`
    told.push(`${whose} ${ruleTold(one, { value, shown, digits }, many)}`)
  }
  const [sent, left, twice] = ['notified', 'deduplicated', 'duplicates'].map((count) => value(count) ?? 0)
  if (sent! > 0) told.push(`it sent ${many(sent!, 'notification')}`)
  if (left! > 0) told.push(`it left ${many(left!, 'notification')} to a peer that had sent it before`)
  if (twice! > 0) told.push(`${many(twice!, 'time')} people were told of what they knew`)
  const gone = value('watchdog_missed') ?? 0
  if (gone > 0)
    told.push(
      `${told.length > 0 ? 'its' : `${name}'s`} watchdog was missed ${many(gone, 'time')}, ${shown('watchdog_time_to_detect_s')} after ${name} was gone`,
    )
  const [logged, real] = [value('qps_logged'), value('qps_real')]
  if (logged !== null && real !== null)
    told.push(
      `${told.length > 0 ? 'it' : name} read ${digits(logged)} QPS from the access logs, where visitors asked ${digits(real)}`,
    )
  return told.length > 0 ? [`${told.join('; ')}.`] : []
}

const hasty = ({ options }: Self) =>
  options.scrape_timeout !== undefined && options.scrape_timeout > options.scrape_interval
    ? [{ path: ['scrape_timeout'], message: 'expected no more than the scrape_interval' }]
    : []

const itself = ({ name, options }: Self) =>
  (options.cluster_peer ?? []).flatMap((peer, i) =>
    peer.name === name ? [{ path: ['cluster_peer', i], message: 'it is no peer of itself' }] : [],
  )

const lonely = (self: Self, all: readonly Neighbour[]) =>
  self.options.cluster_peer_timeout !== undefined && !inCluster(self, all)
    ? [{ path: ['cluster_peer_timeout'], message: 'it has no peers: name some in cluster_peer' }]
    : []

export const monitor = kind({
  kind: 'monitor',
  says: 'agents that are scraped, and alerts that come late',
  aliases: ['prometheus', 'alertmanager', 'zabbix', 'datadog', 'nagios', 'icinga'],
  icon: 'M1.5 9.5h3.5l2-5.5l3.5 10l2-4.5h4',
  example: `
    monitor: { kind: monitor, targets: [server], scrape_interval: 15s }
    server: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: monitorOptions,
  misfits: (self, all) => [
    ...hasty(self),
    ...itself(self),
    ...lonely(self, all),
    ...ruleMisfits(self, all),
    ...receiverMisfits(self, all),
    ...watchdogMisfits(self),
  ],
  known: alertmanagerFlags,
  tellsPeople: true,
  counts: {
    outages: { unit: 'count', says: 'outages of its targets' },
    noticed: {
      unit: 'count',
      says: 'outages that it noticed',
      zeroBeside: 'outages',
      newsBelow: 'outages',
    },
    time_to_detect_s: { unit: 's', says: 'time from the outage to the alert' },
    false_alarms: { unit: 'count', says: 'false alarms', newsFrom: 0.5 },
    notified: { unit: 'count', says: 'notifications that it sent', when: inCluster },
    deduplicated: { unit: 'count', says: 'notifications that a peer had sent before', when: inCluster },
    duplicates: {
      unit: 'count',
      says: 'notifications of what people knew from a peer',
      when: inCluster,
      newsFrom: 0.5,
    },
    ...ruleCounts(),
    unread: unreadCount,
    ...watchdogCounts,
    qps_logged: { unit: '/s', says: 'requests in the access logs', when: readsLogs },
    qps_real: { unit: '/s', says: 'requests of the visitors', when: readsLogs },
  },
  ownCounts: ({ receivers }) => (receivers === undefined ? {} : readingCounts(receivers)),
  periodic: ({ targets, scrape_interval, evaluation_interval, rules }) => {
    const probed = rules.flatMap(({ expr, targets: own = targets }) => (expr.isProbed ? own : []))
    return (targets.length + probed.length) / scrape_interval + 1 / evaluation_interval
  },
  alertsAfter: (options, silent) => {
    const { scrape_interval, evaluation_interval } = options
    const evaluations = Math.ceil(options.for / evaluation_interval) * evaluation_interval
    const fixed = (silent ? timeoutOf(options) : 0) + evaluations
    const read = readAfter(options)
    if (read instanceof Constant) return new TwoWaits(scrape_interval, evaluation_interval, fixed + read.mean)
    return new Sum([new TwoWaits(scrape_interval, evaluation_interval, fixed), read])
  },
  remarks: watching,
  build: (site, options) => new Monitor(site, options),
})
