import type { Count, Findings, Neighbour } from '../../parts/count.js'
import { Tally } from '../../stats/tally.js'
import { type Expression, SIGNALS, type Signal } from './expression.js'

/** What came of all rules about one signal, in the measured span. */
export class RuleTally {
  private alerts = 0
  private falseAlerts = 0
  private readonly detection = new Tally()

  /**
   * People are told.
   * @param onset when what they are told of began; NaN if it is false
   * @param now NaN if that was before the measured span: how late it is does not count
   */
  told(onset: number, now: number): void {
    this.alerts++
    if (Number.isNaN(onset)) this.falseAlerts++
    else if (!Number.isNaN(now)) this.detection.record(now - onset)
  }

  counts(signal: Signal): Record<string, number> {
    const alerts = { [`on_${signal}_alerts`]: this.alerts }
    if (signal === 'certificate_expiry') return { ...alerts, [AHEAD]: 0 - this.detection.mean }
    return {
      ...alerts,
      ...(signal === 'lag' ? {} : { [`on_${signal}_false_alerts`]: this.falseAlerts }),
      [`on_${signal}_time_to_detect_s`]: this.detection.mean,
    }
  }

  restart(): void {
    this.alerts = 0
    this.falseAlerts = 0
    this.detection.restart()
  }
}

/** What rules about each are called. */
const ABOUT: Readonly<Record<Signal, string>> = {
  up: 'targets that are down',
  error_rate: 'error rates',
  latency: 'latencies',
  qps: 'QPS',
  lag: 'replication lag',
  probe_success: 'probes from outside',
  certificate_expiry: 'certificates that expire',
}

const AHEAD = 'on_certificate_expiry_ahead_s'

/** From what the time to detect counts. */
const ONSETS: Readonly<Record<Exclude<Signal, 'certificate_expiry'>, string>> = {
  up: 'the outage began',
  error_rate: 'the first visitor had failed',
  latency: 'the first visitor had failed or waited too long',
  qps: 'the first visitor had failed',
  lag: 'the replica fell behind',
  probe_success: 'the first visitor had failed',
}

/** What came of the rules about `signal`. @param many a number of something, of all runs or of each */
export function ruleTold(
  signal: Signal,
  { value, shown, digits }: Pick<Findings, 'value' | 'shown' | 'digits'>,
  many: (n: number, what: string) => string,
): string {
  const alerts = value(`on_${signal}_alerts`) ?? 0
  const rules = `rules on ${ABOUT[signal]}`
  if (alerts === 0) return `${rules} told nobody of anything`
  if (signal === 'certificate_expiry')
    return `${rules} told people ${many(alerts, 'time')}, ${shown(AHEAD)} before one expired`
  const time = `on_${signal}_time_to_detect_s`
  const after = value(time) === null ? '' : `, ${shown(time)} after ${ONSETS[signal]}`
  const wrong = value(`on_${signal}_false_alerts`) ?? 0
  return `${rules} told people ${many(alerts, 'time')}${after}${wrong > 0 ? `, and ${digits(wrong)} of these were false` : ''}`
}

const rulesOf = (options: Record<string, unknown>) => (options.rules ?? []) as readonly { expr: Expression }[]

const countsOf = (signal: Signal): Record<string, Count> => {
  const when = ({ options }: Neighbour) => rulesOf(options).some(({ expr }) => expr.signal === signal)
  const about = `rules on ${ABOUT[signal]}`
  if (signal === 'certificate_expiry')
    return {
      [`on_${signal}_alerts`]: { unit: 'count', says: `notifications by ${about}`, when },
      [AHEAD]: { unit: 's', says: `time from the notification by ${about} to that`, when },
    }
  return {
    [`on_${signal}_alerts`]: { unit: 'count', says: `notifications by ${about}`, when },
    ...(signal !== 'lag' && {
      [`on_${signal}_false_alerts`]: { unit: 'count', says: `false ones by ${about}`, when, newsFrom: 0.5 },
    }),
    [`on_${signal}_time_to_detect_s`]: { unit: 's', says: `time to the notification by ${about}`, when },
  }
}

/** Of each of `signals`, where rules are about it. */
export const ruleCounts = (signals: readonly Signal[] = SIGNALS): Readonly<Record<string, Count>> =>
  Object.assign({}, ...signals.map(countsOf))
