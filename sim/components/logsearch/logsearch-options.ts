import * as z from 'zod'
import { text } from '../../options/texts.js'
import { count, duration, interval, law, period, refs } from '../../options/types.js'
import { expression } from '../monitor/expression.js'

/** A search that is run again and again, and alerts of what it finds. */
const searchRuleOptions = z.strictObject({
  alert: text('expected the name of the alert').describe('its name'),
  // Of each line it is known how long it took.
  expr: expression(Number.POSITIVE_INFINITY).describe(
    'what it waits for: error_rate, latency_mean, latency_p50, _p90, _p95, _p99 or qps, > or <, and a bound; of all lines that it finds',
  ),
  // Sumo Logic, Create a Monitor: detection window, Trigger Evaluation Frequency, evaluation delay.
  range: period().prefault('5min').describe('of which time stamps: so far back it looks'),
  every: interval()
    .optional()
    .describe(
      'from one run to the next; default by the range, 1min up to 30min, 2min up to 3h, 10min up to 12h, else 20min',
    ),
  targets: refs({ role: 'watches' })
    .optional()
    .describe('those of the targets whose lines it counts, together; default all'),
})

export type SearchRule = z.output<typeof searchRuleOptions>

const rotateOptions = z.strictObject({
  every: period().describe('a new file so often'),
  keep: count(0, 10_000).describe('old files beside it; what is in an older one is gone (logrotate: rotate)'),
})

export const logsearchOptions = z.strictObject({
  targets: refs({ role: 'watches' }).describe(
    'components whose access logs are read, each by a collector on its host: a line for each request that it completes',
  ),
  ingest_delay: law()
    .prefault('uniform(10s, 60s)')
    .describe('from the shipping of lines until a search finds them (an assumption)'),
  rules: z
    .array(searchRuleOptions, {
      error: 'expected a list of rules: [{ alert: Errors, expr: error_rate > 5% }]',
    })
    .prefault([])
    .meta({ type: 'rules', role: 'watches', entry: searchRuleOptions })
    .describe('searches that alert'),
  evaluation_delay: duration()
    .prefault('0s')
    .describe('so far before now the range of each search ends, to miss no line that is late'),
  delay: law().prefault('0s').describe('from a notification until somebody has read it'),
  rotate: rotateOptions
    .optional()
    .meta({ entry: rotateOptions })
    .describe('of the log files; default files stay until they are read'),
  line_service: duration()
    .prefault('20us')
    .describe('CPU time that a line takes the collector, on the host of the target (an assumption)'),
})

export type LogsearchOptions = z.output<typeof logsearchOptions>

const [MIN, HOUR] = [60, 3600]

/** Seconds between two runs (Sumo Logic, Create a Monitor, Trigger Evaluation Frequency). */
export function everyOf({ every, range }: Pick<SearchRule, 'every' | 'range'>): number {
  if (every !== undefined) return every
  if (range <= 30 * MIN) return MIN
  if (range <= 3 * HOUR) return 2 * MIN
  return range <= 12 * HOUR ? 10 * MIN : 20 * MIN
}
