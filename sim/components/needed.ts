import type * as z from 'zod'
import type { Kind, Neighbour } from '../parts/kind.js'
import { Outcome } from '../parts/outcome.js'
import type { apache } from './apache/apache.js'
import type { app } from './app/app.js'
import { callsNeeded } from './app/calls-needed.js'
import { databasesNeeded } from './app/databases-needed.js'
import type { cache } from './cache/cache.js'
import { quorumNeeded } from './cluster/quorum-needed.js'
import type { fanout } from './fanout/fanout.js'
import type { galera } from './galera/galera.js'
import type { groupReplication } from './group-replication/group-replication.js'
import type { haproxy } from './haproxy/haproxy.js'
import { pageFor } from './nginx/error-pages.js'
import type { nginx, ServerLine } from './nginx/nginx.js'
import { writersBy } from './writers.js'

/**
 * What a request of the class `named` needs from others to be answered by a component: of each list one. Who stands in
 * only after a while (a promotion, health checks) is one of them.
 */
type Needs<Of extends { options: z.ZodObject } = Kind> = (
  self: Neighbour<z.output<Of['options']>>,
  named: string,
  all: readonly Neighbour[],
) => readonly (readonly string[])[]

const ofApplication: Needs<typeof app> = ({ options }, named, all) => [
  ...databasesNeeded(options, named, all),
  ...callsNeeded(options, named),
]

const ofApache: Needs<typeof apache> = ({ options }, named, all) => {
  const { upstream, static: own } = options
  if (upstream === undefined) return [...databasesNeeded(options, named, all), ...callsNeeded(options, named)]
  return (own?.names ?? ['static']).includes(named) ? [] : [[upstream.name]]
}

const ofNginx: Needs<typeof nginx> = ({ options }, named) => {
  const { static: own, upstream = [], upstreams = {}, location = {} } = options
  const route = location[named]
  if (route !== undefined && 'outcome' in route) return []
  if (route === undefined && (upstream.length === 0 || own.names.includes(named))) return []
  const servers = route === undefined ? upstream : upstreams[route.upstream]!.servers
  // With none of them alive it is 502, which may not be what the visitor gets.
  const page = pageFor(options.error_page ?? {}, '502')
  if (page?.upstream == null) return page?.told === Outcome.ok ? [] : [namesOf(servers)]
  const helps = page.told === 'theirs' || page.told === Outcome.ok
  return [[...namesOf(servers), ...(helps ? namesOf(upstreams[page.upstream]!.servers) : [])]]
}

const namesOf = (servers: readonly ServerLine[]) =>
  servers.filter(({ down }) => !down).map(({ name }) => name.name)

const ofHaproxy: Needs<typeof haproxy> = ({ options }, named) => {
  const { servers, backends = {}, use_backend = {}, http_request = {} } = options
  if (Object.hasOwn(http_request, named)) return []
  const [route] = Object.entries(use_backend).find(([, { names }]) => names.includes(named)) ?? []
  const backend = route === undefined ? undefined : backends[route]
  return [(backend?.servers ?? servers).map(({ name }) => name.name)]
}

const ofFanout: Needs<typeof fanout> = ({ options: { to } }) => to.map(({ name }) => [name.name])

const ofCache: Needs<typeof cache> = ({ options: { hit_ratio, uncached, origin } }, named) =>
  hit_ratio === 1 && !uncached.names.includes(named) ? [] : [[origin.name]]

const ofGalera: Needs<typeof galera> = ({ name }, _named, all) => quorumNeeded(name, all)

/** Reads are answered by a member that has no majority; writes that need one wait for it. */
const ofGroup: Needs<typeof groupReplication> = ({ name }, named, all) =>
  writersBy(all).includes(named) ? quorumNeeded(name, all) : []

/**
 * What the components of a kind need, where it is not one of those that each of their options names to be served by.
 * Apart from the kinds, since no run needs it.
 */
export const needs: Readonly<Record<string, Needs>> = {
  app: ofApplication,
  apache: ofApache,
  haproxy: ofHaproxy,
  nginx: ofNginx,
  fanout: ofFanout,
  cache: ofCache,
  galera: ofGalera,
  group_replication: ofGroup,
} as Readonly<Record<string, unknown>> as Readonly<Record<string, Needs>>
