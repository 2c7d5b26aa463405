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
    ...received(self.options),
    ...(peers.length > 0 ? [`is a cluster with ${listed(peers)}: people are told once, by one of them`] : []),
    ...(self.options.watchdog === undefined
      ? []
      : [
          `is missed itself when its watchdog has not come for ${timeSaid(self.options.watchdog.timeout)}, as somebody elsewhere tells then`,
        ]),
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

/** Who is told of what, and how late each reads it. */
function received({ receivers, route, severity }: Self['options']): string[] {
  if (receivers === undefined) return []
  const of = (name: string | undefined) => {
    const { mean } = receivers.find((one) => one.name === name)!.delay
    return mean > 0
      ? `${name}, which is read ${timeSaid(mean)} later in the mean`
      : `${name}, which is read at once`
  }
  const root = route?.receiver ?? receivers[0]!.name
  const own = (route?.routes ?? []).map(
    ({ matchers, receiver = root, continue: on }) =>
      `tells of ${matchers.length > 0 ? `what has ${listed(matchers.map(({ says }) => says))}` : 'all'} by ${of(receiver)}${on ? ', and goes on to the next route' : ''}`,
  )
  const named =
    severity === undefined ? [] : [`gives the alert of a target that is gone the severity ${severity}`]
  return [
    ...named,
    ...own,
    `tells of ${own.length > 0 ? 'what none of its routes takes' : 'all'} by ${of(root)}`,
  ]
}

/** Who tells people where it does not. */
function without({ name, kind, options }: Self, all: readonly Neighbour[]): string {
  const others = all.filter((one) => one.kind === kind && one.name !== name)
  const watching = (target: string) =>
    others.filter(({ options }) => named(options.targets).includes(target)).map((one) => one.name)
  const targets = named(options.targets)
  const left = [...new Set(targets.flatMap(watching))]
  const unwatched = targets.filter((target) => watching(target).length === 0)
  if (left.length === 0)
    return options.watchdog === undefined
      ? 'without it nobody is told'
      : 'without it people are told of that, and of nothing else'
  const still = `without it there is still ${listed(left)}`
  return unwatched.length === 0 ? still : `${still}, but nobody is told of ${listed(unwatched)}`
}
