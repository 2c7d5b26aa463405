import * as z from 'zod'
import { shown } from '../../options/shown.js'
import { text } from '../../options/texts.js'
import { Outcome, outcomeOfStatus } from '../../parts/outcome.js'

/** HAProxy 2.6, configuration manual, retry-on. */
const STATUSES = ['401', '403', '404', '408', '425', '500', '501', '502', '503', '504']
/** What happens to nobody here: no server answers so, answers come as they should, and TLS has no early data. */
const IDLE = ['408', '425', '501', 'junk-response', '0rtt-rejected']
const ALL = 'all-retryable-errors'
const WORDS = [
  'none',
  'conn-failure',
  'empty-response',
  'response-timeout',
  ALL,
  ...STATUSES,
  ...IDLE.slice(3),
]
const MEANT = ['conn-failure', 'empty-response', 'response-timeout', '500', '502', '503', '504']

/** The bytes of a request that HAProxy keeps to send it again: tune.bufsize less tune.maxrewrite. */
export const KEPT_BYTES = 16384 - 1024

/** After which failures a request is sent again. */
export interface RetryOn {
  /** No connection was made. */
  readonly connections: boolean
  /** The server has taken the request, and does not answer in time. */
  readonly timeouts: boolean
  /** The server has taken the request, and this is what came of it: a closed connection, or an answer. */
  readonly outcomes: readonly Outcome[]
}

const EXPECTED = `expected words of retry-on (${WORDS.join(', ')}), such as conn-failure 503`

/** `retry-on`. */
export const retryOn = () =>
  z
    .union([text(), z.number()], { error: ({ input }) => `${EXPECTED}, not ${shown(input)}` })
    .transform((given, ctx): RetryOn => {
      const words = String(given).trim().split(/\s+/)
      const strange = words.find((word) => !WORDS.includes(word))
      if (strange === undefined && (words.length === 1 || !words.includes('none')))
        return meaning(words.flatMap((word) => (word === ALL ? MEANT : [word])))
      const message =
        strange === undefined ? 'expected none alone, or failures' : `${EXPECTED}, not ${shown(strange)}`
      ctx.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .meta({ type: 'failures' })

const meaning = (words: readonly string[]): RetryOn => ({
  connections: words.includes('conn-failure'),
  timeouts: words.includes('response-timeout'),
  outcomes: [
    ...(words.includes('empty-response') ? [Outcome.reset] : []),
    ...STATUSES.filter((status) => words.includes(status) && !IDLE.includes(status)).map(
      (status) => outcomeOfStatus(Number(status))!,
    ),
  ],
})

/** Whether it sends again what a server has taken already. */
export const repeats = ({ timeouts, outcomes }: RetryOn): boolean => timeouts || outcomes.length > 0

/** `option redispatch`: off is null, on is -1. */
export const redispatch = () =>
  z
    .union([z.boolean(), z.enum(['on', 'off']), z.number().int()], {
      error: ({ input }) => `expected on, off, or an interval in retries such as 1, not ${shown(input)}`,
    })
    .transform((given): number | null => {
      if (typeof given === 'number') return given
      return given === true || given === 'on' ? -1 : null
    })
    .meta({ type: 'on, off or interval' })

/**
 * Whether the retry of that number, from 1 on, goes to another server whatever the algorithm: each N-th, or, for a
 * negative N, so many before the last (-1: the last). For 0 no number does.
 *
 * Source: HAProxy 2.6, stream.h (stream_choose_redispatch): it is the remainder of a division by retries + 1 + N there,
 * so that with many retries several are divided without one. 0 does not forbid what needs no number: the manual says it
 * disables redispatching, and the option is on all the same.
 */
export function isDue(interval: number, retry: number, retries: number): boolean {
  const step = interval < 0 ? retries + 1 + interval : interval
  return step > 0 && retry % step === 0
}
