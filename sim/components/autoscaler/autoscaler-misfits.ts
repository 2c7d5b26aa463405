import { listed } from '../../options/spell.js'
import { refsIn } from '../../options/walk.js'
import type { Neighbour } from '../../parts/kind.js'
import { type AutoscalerOptions, mostOf, utilizationOf } from './autoscaler-options.js'

type Self = Neighbour<AutoscalerOptions>
interface Misfit {
  path: readonly (string | number)[]
  message: string
}

/** Kinds that leave out a server which is taken away, and know when it is back. */
export const MINDFUL = ['haproxy', 'nginx', 'nginx_stream']
/** Kinds of which a new one is like those that are there: it keeps no data, and has no part in a cluster. */
export const LIKE = ['service', 'nginx', 'app', 'apache', 'cache']

/** What of the options does not fit together, or not with what stands around the copies. */
export function misfitsOf(self: Self, all: readonly Neighbour[]): Misfit[] {
  const own = [...ofNumbers(self.options), ...repeated(self)]
  if (own.length > 0) return own
  return [...ofKinds(self, all), ...ofHosts(self, all), ...ofOthers(self, all), ...ofCallers(self, all)]
}

const namesOf = ({ options }: Self): string[] => options.targets.map(({ name }) => name)

/** Complains of those targets of which `why` says something. */
const each = (self: Self, why: (name: string, place: number) => string | null): Misfit[] =>
  namesOf(self).flatMap((name, i) => {
    const message = why(name, i)
    return message === null ? [] : [{ path: ['targets', i], message }]
  })

function ofNumbers(options: AutoscalerOptions): Misfit[] {
  const { targets, min_replicas, max_replicas, replicas } = options
  const most = mostOf(options)
  if (max_replicas !== undefined && max_replicas > targets.length)
    return [{ path: ['max_replicas'], message: `expected no more than targets: has (${targets.length})` }]
  if (min_replicas > most)
    return [{ path: ['min_replicas'], message: `expected no more than there are at most (${most})` }]
  if (replicas !== undefined && (replicas < min_replicas || replicas > most))
    return [{ path: ['replicas'], message: `expected a number from ${min_replicas} to ${most}` }]
  return []
}

const repeated = (self: Self): Misfit[] =>
  each(self, (name, i) => (namesOf(self).indexOf(name) < i ? `${name} is named twice` : null))

const isFixed = ({ options }: Self): boolean => options.targets.length === options.min_replicas

function ofKinds(self: Self, all: readonly Neighbour[]): Misfit[] {
  if (isFixed(self)) return []
  const kindOf = (name: string) => all.find((one) => one.name === name)?.kind
  const first = kindOf(namesOf(self)[0]!)
  return each(self, (name) => {
    const kind = kindOf(name)
    if (kind === undefined || first === undefined) return null
    if (!LIKE.includes(kind)) return `expected a ${listed(LIKE, 'or')}: ${name} is a ${kind}`
    return kind === first ? null : `expected a ${first}, as the first: copies are alike`
  })
}

function ofHosts(self: Self, all: readonly Neighbour[]): Misfit[] {
  const hostOf = (name: string) => all.find((one) => one.name === name)?.host
  const names = namesOf(self)
  return each(self, (name, i) => {
    const host = hostOf(name)
    if (host === undefined) return null
    if (host === null)
      return utilizationOf(self.options) === null ? null : `${name} has no host: whose CPU is measured`
    if (host === self.host) return `${name} is on the host of ${self.name}, which would go with it`
    const other = names.slice(0, i).find((one) => hostOf(one) === host)
    return other === undefined ? null : `${name} and ${other} are on one host: they would go together`
  })
}

/** Copies of several groups. */
function ofOthers(self: Self, all: readonly Neighbour[]): Misfit[] {
  const others = all.filter(({ kind, name }) => kind === self.kind && name !== self.name) as Self[]
  const machine = (name: string) => all.find((one) => one.name === name)?.host ?? name
  return each(self, (name) => {
    const other = others.find((one) => namesOf(one).some((also) => machine(also) === machine(name)))
    return other === undefined ? null : `${name} comes and goes as ${other.name} says`
  })
}

/** Who asks, or watches, what is not always there. */
function ofCallers(self: Self, all: readonly Neighbour[]): Misfit[] {
  const spares = namesOf(self).slice(self.options.min_replicas)
  const machine = ({ name, host }: Neighbour) => host ?? name
  return each(self, (name) => {
    const target = all.find((one) => one.name === name)
    if (target === undefined || !spares.includes(name)) return null
    const along = all.filter((one) => machine(one) === machine(target)).map((one) => one.name)
    const caller = all.find(
      (one) =>
        one.name !== self.name &&
        machine(one) !== machine(target) &&
        !MINDFUL.includes(one.kind) &&
        refsIn(one.options).some((ref) => along.includes(ref.name)),
    )
    return caller === undefined
      ? null
      : `${name} is not always there, and ${caller.name} does not mind: only a ${listed(MINDFUL, 'or')} may name it`
  })
}
