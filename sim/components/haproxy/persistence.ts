import * as z from 'zod'
import { shown } from '../../options/shown.js'
import { text } from '../../options/texts.js'
import type { Cookie } from '../../parts/cookies.js'
import type { Request } from '../../parts/request.js'
import type { Server } from '../balance/server.js'

const EXPECTED = 'expected the name of a cookie and insert, such as SERVERID insert indirect nocache'
/** What changes nothing of who goes where: nobody but HAProxy sets the cookie, and no cache stands before it. */
const IDLE = ['indirect', 'nocache', 'httponly', 'secure', 'preserve']
const REFUSED: Readonly<Record<string, string>> = {
  rewrite: 'the application sets no cookie here: expected insert',
  prefix: 'the application sets no cookie here: expected insert',
  postonly: 'which requests are POST is not known here',
  dynamic: 'expected cookie: of each server instead',
  maxidle: 'cookies do not expire here',
  maxlife: 'cookies do not expire here',
}

/** `cookie SERVERID insert ...`: its name. */
export const cookieInsert = () =>
  text(EXPECTED)
    .transform((given, ctx): string => {
      const [name, ...words] = given.trim().split(/\s+/)
      const refused = words.find((word) => Object.hasOwn(REFUSED, word))
      const strange = words.find((word) => word !== 'insert' && !IDLE.includes(word))
      if (refused === undefined && strange === undefined && words.includes('insert')) return name!
      ctx.addIssue({
        code: 'custom',
        message:
          refused !== undefined ? `${refused}: ${REFUSED[refused]}` : `${EXPECTED}, not ${shown(given)}`,
      })
      return z.NEVER
    })
    .meta({ type: 'NAME insert' })

/** `cookie` of a server. */
export const cookieValue = () =>
  z
    .union([text(), z.number()], { error: ({ input }) => `expected a value, not ${shown(input)}` })
    .transform(String)
    .meta({ type: 'value' })

/**
 * `cookie NAME insert`: who has been answered by a server comes back to it, as long as that is up, be it full (he waits at
 * it), out of balancing (weight 0, drained) or a backup. Whom another has answered gets that one's cookie, and does not
 * go back; one without a cookie of its own takes it away.
 *
 * Source: HAProxy 2.6, http_ana.c (manage_client_side_cookies, http_process_res_common), configuration manual
 * ("cookie"); measured on 2.6.12.
 */
export class Persistence {
  private readonly values = new Map<Server, string>()

  /** @param runs whether a server is up as far as HAProxy knows */
  constructor(
    private readonly cookie: Cookie,
    private readonly runs: (server: Server) => boolean,
  ) {}

  /** In the order of the servers, of which several may have one value. */
  add(server: Server, value: string): void {
    this.values.set(server, value)
  }

  /** The server that the cookie of `request` names, and that is up; null: there is none. */
  serverOf(request: Request): Server | null {
    const value = this.cookie.of(request)
    if (value === undefined) return null
    for (const [server, own] of this.values) if (own === value && this.runs(server)) return server
    return null
  }

  /** `server` has answered `request`, which did not name it. */
  answered(request: Request, server: Server): void {
    this.cookie.set(request, this.values.get(server) ?? null)
  }
}
