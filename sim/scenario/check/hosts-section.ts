import * as z from 'zod'
import { amount, bandwidth, count, numberAbove, portRange, size } from '../../options/types.js'
import { TIME_WAIT } from '../../parts/ports.js'
import type { Document } from '../document.js'
import type { HostSpec } from '../scenario.js'
import { type Given, name } from './top.js'

/** What `hosts:` entries can say. */
export const hostOptions = z.strictObject({
  cores: count(1, 4096).prefault(1).describe('cores, shared by all components on the host'),
  speed: numberAbove(0, 1000).prefault(1).describe('factor on the speed of its cores'),
  ip_local_port_range: portRange()
    .prefault('32768 60999')
    .describe('ports from which it connects to each address'),
  tcp_tw_reuse: count(0, 2)
    .prefault(2)
    .describe('1: a port in TIME_WAIT is used again after a second; else after a minute'),
  tcp_syn_linear_timeouts: count(0, 127)
    .prefault(0)
    .describe('SYNs sent again after a second each, before the waits double: 4 from Linux 6.5 on, 0 before'),
  tcp_syncookies: count(0, 2)
    .prefault(1)
    .describe('what finds the SYN queue of a listener full gets a cookie, and with 0 no answer'),
  tcp_max_syn_backlog: count(1, 1_000_000)
    .prefault(1024)
    .describe('without cookies three quarters of it, or the backlog of the listener if that is less'),
  tcp_synack_retries: count(0, 15)
    .prefault(5)
    .describe('how often a SYN-ACK is sent again; less often while more than half of the backlog is in use'),
  zone: name
    .optional()
    .meta({ type: 'name' })
    .describe('what fails together: a rack, a room, an availability zone'),
  bandwidth: bandwidth()
    .optional()
    .describe(
      'of its network interface, each way: shared by all that leaves it, and by all that comes; default no bound',
    ),
  fsyncs: count(1, 1024)
    .optional()
    .describe('that its disk does at a time, of all databases on the host (their fsync:); default no bound'),
  disk_queue_depth: count(1, 1024)
    .optional()
    .describe(
      'reads, writes and fsyncs that its disk does at a time, of all databases on the host (their io: and fsync:), first come, first served: 1 is a hard disk; default no bound',
    ),
  disk_size: size()
    .refine((bytes) => bytes > 0, 'expected a size above 0')
    .optional()
    .describe(
      'room on its disk, for what its components write (disk_per_request:); default there is always some',
    ),
  disk_used: size().prefault('0B').describe('with disk_size: what is there at the start of the run'),
  memory: size().optional().describe('for what its components have (memory:); default enough for all'),
  swap: size().prefault('0B').describe('with memory: what does not fit there is here, and all is slower'),
  swap_slowdown: numberAbove(0, 1_000_000)
    .prefault(100)
    .describe('how many times as long work takes of whose memory all is in swap'),
  cost: amount().optional().describe('money a month, a plain number: what "nines capacity" divides by'),
})

/** Gives the hosts that are sound, in the order of the file: cores and speed in range, `null` for no zone. */
export function checkHosts(document: Document, given: Given): HostSpec[] {
  return Object.entries(given.hosts).flatMap(([host, value]) => {
    const options = document.parse(hostOptions, value ?? {}, ['hosts', host])
    if (options === null) return []
    if (options.fsyncs !== undefined && options.disk_queue_depth !== undefined)
      document.complain(
        ['hosts', host, 'fsyncs'],
        'expected either fsyncs: or disk_queue_depth:, which fsyncs have a place of',
      )
    if (options.disk_used > (options.disk_size ?? 0))
      document.complain(
        ['hosts', host, 'disk_used'],
        options.disk_size === undefined
          ? 'expected disk_size: too, of which it is a part'
          : 'expected no more than disk_size',
      )
    const { zone, ip_local_port_range, tcp_tw_reuse, tcp_syn_linear_timeouts, ...others } = options
    const { tcp_syncookies, tcp_max_syn_backlog, tcp_synack_retries, ...rest } = others
    const network = {
      ports: ip_local_port_range,
      lingers: tcp_tw_reuse === 1 ? 1 : TIME_WAIT,
      synLinear: tcp_syn_linear_timeouts,
      synCookies: tcp_syncookies > 0,
      synBacklog: tcp_max_syn_backlog,
      synAckRetries: tcp_synack_retries,
    }
    return [{ name: host, ...rest, zone: zone ?? null, network }]
  })
}

/** Each zone once. */
export const zonesOf = (hosts: readonly HostSpec[]): string[] => [
  ...new Set(hosts.flatMap(({ zone }) => (zone === null ? [] : [zone]))),
]
