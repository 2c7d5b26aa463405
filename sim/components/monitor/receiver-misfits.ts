import type * as z from 'zod'
import { hint } from '../../options/nearest.js'
import type { Neighbour } from '../../parts/kind.js'
import { peersOf } from './clustered.js'
import { countOf, type ReceiverOptions, type routeOptions } from './receivers.js'
import type { RuleOptions } from './rules.js'

interface Options {
  readonly rules: readonly RuleOptions[]
  readonly severity?: string | undefined
  readonly receivers?: readonly ReceiverOptions[] | undefined
  readonly route?: z.output<typeof routeOptions> | undefined
}

interface Self extends Neighbour {
  readonly options: Options & Record<string, unknown>
}

interface Problem {
  readonly path: (string | number)[]
  readonly message: string
}

const problem = (path: (string | number)[], message: string): Problem => ({ path, message })

/** What of the receivers and routes of a monitor leads nowhere, or is asked for by nobody. */
export const receiverMisfits = (self: Self, all: readonly Neighbour[]): Problem[] => [
  ...namesakes(self.options),
  ...nowhere(self.options),
  ...unasked(self.options),
  ...unlike(self, all),
]

const namesakes = ({ receivers = [] }: Options): Problem[] =>
  receivers.flatMap((one, i) =>
    receivers.findIndex((other) => countOf(other) === countOf(one)) < i
      ? [problem(['receivers', i, 'name'], 'is the name of another receiver, or is counted as that')]
      : [],
  )

function nowhere({ receivers = [], route }: Options): Problem[] {
  const names = receivers.map(({ name }) => name)
  if (route === undefined) {
    const several = 'of several receivers it has to say who is told: route: { receiver: mail }'
    return receivers.length > 1 ? [problem(['route'], several)] : []
  }
  if (receivers.length === 0)
    return [problem(['route'], 'there are no receivers: say receivers: [{ name: mail, delay: 10min }]')]
  const unknown = (name: string | undefined, path: (string | number)[]) =>
    name === undefined || names.includes(name)
      ? []
      : [problem([...path, 'receiver'], `there is no such receiver${hint(name, names)}`)]
  const { receiver, routes } = route
  const used = new Set([receiver, ...routes.map((one) => one.receiver)])
  return [
    ...unknown(receiver, ['route']),
    ...routes.flatMap((one, i) => unknown(one.receiver, ['route', 'routes', i])),
    ...names.flatMap((name, i) =>
      used.has(name) ? [] : [problem(['receivers', i, 'name'], 'no route leads to it')],
    ),
  ]
}

/** Severities that no matcher looks at. */
function unasked({ rules, severity, route }: Options): Problem[] {
  const asked = route?.routes.some(({ matchers }) => matchers.some(({ label }) => label === 'severity'))
  if (asked) return []
  const message =
    'no route asks for it: say route: { routes: [{ matchers: [severity = critical], receiver: pager }] }'
  return [
    ...(severity === undefined ? [] : [problem(['severity'], message)]),
    ...rules.flatMap((rule, i) =>
      rule.severity === undefined ? [] : [problem(['rules', i, 'severity'], message)],
    ),
  ]
}

const spelled = ({ receivers, route }: Record<string, unknown>): string =>
  JSON.stringify({ receivers, route })

/** Members of a cluster look into one notification log: what they call the same has to be the same. */
function unlike(self: Self, all: readonly Neighbour[]): Problem[] {
  const other = all.find(
    (one) => peersOf(self, all).includes(one.name) && spelled(one.options) !== spelled(self.options),
  )
  const option = self.options.route === undefined ? 'receivers' : 'route'
  return other === undefined || (self.options.receivers ?? self.options.route) === undefined
    ? []
    : [
        problem(
          [option],
          `differs from that of ${other.name}: members of a cluster have the same receivers and route`,
        ),
      ]
}
