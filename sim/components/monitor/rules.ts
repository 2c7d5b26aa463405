import * as z from 'zod'
import { text } from '../../options/texts.js'
import { classNames, duration, period, refs } from '../../options/types.js'
import type { Component } from '../../parts/component.js'
import type { Context } from '../../parts/context.js'
import { Outcome } from '../../parts/outcome.js'
import { DatabaseServer } from '../mysql/database-server.js'
import type { Alerting } from './alertmanager.js'
import { type Counters, countersOf } from './counters.js'
import { expression, SIGNALS, type Signal } from './expression.js'
import type { Labels } from './matcher.js'
import { Series } from './promql.js'

/** An alerting rule, as Prometheus has it: alert, expr, for. */
export const ruleOptions = z.strictObject({
  alert: text('expected the name of the alert').describe('its name'),
  expr: expression().describe(
    'what it waits for: up == 0, probe_success == 0, or error_rate, latency_mean, latency_p50, _p90, _p95, _p99, qps, lag, disk_free or certificate_expiry, > or <, and a bound',
  ),
  range: period()
    .prefault('5min')
    .describe('of rate(), from which error_rate, latency and qps are: so far back an evaluation looks'),
  for: duration()
    .prefault('0s')
    .describe('how long it must hold, at every evaluation, before the alert fires'),
  targets: refs({ role: 'watches' })
    .optional()
    .describe('those of the targets that it is about; default all, of lag all database servers'),
  page: classNames()
    .optional()
    .describe(
      'with probe_success and certificate_expiry: the request class that is asked for from outside, each scrape_interval, as the blackbox exporter does',
    ),
  severity: text('expected a word, such as critical')
    .optional()
    .describe('its label severity, which matchers of routes ask for; default none'),
})

export type RuleOptions = z.output<typeof ruleOptions>

/** Of an alert that may fire. All in seconds. */
export interface Pending extends Alerting {
  /** Since when what it waits for holds, as far as scrapes or evaluations know; NaN while it does not. */
  failing: number
  /** When it became pending; NaN if it is not. */
  pending: number
  /** When it was last told of, while it fires; NaN if it does not. */
  sent: number
  readonly hold: number
}

/** Visitors who failed, or waited too long, one after the other with less than `range` seconds in between. */
export class Bout {
  private from = Number.NaN
  private last = Number.NEGATIVE_INFINITY

  /** @param patience seconds that are too long */
  constructor(
    context: Context,
    private readonly range: number,
    patience: number,
  ) {
    context.observe({
      ended: (request) => {
        const { now } = context.kernel
        if (request.malicious) return
        if (request.outcome !== Outcome.ok || now - request.arrived > patience) this.suffer(now)
      },
    })
  }

  private suffer(now: number): void {
    if (now - this.last > this.range) this.from = now
    this.last = now
  }

  /** When the first ended of those whom a rule can mean that holds since `failing`; NaN if there are none. */
  onset(failing: number): number {
    return this.last >= failing - this.range ? this.from : Number.NaN
  }
}

/** What rules look at beside what they are evaluated on. */
interface Eyes {
  readonly context: Context
  readonly targets: readonly Component[]
  /** What asks `target` for such a page from outside. */
  probe(target: Component, page: string): { readonly success: number }
  /** Whether the last scrape of `target` came back. */
  isUp(target: Component): boolean
  /** When the outage of `target` began because of which scrapes fail since `failing`; NaN if there is none. */
  outage(target: Component, failing: number): number
}

/** What the scrapes of a target brought. */
interface Scraped {
  readonly counters: Counters
  readonly series: Series
}

/** A rule, of one target. */
class RuleWatch implements Pending {
  failing = Number.NaN
  pending = Number.NaN
  sent = Number.NaN
  readonly key: string
  readonly labels: Labels
  readonly hold: number
  /** Seconds that a replica said it is behind, when last scraped. */
  private lag = Number.NaN
  /** Of a lag that is too long: when it began. */
  private behindSince = Number.NaN
  /** Of the disk of its host, when last scraped: the share that is free. */
  private free = Number.NaN
  private readonly low: { readonly since: number } | null

  constructor(
    readonly rule: RuleOptions,
    readonly target: Component,
    private readonly eyes: Eyes,
    private readonly scrapes: Scraped | null,
    private readonly bout: Bout | null,
    private readonly probe: { readonly success: number } | null,
  ) {
    this.key = `${target.name}\n${rule.alert}`
    this.labels = { alertname: rule.alert, severity: rule.severity ?? '' }
    this.hold = rule.for
    this.low = rule.expr.signal === 'disk_free' ? target.host.space!.mark(rule.expr.bound) : null
  }

  /** A scrape came back. */
  scraped(): void {
    const { target } = this
    const { space } = target.host
    if (space !== null) this.free = 1 - space.used
    if (target instanceof DatabaseServer) this.lag = Math.floor(target.secondsBehind ?? Number.NaN)
  }

  /** An evaluation. */
  evaluate(): void {
    const value = this.value()
    if (!this.rule.expr.holds(value)) {
      this.failing = Number.NaN
    } else if (Number.isNaN(this.failing)) {
      this.failing = this.eyes.context.kernel.now
      this.behindSince = this.failing - value
    }
  }

  /** NaN if the scrapes do not say. */
  private value(): number {
    const { rule, eyes, target, scrapes } = this
    const { expr, range } = rule
    if (expr.signal === 'up') return eyes.isUp(target) ? 1 : 0
    if (expr.signal === 'probe_success') return this.probe!.success
    if (expr.signal === 'certificate_expiry')
      return this.probe!.success === 1 ? this.expiry - this.now : Number.NaN
    if (expr.signal === 'disk_free') return eyes.isUp(target) ? this.free : Number.NaN
    if (expr.signal === 'lag') return eyes.isUp(target) ? this.lag : Number.NaN
    const { now } = this
    // Before, there would be samples from before the run: it begins in the middle of life.
    if (now < range) return Number.NaN
    const { series } = scrapes!
    const requests = series.rate((sample) => sample.requests, range, now)
    if (expr.signal === 'qps') return requests
    if (expr.signal === 'error_rate') return series.rate(({ errors }) => errors, range, now) / requests
    if (expr.quantile !== null) return series.quantile(expr.quantile, range, now)
    return series.rate(({ seconds }) => seconds, range, now) / requests
  }

  private get now(): number {
    return this.eyes.context.kernel.now
  }

  /** When the certificate expires that is used now; Infinity if it says nothing of that. */
  private get expiry(): number {
    return Math.min(...this.target.expiries.filter((at) => at > this.now))
  }

  onset(failing: number): number {
    const { rule, eyes, target, bout } = this
    if (rule.expr.signal === 'certificate_expiry') return this.expiry
    if (this.low !== null) return this.low.since
    if (rule.expr.signal === 'up') return eyes.outage(target, failing)
    return bout === null ? this.behindSince : bout.onset(failing)
  }
}

/**
 * The alerting rules of a monitor beyond that its targets are up, and what they are evaluated on: samples of the
 * counters of targets, one of each scrape that came back, and what replicas say of themselves (Seconds_Behind_Master,
 * by mysqld_exporter: of one that says NULL, since it knows that its replication is broken, there is no such metric, and
 * no rule sees it).
 *
 * An alert is false if no visitor failed, nor waited longer than the bound of a rule on latencies, from `range` before
 * it became pending until people are told. Else the time to detect is from the first of them, those counting as one
 * trouble between whom less than `range` passed. An alert on `lag` is as true as the replica, and late from when the
 * oldest write was committed that it had not applied. One on `certificate_expiry`
 * (`probe_ssl_earliest_cert_expiry - time()`) comes before what it is of, a fault of the scenario that is to come at its
 * time; once the certificate has expired the probe fails, there is no such metric, and the alert is over (blackbox_exporter,
 * issue 1119). One on `disk_free` (node_filesystem_avail_bytes / node_filesystem_size_bytes of node_exporter, of the host of
 * its target) is as true as that, and comes before the disk is full, if it is ever.
 */
export class Rules {
  readonly watches: readonly RuleWatch[]
  private readonly scrapes = new Map<Component, Scraped>()

  constructor(
    private readonly rules: readonly RuleOptions[],
    eyes: Eyes,
  ) {
    const { context, targets } = eyes
    const own = (rule: RuleOptions) => targets.filter((target) => isAbout(rule, target))
    const counted = rules.filter(({ expr }) => expr.isCounted)
    const watched = targets.filter((target) => counted.some((rule) => isAbout(rule, target)))
    const longest = Math.max(...counted.map(({ range }) => range))
    if (watched.length > 0)
      for (const [target, counters] of countersOf(context, watched))
        this.scrapes.set(target, { counters, series: new Series(longest) })
    this.watches = rules.flatMap((rule) => {
      const { expr, range } = rule
      const patience = expr.signal === 'latency' ? expr.bound : Number.POSITIVE_INFINITY
      const { isProbed } = expr
      const bout =
        expr.isCounted || expr.signal === 'probe_success' ? new Bout(context, range, patience) : null
      return own(rule).map((target) => {
        const probe = isProbed ? eyes.probe(target, rule.page!.names[0]!) : null
        return new RuleWatch(rule, target, eyes, this.scrapes.get(target) ?? null, bout, probe)
      })
    })
  }

  /** What they are about. */
  get signals(): readonly Signal[] {
    return SIGNALS.filter((one) => this.rules.some(({ expr }) => expr.signal === one))
  }

  /** A scrape of `target`, which began at `at`, came back. */
  scraped(target: Component, at: number): void {
    const scraped = this.scrapes.get(target)
    if (scraped !== undefined) scraped.series.add(scraped.counters.sample(at))
    for (const watch of this.watches) if (watch.target === target) watch.scraped()
  }
}

function isAbout({ expr, targets }: RuleOptions, target: Component): boolean {
  if (targets !== undefined) return targets.some(({ name }) => name === target.name)
  return expr.signal !== 'lag' || target instanceof DatabaseServer
}
