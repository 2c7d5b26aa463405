import { listed, timeSaid } from '../../options/spell.js'
import type { Neighbour } from '../../parts/kind.js'
import type { Telling } from '../telling.js'
import { named, peersOf } from './clustered.js'
import type { monitor } from './monitor.js'
import type { RuleOptions } from './rules.js'

type Self = Parameters<Telling<typeof monitor>>[0]

/** Whom it watches, when it alerts, and who does so without it. */
export const monitorTold: Telling<typeof monitor> = (self, { all }) => {
  const { targets, scrape_interval, for: lasting, evaluation_interval, rules } = self.options
  const peers = peersOf(self, all)
  return [
    `looks every ${timeSaid(scrape_interval)} at ${listed(targets.map(({ name }) => name))}`,
    `alerts when one was gone ${lasting > 0 ? `for ${timeSaid(lasting)}` : 'at a look'}, as it finds out every ${timeSaid(evaluation_interval)}`,
    ...rules.map(ruled),
    ...(peers.length > 0 ? [`is a cluster with ${listed(peers)}: people are told once, by one of them`] : []),
    `answers no visitor: ${without(self, all)}`,
  ]
}

/** What one of its rules waits for. */
const ruled = ({ alert, expr, range, for: lasting, targets }: RuleOptions): string =>
  [
    `alerts of ${alert} when ${expr.says}`,
    ...(expr.isCounted ? [` over ${timeSaid(range)}`] : []),
    ...(targets === undefined ? [] : [` at ${listed(targets.map(({ name }) => name))}`]),
    ...(lasting > 0 ? [`, for ${timeSaid(lasting)}`] : []),
  ].join('')

/** Who tells people where it does not. */
function without({ name, kind, options }: Self, all: readonly Neighbour[]): string {
  const others = all.filter((one) => one.kind === kind && one.name !== name)
  const watching = (target: string) =>
    others.filter(({ options }) => named(options.targets).includes(target)).map((one) => one.name)
  const targets = named(options.targets)
  const left = [...new Set(targets.flatMap(watching))]
  const unwatched = targets.filter((target) => watching(target).length === 0)
  if (left.length === 0) return 'without it nobody is told'
  const still = `without it there is still ${listed(left)}`
  return unwatched.length === 0 ? still : `${still}, but nobody is told of ${listed(unwatched)}`
}
