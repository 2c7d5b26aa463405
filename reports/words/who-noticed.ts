import type { FaultResult, Result } from '../../sim/experiments/result.js'
import { negative, plusMinus } from './numbers.js'

/** A table in words: a row for each fault. */
interface NoticeTable {
  readonly head: string[]
  readonly rows: string[][]
}

/**
 * Who told people of each fault: who was first, and of each how long after the strike; null where no more than one could,
 * or nothing struck.
 */
export function noticeTable({
  faults,
  replications,
}: Pick<Result, 'faults' | 'replications'>): NoticeTable | null {
  const noticed = faults.flatMap((fault) => (fault.noticed ? [{ fault, notices: fault.noticed }] : []))
  if (noticed.length === 0) return null
  const names = noticed[0]!.notices.map(({ component }) => component).sort()
  return {
    head: ['who noticed', 'first', ...names.map((name) => `${name}, s`)],
    rows: noticed.map(({ fault, notices }) => [
      saidOnce(fault, faults),
      notices[0]!.after_s.value === null ? 'nobody' : notices[0]!.component,
      ...names.map((name) => {
        const { after_s, replications: of } = notices.find(({ component }) => component === name)!
        if (after_s.value === null) return 'never'
        const said = after_s.value < 0 ? `${plusMinus(negative(after_s))} before` : plusMinus(after_s)
        return of < replications ? `${said} (${of} of ${replications})` : said
      }),
    ]),
  }
}

/** Of two faults that are called the same, when each struck. */
function saidOnce({ fault, strikes }: FaultResult, all: readonly FaultResult[]): string {
  const twice = all.filter((one) => one.fault === fault).length > 1
  return twice && strikes[0] !== undefined ? `${fault} at ${Math.round(strikes[0].from_s)} s` : fault
}
