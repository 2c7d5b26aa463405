import { refsIn } from '../../options/walk.js'
import type { Neighbour } from '../../parts/count.js'

/** Whether `one` is a tool that looks whether `primary` is dead, to promote a replica. */
export const watchesToPromote = (one: Neighbour, primary: string): boolean =>
  one.options.promote !== undefined &&
  refsIn(one.options.servers).some(({ role, name }) => role === 'watches' && name === primary)

/** Whether it promotes one by itself. */
export const promotes = (one: Neighbour, primary: string): boolean =>
  one.options.auto_failover !== false && watchesToPromote(one, primary)
