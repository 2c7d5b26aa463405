import { timeSaid } from '../../options/spell.js'
import { refsIn } from '../../options/walk.js'
import type { Neighbour } from '../../parts/kind.js'
import { unrecorded } from '../unrecorded.js'
import type { RuleOptions } from './rules.js'

interface Self extends Neighbour {
  readonly options: {
    readonly targets: readonly { readonly name: string }[]
    readonly scrape_interval: number
    readonly rules: readonly RuleOptions[]
  } & Record<string, unknown>
}

/** A counter has a rate from two samples on. */
const SAMPLES = 2

/** What of the rules of a monitor could never fire, or is about what it does not watch. */
export function ruleMisfits({ options }: Self, all: readonly Neighbour[]) {
  const { rules, scrape_interval } = options
  const watched = options.targets.map(({ name }) => name)
  const replicas = new Set(
    all.flatMap((one) => refsIn(one.options).flatMap(({ name, role }) => (role === 'copies' ? [name] : []))),
  )
  return rules.flatMap(({ alert, expr, range, targets, page }, i) => {
    const problem = (option: string, message: string) => ({ path: ['rules', i, option], message })
    const about = (targets?.map(({ name }) => name) ?? watched).filter((name) => watched.includes(name))
    return [
      ...(rules.findIndex((other) => other.alert === alert) < i
        ? [problem('alert', 'is the name of another rule')]
        : []),
      ...(targets ?? []).flatMap(({ name }) =>
        watched.includes(name) ? [] : [problem('targets', `${name} is none of the targets of the monitor`)],
      ),
      ...(expr.isCounted && range < SAMPLES * scrape_interval
        ? [problem('range', `expected at least two scrape_intervals, ${timeSaid(SAMPLES * scrape_interval)}`)]
        : []),
      ...(expr.isProbed && page?.names.length !== 1
        ? [problem('expr', 'expected page: beside it, the one request class that is asked for')]
        : []),
      ...(!expr.isProbed && page !== undefined
        ? [problem('page', 'is for probe_success and certificate_expiry: no other rule asks for a page')]
        : []),
      ...(page?.names ?? []).flatMap((name) =>
        about.flatMap((one) =>
          [...unrecorded(one, name, all)].map((server) =>
            problem(
              'page',
              `${server} takes as long for ${name} as is recorded of each visitor: of a probe nothing is`,
            ),
          ),
        ),
      ),
      ...(expr.signal === 'certificate_expiry'
        ? about
            .filter((name) => all.some((one) => one.name === name && !one.options.tls))
            .map((name) => problem('expr', `${name} ends no TLS (no tls: option)`))
        : []),
      ...(expr.signal === 'disk_free'
        ? about
            .filter((name) => all.some((one) => one.name === name && one.hasDisk !== true))
            .map((name) => problem('expr', `nothing is said of the disk of ${name} (disk_size: of its host)`))
        : []),
      ...(expr.signal === 'lag' && !about.some((name) => replicas.has(name))
        ? [problem('expr', 'none of its targets is a replica')]
        : []),
    ]
  })
}
