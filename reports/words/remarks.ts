import type { Result } from '../../sim/experiments/result.js'
import { digits, percent, plusMinus, whole } from './numbers.js'

/** Sentences on what only some scenarios have: who noticed outages, what the logs show, what attackers got. */
export function remarks(result: Result): string[] {
  return [...attacks(result), ...watching(result)]
}

function attacks({ users, components, replications }: Result): string[] {
  return Object.entries(users).flatMap(([name, { malicious, requests, availability }]) => {
    if (!malicious || requests.offered === 0) return []
    const per = replications > 1 ? ' a run' : ''
    const sent = `${name} sent ${whole(requests.offered / replications)} malicious requests${per}`
    const answered = `; ${availability.value === null ? 'none' : percent(availability.value)} of them were answered`
    const firewalls = Object.entries(components).flatMap(([box, { kind, extra }]) => {
      const stopped = extra?.malicious_detected?.value ?? 0
      const passed = extra?.malicious_passed?.value ?? 0
      return kind === 'firewall' && stopped > 0
        ? [`${box} recognised ${whole(stopped)} and let ${whole(passed)} pass`]
        : []
    })
    return [`${[sent + answered, ...firewalls].join('; ')}.`]
  })
}

function watching({ components, replications, faults }: Result): string[] {
  return Object.entries(components).flatMap(([name, { kind, extra }]) => {
    if (kind !== 'monitor' || extra === undefined) return []
    const { outages, noticed, false_alarms, time_to_detect_s, qps_logged, qps_real } = extra
    const told: string[] = []
    const happened = outages?.value ?? 0
    const per = replications > 1 ? ' a run' : ''
    if (happened > 0) {
      const seen = noticed?.value ?? 0
      const after =
        time_to_detect_s?.value != null ? `, ${plusMinus(time_to_detect_s, digits)} s after they began` : ''
      const many = `${digits(happened)} outage${happened === 1 ? '' : 's'}${per}`
      told.push(`${name} noticed ${seen === 0 ? 'none' : digits(seen)} of ${many}${after}`)
    } else if (faults.length > 0) {
      told.push(`${name} saw no outage: every process that it watches was up`)
    }
    const wrong = false_alarms?.value ?? 0
    if (wrong > 0) told.push(`${digits(wrong)} false alarm${wrong === 1 ? '' : 's'}${per}`)
    if (qps_logged?.value != null && qps_real?.value != null)
      told.push(
        `${told.length > 0 ? 'it' : name} read ${digits(qps_logged.value)} QPS from the access logs, where visitors asked ${digits(qps_real.value)}`,
      )
    return told.length > 0 ? [`${told.join('; ')}.`] : []
  })
}
