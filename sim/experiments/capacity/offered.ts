import { RECORDED } from '../../scenario/check/variation.js'
import { effortOf } from '../../scenario/effort.js'
import type { Problem } from '../../scenario/problem.js'
import { isRecorded, requestsEach, type Scenario, type UsersSpec, warmupOf } from '../../scenario/scenario.js'
import type { Profile } from '../../traffic/profile.js'

type Asked = Pick<Scenario, 'users' | 'lasts' | 'file'>

/** Open users whose requests count: attackers come as often as they come. */
export const isOpen = ({ arrive, malicious }: UsersSpec): boolean => 'open' in arrive && !malicious

/** Those who wait for an answer before they ask again. */
export const isClosed = ({ arrive, malicious }: UsersSpec): boolean => !('open' in arrive) && !malicious

/**
 * Requests a second that open users make together, in the mean over the measured span: what a capacity is told in. Of
 * pages the assets count, too.
 */
export function offeredOf({ users, lasts }: Pick<Asked, 'users' | 'lasts'>): number {
  return users.filter(isOpen).reduce((sum, one) => {
    const { arrive, profile } = one
    const rate = 'open' in arrive ? arrive.open.rate : 0
    return sum + rate * requestsEach(one) * (profile === null ? 1 : meanOf(profile, lasts))
  }, 0)
}

/** What the others ask at most, whatever the rate is: closed users and attackers. Requests a second. */
export function besideOf(scenario: Scenario): number {
  const users = scenario.users.filter((one) => !isOpen(one))
  return effortOf({ ...scenario, users }).requests / (warmupOf(scenario) + scenario.lasts)
}

/** Why a scenario cannot be asked for more or less; none where it can. */
export function unscalable({ users, lasts, file }: Asked): Problem[] {
  const told = (path: string, message: string): Problem[] => [{ file, line: 0, column: 0, path, message }]
  const open = users.filter(isOpen)
  if (open.length === 0)
    return told('users', 'a capacity is a rate, and nobody here comes at one: there are no open users')
  const recorded = open.filter(isRecorded)
  if (recorded.length > 0) return recorded.flatMap(({ name }) => told(`users.${name}.arrive`, RECORDED))
  return offeredOf({ users, lasts }) > 0
    ? []
    : told(
        'users',
        'a capacity is a multiple of what comes, and nobody comes in the measured span (profile:)',
      )
}

/** Whether what comes depends on when: then a run has to be as long as the scenario says. */
export const comesAndGoes = ({ users }: Pick<Scenario, 'users'>): boolean =>
  users.some(({ profile }) => profile !== null)

/** Of straight lines, from the start of the measured span to `end`, seconds. */
function meanOf(profile: Profile, end: number): number {
  let [at, area] = [0, 0]
  while (at < end) {
    const { factor, slope, until } = profile.line(at)
    const to = Math.min(end, until)
    area += (to - at) * (factor + (slope * (to - at)) / 2)
    at = to
  }
  return area / end
}
