import { faster } from '../../traffic/arrivals/faster.js'
import type { Document } from '../document.js'
import { isRecorded, type Overrides, type Scenario, type UsersSpec } from '../scenario.js'

/** Open users as if they came `load` times as often; attackers and closed users as they are. */
export function underLoad(
  document: Document,
  users: readonly UsersSpec[],
  load: number | undefined,
): readonly UsersSpec[] {
  if (load === undefined || load === 1) return users
  return users.map((one): UsersSpec => {
    if (one.malicious || !('open' in one.arrive)) return one
    if (isRecorded(one)) {
      document.complain(['users', one.name, 'arrive'], RECORDED)
      return one
    }
    return { ...one, arrive: { open: faster(one.arrive.open, load) } }
  })
}

export const RECORDED = 'is a recording: who came when is known, and cannot come more often'

/** What is dead from the start: hosts, or components. */
export function checkLost(
  document: Document,
  { hosts, order }: Pick<Scenario, 'hosts' | 'order'>,
  { lost = [] }: Overrides,
): readonly string[] {
  for (const name of lost) {
    if (!order.includes(name) && !hosts.some((host) => host.name === name))
      document.complain([], `there is no host and no component "${name}" that could be lost`)
  }
  return lost
}
