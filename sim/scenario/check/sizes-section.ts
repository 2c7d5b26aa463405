import * as z from 'zod'
import { hint } from '../../options/nearest.js'
import { sizeLaw } from '../../options/types.js'
import { Constant } from '../../random/distribution.js'
import type { Document } from '../document.js'
import type { SizesSpec } from '../scenario.js'
import type { Known } from './known.js'
import { parseNaming } from './naming.js'
import type { Given } from './top.js'

/** What `sizes:` can say of a request class. */
export const sizeOptions = z.strictObject({
  request: sizeLaw().optional().describe('of a request, with its headers and body; default nothing'),
  answer: sizeLaw().optional().describe('of an answer that is ok, with its headers; default nothing'),
})

/**
 * Gives the sizes of all request classes; null where nothing has one. What is not said of a class is as in `default`.
 * @param classes that are asked for; null where some users are broken in themselves, and may ask for any
 */
export function checkSizes(
  document: Document,
  given: Given,
  known: Known,
  classes: readonly string[] | null,
): SizesSpec | null {
  const all = new Map(
    Object.entries(given.sizes).map(([name, value]) => {
      const at = ['sizes', name]
      if (classes !== null && name !== 'default' && !classes.includes(name))
        document.complain(
          at,
          `no users ask for the request class "${name}"${hint(name, [...classes, 'default'])}`,
        )
      return [name, parseNaming(document, sizeOptions, value, at, known)] as const
    }),
  )
  if (all.size === 0) return null
  const of = (what: 'request' | 'answer') =>
    (classes ?? []).map((name) => all.get(name)?.[what] ?? all.get('default')?.[what] ?? new Constant(0))
  return { request: of('request'), answer: of('answer') }
}
