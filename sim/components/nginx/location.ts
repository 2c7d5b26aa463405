import * as z from 'zod'
import { shown } from '../../options/shown.js'
import { text } from '../../options/texts.js'
import { Outcome, outcomeOfStatus } from '../../parts/outcome.js'

/** What nginx does with the requests of a location: passes them on to an upstream, or answers at once. */
export type Location = { readonly upstream: string } | { readonly outcome: Outcome; readonly status: number }

const PASS = /^proxy_pass\s+(?:https?:\/\/)?([^\s/]+)\/?$/
const RETURN = /^return\s+(\d{3})(?:\s+\S.*)?$/
const EXPECTED = 'expected proxy_pass and the name of one of upstreams:, or return and a status: return 403'

/** nginx closes the connection without an answer (ngx_http_rewrite_module). */
export const CLOSED = 444

/** How a request ends that nginx answers with `status`; null where nobody does. */
export const outcomeOf = (status: number): Outcome | null =>
  status === CLOSED ? Outcome.reset : outcomeOfStatus(status)

/** A directive of a location, in nginx's words. */
export const location = () =>
  text(EXPECTED).transform((given, ctx): Location => {
    const said = given.trim()
    const passed = PASS.exec(said)
    if (passed !== null) return { upstream: passed[1]! }
    const status = Number(RETURN.exec(said)?.[1])
    const outcome = outcomeOf(status)
    if (outcome !== null) return { outcome, status }
    ctx.addIssue({ code: 'custom', message: `${EXPECTED}, not ${shown(given)}` })
    return z.NEVER
  })
