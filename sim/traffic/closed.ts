import { parseLaw } from '../options/law.js'
import type { Signature } from '../options/signature.js'
import { parseNumber, Unreadable } from '../options/units.js'
import type { Distribution } from '../random/distribution.js'

/** `closed(users, think)`: a fixed population, each of whom asks again after the answer and a pause. */
export const closed: Signature<{ users: number; think: Distribution }> = {
  name: 'closed',
  says: 'a fixed number of users who wait for the answer and think before they ask again',
  parameters: [
    {
      name: 'users',
      unit: 'count',
      read: (text) => {
        const n = parseNumber(text)
        if (!(Number.isInteger(n) && n >= 1 && n <= 1e6))
          throw new Unreadable(`a number of users, 1 to 1M, not ${text}`)
        return n
      },
    },
    { name: 'think', unit: 'law', fallback: '0s', read: (text, files) => parseLaw(text, files) },
  ],
  make: (users: number, think: Distribution) => ({ users, think }),
}
