import { notes } from '../../parts/notes.js'
import type { Request } from '../../parts/request.js'

/** What a client asks for; none is said by who knows no Redis: then the request class does. */
export const Command = { byClass: 0, get: 1, set: 2, del: 3, getOrLease: 4 } as const
export type Command = (typeof Command)[keyof typeof Command]

/** What a GET found. */
export const Found = { nothing: 0, it: 1, lease: 2 } as const
export type Found = (typeof Found)[keyof typeof Found]

/**
 * What stands on a request to a Redis, from before it is sent until its answer is read; `value`: what a SET stores, or a
 * GET finds, as who stores it numbers it: 0 where he does not.
 */
export const command = notes({ asks: 'note1', found: 'note2', value: 'note3' })

/** Says what `request`, which is to be sent to a Redis, asks for. */
export function asks(request: Request, what: Command, value = 0): void {
  request[command.asks] = what
  request[command.value] = value
}

/** What `answer` to a GET says: `lease` is that another has the lease of what is not there. */
export const foundBy = (answer: Request): Found => answer[command.found] as Found

/** What `answer` to a GET that found something has. */
export const valueIn = (answer: Request): number => answer[command.value]
