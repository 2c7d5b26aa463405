import { listed } from '../../options/spell.js'
import { refsIn } from '../../options/walk.js'
import type { Neighbour } from '../../parts/kind.js'
import { LIKE, MINDFUL } from '../autoscaler/autoscaler-misfits.js'
import { type DeploymentOptions, sparesOf, surgeOf } from './deployment-options.js'

type Self = Neighbour<DeploymentOptions>
interface Misfit {
  path: readonly (string | number)[]
  message: string
}

/** What of the options does not fit together, or not with what stands around the servers. */
export function misfitsOf(self: Self, all: readonly Neighbour[]): Misfit[] {
  const own = [...ofStrategy(self.options), ...repeated(self)]
  return own.length > 0
    ? own
    : [...ofKinds(self, all), ...ofHosts(self, all), ...ofOthers(self, all), ...ofCallers(self, all)]
}

function ofStrategy(options: DeploymentOptions): Misfit[] {
  const { strategy, targets, steps, max_surge, max_unavailable, restarts, version } = options
  const spares = sparesOf(options)
  const bounds = ['max_surge', 'max_unavailable'] as const
  if (!restarts && version.crash !== undefined)
    return [
      { path: ['version', 'crash'], message: 'is of a process that is started: restarts: off starts none' },
    ]
  if (strategy === 'blue_green' && spares !== targets.length)
    return [
      {
        path: ['spares'],
        message: `expected as many as targets: has (${targets.length}), which blue_green switches to`,
      },
    ]
  if (strategy === 'recreate' && spares > 0)
    return [{ path: ['spares'], message: 'are for max_surge, or blue_green: recreate uses none' }]
  if (strategy === 'canary' && steps === undefined)
    return [{ path: ['strategy'], message: 'canary needs steps: [{ set_weight: 25%, pause: 10min }]' }]
  if (strategy !== 'canary' && steps !== undefined)
    return [{ path: ['steps'], message: 'are those of strategy: canary' }]
  if (strategy === 'recreate' || strategy === 'blue_green')
    return bounds.flatMap((path) =>
      options[path] === undefined
        ? []
        : [{ path: [path], message: `${strategy} has no such bound: rolling_update and canary have` }],
    )
  if (max_surge !== undefined && surgeOf(options) > spares)
    return [{ path: ['max_surge'], message: `expected no more than spares: has (${spares})` }]
  if (max_surge === undefined && spares > surgeOf(options))
    return [
      { path: ['spares'], message: `has more than max_surge: says (25%, which is ${surgeOf(options)})` },
    ]
  const none =
    max_unavailable !== undefined &&
    ('count' in max_unavailable ? max_unavailable.count : max_unavailable.share) === 0
  if (none && surgeOf(options) * spares === 0)
    return [
      { path: ['max_unavailable'], message: 'cannot be 0 where max_surge: is 0: there is no way to begin' },
    ]
  if (!restarts && spares > 0)
    return [{ path: ['restarts'], message: 'off changes files where they are: leave out spares:' }]
  return []
}

const serversOf = ({
  options: { targets, spares = [] },
}: Self): { name: string; path: (string | number)[] }[] => [
  ...targets.map(({ name }, i) => ({ name, path: ['targets', i] })),
  ...spares.map(({ name }, i) => ({ name, path: ['spares', i] })),
]

/** Complains of those servers of which `why` says something. */
const each = (self: Self, why: (name: string, place: number) => string | null): Misfit[] =>
  serversOf(self).flatMap(({ name, path }, i) => {
    const message = why(name, i)
    return message === null ? [] : [{ path, message }]
  })

function repeated(self: Self): Misfit[] {
  const names = serversOf(self).map(({ name }) => name)
  return each(self, (name, i) => (names.indexOf(name) < i ? `${name} is named twice` : null))
}

function ofKinds(self: Self, all: readonly Neighbour[]): Misfit[] {
  const kindOf = (name: string) => all.find((one) => one.name === name)?.kind
  const first = kindOf(self.options.targets[0]!.name)
  return each(self, (name) => {
    const kind = kindOf(name)
    if (kind === undefined || first === undefined) return null
    if (!LIKE.includes(kind)) return `expected a ${listed(LIKE, 'or')}: ${name} is a ${kind}`
    return kind === first ? null : `expected a ${first}, as the first: servers of one deployment are alike`
  })
}

/** What runs on the machine of a server that is not always there would not be there either. */
function ofHosts(self: Self, all: readonly Neighbour[]): Misfit[] {
  const spares = (self.options.spares ?? []).map(({ name }) => name)
  return each(self, (name) => {
    const host = all.find((one) => one.name === name)?.host
    if (!spares.includes(name) || host === undefined || host === null) return null
    const other = all.find((one) => one.name !== name && one.host === host)
    return other === undefined ? null : `${other.name} is on its host: a spare has its machine to itself`
  })
}

/** Servers that two say what they are to have, or whether they are there. */
function ofOthers(self: Self, all: readonly Neighbour[]): Misfit[] {
  const others = all.filter(({ name, options }) => name !== self.name && 'targets' in options)
  return each(self, (name) => {
    const other = others.find((one) =>
      refsIn(one.options).some((ref) => ref.name === name && ref.role !== 'serves'),
    )
    return other === undefined ? null : `${name} comes and goes as ${other.name} says`
  })
}

/** Who asks, or watches, what is not always there. */
function ofCallers(self: Self, all: readonly Neighbour[]): Misfit[] {
  const spares = (self.options.spares ?? []).map(({ name }) => name)
  return each(self, (name) => {
    const caller = all.find(
      (one) =>
        spares.includes(name) &&
        one.name !== self.name &&
        !MINDFUL.includes(one.kind) &&
        refsIn(one.options).some((ref) => ref.name === name),
    )
    return caller === undefined
      ? null
      : `${name} is not always there, and ${caller.name} does not mind: only a ${listed(MINDFUL, 'or')} may name it`
  })
}
