import * as z from 'zod'
import { bandwidth, count, numberAbove } from '../../options/types.js'
import type { Document } from '../document.js'
import type { HostSpec } from '../scenario.js'
import { type Given, name } from './top.js'

/** What `hosts:` entries can say. */
export const hostOptions = z.strictObject({
  cores: count(1, 4096).prefault(1).describe('cores, shared by all components on the host'),
  speed: numberAbove(0, 1000).prefault(1).describe('factor on the speed of its cores'),
  zone: name
    .optional()
    .meta({ type: 'name' })
    .describe('what fails together: a rack, a room, an availability zone'),
  bandwidth: bandwidth()
    .optional()
    .describe(
      'of its network interface, each way: shared by all that leaves it, and by all that comes; default no bound',
    ),
})

/** Gives the hosts that are sound, in the order of the file: cores and speed in range, `null` for no zone. */
export function checkHosts(document: Document, given: Given): HostSpec[] {
  return Object.entries(given.hosts).flatMap(([host, value]) => {
    const options = document.parse(hostOptions, value ?? {}, ['hosts', host])
    if (options === null) return []
    const { zone, ...rest } = options
    return [{ ...rest, name: host, zone: zone ?? null }]
  })
}

/** Each zone once. */
export const zonesOf = (hosts: readonly HostSpec[]): string[] => [
  ...new Set(hosts.flatMap(({ zone }) => (zone === null ? [] : [zone]))),
]
