import * as z from 'zod'
import { snakeCase } from '../../options/nearest.js'
import { text } from '../../options/texts.js'
import { duration, flag, law, oneOrList, period } from '../../options/types.js'
import { Constant, type Distribution } from '../../random/distribution.js'
import { Sum } from '../../random/distributions.js'
import { firstOf } from '../../random/first-of.js'
import { type Labels, type Matcher, matcher } from './matcher.js'

/** Alertmanager: receivers[].name. What lies between a notification and a person stands in no configuration of it. */
export const receiverOptions = z.strictObject({
  name: text('expected the name of a receiver').describe('its name'),
  delay: law()
    .prefault('0s')
    .describe('from a notification until somebody has read it: of mail long, of a pager short'),
})

/** @param wait @param look @param again what each is where it is not said */
const timing = (wait: string, look: string, again: string) => ({
  group_wait: duration().optional().describe(`from the alert to its notification; default ${wait}`),
  group_interval: period()
    .optional()
    .describe(
      `between two looks at what was told: until the next one what is over and comes again is the same; default ${look}`,
    ),
  repeat_interval: period()
    .optional()
    .describe(`after which what lasts is told again, at such a look; default ${again}`),
})
const ABOVE = 'that of the route'

const name = () => text('expected the name of a receiver')

const childOptions = z.strictObject({
  receiver: name().optional().describe('one of the receivers; default that of the route'),
  matchers: oneOrList(matcher(), matcher(), 'expected a list of matchers: [severity = critical]')
    .prefault([])
    .meta({ type: 'matchers' })
    .describe(
      'what an alert must have to go this way: all of severity = critical, != , =~ "a|b", or of alertname',
    ),
  continue: flag().prefault('off').describe('whether the routes behind it are asked too'),
  ...timing(ABOVE, ABOVE, ABOVE),
})

/** Alertmanager: route. Its routes are one level deep here. */
export const routeOptions = z.strictObject({
  receiver: name().describe('who is told of what none of the routes takes'),
  ...timing('group_wait of the monitor', '5min', '4h'),
  routes: z
    .array(childOptions, {
      error: 'expected a list of routes: [{ matchers: [severity = critical], receiver: pager }]',
    })
    .prefault([])
    .meta({ type: 'routes', entry: childOptions })
    .describe('ways of their own; an alert takes the first that fits'),
})

export type ReceiverOptions = z.output<typeof receiverOptions>

interface Given {
  readonly group_wait: number
  readonly receivers?: readonly ReceiverOptions[] | undefined
  readonly route?: z.output<typeof routeOptions> | undefined
}

/** A way that alerts take. All in seconds. */
export interface Route {
  /** Null where nothing is said of receivers: people are told at once. */
  readonly receiver: ReceiverOptions | null
  readonly groupWait: number
  /** 0: an alert that is over is forgotten at once. */
  readonly groupInterval: number
  /** Infinity: people are told once. */
  readonly repeatInterval: number
}

/** Seconds, as Alertmanager has them: `group_interval`, `repeat_interval`. */
const [GROUP_INTERVAL, REPEAT_INTERVAL] = [5 * 60, 4 * 3600]

/** What the alert of `up == 0` is called that every monitor has: as in the examples of Prometheus. */
export const DOWN = 'InstanceDown'

/**
 * The routing tree of Alertmanager (its documentation, Configuration, route): an alert takes the first of the routes
 * whose matchers all fit, and the following too where it says `continue`; where none fits, that of the root. What a
 * route does not say it has from the root, and that has the times that Alertmanager has.
 */
export class Routes {
  /** The root first. */
  readonly all: readonly Route[]
  private readonly children: readonly {
    readonly route: Route
    readonly matchers: readonly Matcher[]
    readonly on: boolean
  }[]

  constructor({ group_wait, receivers = [], route }: Given) {
    const by = (receiver: string | undefined) =>
      receivers.find((one) => one.name === receiver) ?? receivers[0]!
    const root: Route =
      receivers.length === 0
        ? {
            receiver: null,
            groupWait: group_wait,
            groupInterval: 0,
            repeatInterval: Number.POSITIVE_INFINITY,
          }
        : {
            receiver: by(route?.receiver),
            groupWait: route?.group_wait ?? group_wait,
            groupInterval: route?.group_interval ?? GROUP_INTERVAL,
            repeatInterval: route?.repeat_interval ?? REPEAT_INTERVAL,
          }
    this.children = (route?.routes ?? []).map((own) => ({
      matchers: own.matchers,
      on: own.continue,
      route: {
        receiver: own.receiver === undefined ? root.receiver : by(own.receiver),
        groupWait: own.group_wait ?? root.groupWait,
        groupInterval: own.group_interval ?? root.groupInterval,
        repeatInterval: own.repeat_interval ?? root.repeatInterval,
      },
    }))
    this.all = [root, ...this.children.map(({ route }) => route)]
  }

  /** Those that an alert with `labels` takes. */
  of(labels: Labels): readonly Route[] {
    const taken: Route[] = []
    for (const { route, matchers, on } of this.children) {
      if (!matchers.every((one) => one.matches(labels))) continue
      taken.push(route)
      if (!on) break
    }
    return taken.length > 0 ? taken : [this.all[0]!]
  }
}

/** How counts of a receiver begin. */
export const countOf = ({ name }: Pick<ReceiverOptions, 'name'>): string =>
  `by_${snakeCase(name).replace(/[^a-z0-9_]/g, '_')}`

/** From the alert of `up == 0` until the first person has read of it: seconds. */
export function readAfter(options: Given & { readonly severity?: string | undefined }): Distribution {
  const ways = new Routes(options).of({ alertname: DOWN, severity: options.severity ?? '' })
  const all = ways.map(({ groupWait, receiver }) => {
    const delay = receiver?.delay ?? new Constant(0)
    return delay instanceof Constant
      ? new Constant(groupWait + delay.mean)
      : new Sum([new Constant(groupWait), delay])
  })
  return firstOf(all)
}
