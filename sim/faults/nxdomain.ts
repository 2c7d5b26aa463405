import * as z from 'zod'
import { faultKind } from './fault.js'

/**
 * The name is gone from its zone, as after a change that went wrong or a registration that ran out: name servers answer
 * that there is no such name. Resolvers that ask meanwhile keep that for `negative_ttl` of the dns (RFC 2308), though the
 * name may be back before.
 */
export const nxdomain = faultKind({
  kind: 'nxdomain',
  says: 'a name is gone from its zone: who asks is told that it does not exist, and remembers it',
  targets: ['component'],
  strikesNames: true,
  isRemembered: () => true,
  example: '{ kind: nxdomain, target: dns, at: 5min, for: 1min }',
  options: z.strictObject({}),
  fits: (aims) => {
    const other = aims.find(({ components }) => !components.some(({ kind }) => kind.names === true))
    return other ? ['target', `${other.name} is no name (kind: dns)`] : null
  },
  steps: ([target], _options, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.components.flatMap(({ registered }) =>
        registered === null ? [] : [{ dial: registered, by: 0 }],
      ),
    },
  ],
})
