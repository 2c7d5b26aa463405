import type { Count, Findings, Neighbour } from '../../parts/count.js'
import type { DiskSpace } from '../../parts/disk-space.js'
import { Tally } from '../../stats/tally.js'
import { type Expression, SIGNALS, type Signal } from './expression.js'

/** What came of all rules about one signal, in the measured span. */
export class RuleTally {
  private alerts = 0
  private falseAlerts = 0
  private readonly detection = new Tally()
  /** People were told that there is little room on a disk, and when. */
  private readonly warned: { readonly space: DiskSpace; readonly at: number; readonly from: number }[] = []

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

  /** People are told that there is little room on that disk. */
  warn(space: DiskSpace, at: number): void {
    // If it is full already, that is what they are told of.
    this.warned.push({ space, at, from: space.isFull ? space.fillings.at(-1)! : at })
  }

  /** From then to when it was full, of those that were then or later: seconds, in the mean; below 0 where it was full before, NaN of none. */
  private get ahead(): number {
    const ahead = new Tally()
    for (const { space, at, from } of this.warned) {
      const full = space.fillings.find((time) => time >= from)
      if (full !== undefined) ahead.record(full - at)
    }
    return ahead.mean
  }

  counts(signal: Signal): Record<string, number> {
    const alerts = { [`on_${signal}_alerts`]: this.alerts }
    if (signal === 'certificate_expiry') return { ...alerts, [AHEAD]: 0 - this.detection.mean }
    if (signal === 'disk_free') return { ...alerts, [DISK_AHEAD]: this.ahead }
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
    this.warned.length = 0
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
  disk_free: 'room on disks',
}

const AHEAD = 'on_certificate_expiry_ahead_s'
const DISK_AHEAD = 'on_disk_free_ahead_s'

/** From what the time to detect counts. */
const ONSETS: Readonly<Record<Exclude<Signal, 'certificate_expiry' | 'disk_free'>, string>> = {
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
  if (signal === 'disk_free') {
    const ahead = value(DISK_AHEAD)
    const when =
      ahead === null
        ? ', and none was full later'
        : ahead < 0
          ? ''
          : `, ${shown(DISK_AHEAD)} before one was full`
    return `${rules} told people ${many(alerts, 'time')}${when}`
  }
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
  if (signal === 'disk_free')
    return {
      [`on_${signal}_alerts`]: { unit: 'count', says: `notifications by ${about}`, when },
      [DISK_AHEAD]: { unit: 's', says: `time from the notification by ${about} to when it is full`, when },
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
