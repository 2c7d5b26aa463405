import * as z from 'zod'
import { text } from '../../options/texts.js'
import { duration, interval, law, period, refs, share } from '../../options/types.js'
import { receiverOptions, routeOptions } from './receivers.js'
import { ruleOptions } from './rules.js'
import { watchdogOptions } from './watchdog.js'

export const monitorOptions = z.strictObject({
  targets: refs({ role: 'watches' }).describe(
    'components that it watches, each through an agent on its host',
  ),
  // Prometheus: global.scrape_interval, scrape_timeout, evaluation_interval; Alertmanager: group_wait.
  scrape_interval: interval().prefault('1min').describe('between two looks at a target'),
  scrape_timeout: period()
    .optional()
    .describe('after which a look has failed; default 10s, or scrape_interval if that is shorter'),
  evaluation_interval: interval().prefault('1min').describe('between two evaluations of the alert rules'),
  for: duration()
    .prefault('0s')
    .describe(
      'how long a target must be down, at every evaluation, before its alert fires (of rules: their own for)',
    ),
  group_wait: duration().prefault('30s').describe('from the alert to its notification'),
  // Prometheus: groups[].rules[].
  rules: z
    .array(ruleOptions, { error: 'expected a list of rules: [{ alert: Errors, expr: error_rate > 5% }]' })
    .prefault([])
    .meta({ type: 'rules', role: 'watches', entry: ruleOptions })
    .describe('alerting rules beside up == 0'),
  severity: text('expected a word, such as critical')
    .optional()
    .describe('label severity of the alert of up == 0, InstanceDown; default none'),
  // Alertmanager: receivers, route.
  receivers: z
    .array(receiverOptions, { error: 'expected a list of receivers: [{ name: mail, delay: 10min }]' })
    .min(1, 'expected at least one receiver')
    .optional()
    .meta({ type: 'receivers', entry: receiverOptions })
    .describe('where people are told, and how late they read it; default: they are told at once'),
  route: routeOptions
    .optional()
    .describe('which of the receivers is told of what; default the only one, of all'),
  watchdog: watchdogOptions
    .optional()
    .meta({ entry: watchdogOptions })
    .describe(
      'an alert that always fires, to somebody elsewhere who tells people when it is missing; default none',
    ),
  // Alertmanager: --cluster.peer, --cluster.peer-timeout.
  cluster_peer: refs({ kind: 'monitor', role: 'peers' })
    .optional()
    .describe(
      'monitors with which it is a cluster: people are told once. Of two it is enough that one names the other',
    ),
  cluster_peer_timeout: duration()
    .optional()
    .describe(
      'how long a member of a cluster waits, before it notifies, for each that was started before it; default 15s',
    ),
  agent_service: law()
    .prefault('5ms')
    .describe('CPU time of a scrape on the host of the target (an assumption)'),
  agent_load: share()
    .prefault('2%')
    .describe('of a core of each such host, for the collector that reads its logs (an assumption)'),
})

export type MonitorOptions = z.output<typeof monitorOptions>

/** Seconds. */
const SCRAPE_TIMEOUT = 10

/** Seconds after which a scrape has failed. */
export const timeoutOf = ({ scrape_timeout, scrape_interval }: MonitorOptions): number =>
  scrape_timeout ?? Math.min(SCRAPE_TIMEOUT, scrape_interval)
