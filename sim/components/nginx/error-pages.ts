import * as z from 'zod'
import { shown } from '../../options/shown.js'
import { mapOf, text } from '../../options/texts.js'
import { flag } from '../../options/types.js'
import { Outcome, outcomeNames, outcomeOfStatus } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'

/** What stands in for an answer that is an error. */
export interface Page {
  /** The upstream that is asked instead; null: a page of nginx, or a redirection. */
  readonly upstream: string | null
  /** What the visitor is told: 'same' is the error, 'theirs' what whoever was asked instead answers. */
  readonly told: Outcome | 'same' | 'theirs'
}

const PAGE = /^(?:=\s*(\d{3})?\s+)?(?:@(\S+)|(\/\S*|https?:\/\/\S+))$/
const EXPECTED =
  'expected = @ and the name of one of upstreams:, or a status and a page: =200 /sorry.html, https://example.com/'

/** The end of a line of error_page, in nginx's words. */
const page = () =>
  text(EXPECTED).transform((given, ctx): Page => {
    const said = given.trim()
    const found = PAGE.exec(said)
    const [, status, upstream = null, place = ''] = found ?? []
    const outcome = status === undefined ? null : outcomeOfStatus(Number(status))
    if (found === null || (status !== undefined && outcome === null)) {
      ctx.addIssue({ code: 'custom', message: `${EXPECTED}, not ${shown(given)}` })
      return z.NEVER
    }
    const equals = said.startsWith('=')
    if (upstream !== null) return { upstream, told: outcome ?? (equals ? 'theirs' : 'same') }
    if (!equals && place.startsWith('/'))
      ctx.addIssue({
        code: 'custom',
        message: `${shown(given)} changes what stands on the page, and not that it failed: leave it out, or say =200 ${place}`,
      })
    return { upstream: null, told: outcome ?? Outcome.ok }
  })

/** How a request ends that a line of error_page is about; null where nobody answers so. */
function errorOf(status: string): Outcome | null {
  const outcome = /^[45]\d\d$/.test(status) ? outcomeOfStatus(Number(status)) : null
  return outcome === Outcome.ok ? null : outcome
}

const statusesIn = (key: string): readonly string[] => key.trim().split(/\s+/)
const KNOWN = outcomeNames.filter((name) => errorOf(name) !== null)

export const errorPageOptions = {
  error_page: mapOf(page(), 'expected a map from statuses to what stands in, such as { 502 504: = @spare }')
    .superRefine((pages, ctx) => {
      for (const key of Object.keys(pages))
        for (const status of statusesIn(key))
          if (errorOf(status) === null)
            ctx.addIssue({
              code: 'custom',
              path: [key],
              message: `nobody answers ${shown(status)}: expected some of ${KNOWN.join(', ')}`,
            })
    })
    .optional()
    .meta({ type: 'pages by status' })
    .describe(
      'what stands in for an error: = @NAME asks one of upstreams: (without = its answer has the status of the error), =200 /sorry.html is a page of nginx, of hardly any size',
    ),
  proxy_intercept_errors: flag()
    .prefault('off')
    .describe('error_page: is also for errors that servers answer, and not for those of nginx alone'),
  recursive_error_pages: flag()
    .prefault('off')
    .describe('error_page: is also for errors of whoever was asked instead, up to 10 times'),
} as const

/** Those of `error_page` that are known by a status, in order: the first one counts. */
export function pageFor(pages: Readonly<Record<string, Page>>, status: string): Page | undefined {
  return Object.entries(pages).find(([key]) => statusesIn(key).includes(status))?.[1]
}

/** Who is asked instead, because of which error, and how many were before. */
interface Fallen {
  readonly page: Page
  readonly error: Outcome
  readonly before: number
}

/** Internal redirections of a request (NGX_HTTP_MAX_URI_CHANGES); the next one is 500. */
const MOST = 10

/**
 * `error_page`, and those requests for which another upstream is asked.
 * Sources: nginx.org, ngx_http_core_module (error_page), ngx_http_proxy_module (proxy_intercept_errors).
 */
export class ErrorPages {
  /** Answers that something stood in for, of the measured span. */
  replaced = 0
  private readonly pages: readonly (Page | null)[]
  private readonly fallen = new Map<Request, Fallen>()

  /** @param names upstreams, the usual one left out */
  constructor(
    pages: Readonly<Record<string, Page>>,
    private readonly options: { proxy_intercept_errors: boolean; recursive_error_pages: boolean },
    private readonly names: readonly string[],
  ) {
    this.pages = outcomeNames.map((name) => (errorOf(name) === null ? null : (pageFor(pages, name) ?? null)))
  }

  /** The place of the upstream that `request` goes to instead of its own; undefined where it goes there. */
  routeOf(request: Request): number | undefined {
    const upstream = this.fallen.get(request)?.page.upstream
    return upstream == null ? undefined : 1 + this.names.indexOf(upstream)
  }

  /**
   * What becomes of `request`; null where another upstream is to be asked.
   * @param theirs whether a server has answered so
   */
  instead(request: Request, outcome: Outcome, theirs: boolean): Outcome | null {
    const fallen = this.fallen.get(request)
    const page = theirs && !this.options.proxy_intercept_errors ? null : this.pages[outcome]!
    if (fallen !== undefined) this.fallen.delete(request)
    if (page === null || (fallen !== undefined && !this.options.recursive_error_pages))
      return fallen === undefined || !theirs || page !== null ? outcome : this.toldOf(fallen, outcome)
    if (fallen === undefined) this.replaced++
    if (page.upstream !== null) {
      const before = fallen === undefined ? 0 : fallen.before + 1
      if (before === MOST) return Outcome.internalError
      this.fallen.set(request, { page, error: outcome, before })
      return null
    }
    if (page.told === Outcome.ok) request.packed = ALL
    return page.told as Outcome
  }

  private toldOf({ page: { told }, error }: Fallen, outcome: Outcome): Outcome {
    if (told === 'theirs') return outcome
    return told === 'same' ? error : told
  }

  /** Whether a good answer to `request` has the status of an error. */
  isError(request: Request): boolean {
    const fallen = this.fallen.get(request)
    return fallen !== undefined && this.toldOf(fallen, Outcome.ok) !== Outcome.ok
  }

  /** Whether another upstream is asked for `request`. */
  asks(request: Request): boolean {
    return this.fallen.has(request)
  }

  /** It is given up. Returns whether another upstream was asked for it. */
  forget(request: Request): boolean {
    return this.fallen.delete(request)
  }

  clear(): void {
    this.fallen.clear()
  }

  restart(): void {
    this.replaced = 0
  }
}

/** Millionths of an answer that are not sent: a page of an error is a packet. */
const ALL = 1_000_000
