import * as z from 'zod'
import { shown } from '../../options/shown.js'
import { text } from '../../options/texts.js'
import { Outcome, outcomeOfStatus } from '../../parts/outcome.js'

/** What HAProxy does with a request that it passes on to nobody. */
export interface Answer {
  readonly action: 'answer' | 'tarpit' | 'silent-drop'
  readonly outcome: Outcome
  /** As it is told: `403`. */
  readonly status: number
}

interface Form {
  readonly says: RegExp
  readonly action: Answer['action']
  /** Status where none is said. */
  readonly usual: number
  readonly allowed: RegExp
}

/** HAProxy 2.6, configuration manual, http-request: the statuses that `errorfile` knows, and those of redirections. */
export const ERRORS = /^(?:400|401|403|404|410|429|500|502|503|504)$/
const FORMS: readonly Form[] = [
  { says: /^deny(?:\s+(?:deny_)?status\s+(\d+))?$/, action: 'answer', usual: 403, allowed: ERRORS },
  {
    says: /^return(?:\s+status\s+(\d+))?$/,
    action: 'answer',
    usual: 200,
    allowed: /^(?:2\d\d|400|401|403|404|410|429|500|502|503|504)$/,
  },
  {
    says: /^redirect(?:\s+(?:location|prefix)\s+\S+)?(?:\s+code\s+(\d+))?$/,
    action: 'answer',
    usual: 302,
    allowed: /^30[12378]$/,
  },
  { says: /^tarpit(?:\s+(?:deny_)?status\s+(\d+))?$/, action: 'tarpit', usual: 500, allowed: ERRORS },
]
const SILENT: Answer = { action: 'silent-drop', outcome: Outcome.dropped, status: 0 }

const EXPECTED =
  'expected deny, deny deny_status 429, return status 200, redirect code 301, silent-drop or tarpit'

/** An action of `http-request`, in HAProxy's words. */
export const httpRequest = () =>
  text(EXPECTED).transform((given, ctx): Answer => {
    const said = given.trim()
    if (said === 'silent-drop') return SILENT
    for (const { says, action, usual, allowed } of FORMS) {
      const found = says.exec(said)
      if (found === null) continue
      const status = found[1] ?? String(usual)
      const outcome = outcomeOfStatus(Number(status))
      if (allowed.test(status) && outcome !== null) return { action, outcome, status: Number(status) }
    }
    ctx.addIssue({ code: 'custom', message: `${EXPECTED}, not ${shown(given)}` })
    return z.NEVER
  })
