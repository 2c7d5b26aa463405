import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { mariadbmon } from './mariadbmon.js'
import type { mha } from './mha.js'
import type { orchestrator } from './orchestrator.js'
import type { PromoterOptions } from './promoter-options.js'

/** When it takes the primary for dead. */
export const orchestratorTold: Telling<typeof orchestrator> = ({ options }) => [
  `asks ${serversOf(options)} how they are, each every ${timeSaid(options.instance_poll_seconds)}`,
  'takes the primary for dead when that does not answer and no replica that answers replicates from it any more',
  options.recovery_period_block_seconds > 0
    ? `${promotesThen(options)}, and no other for ${timeSaid(options.recovery_period_block_seconds)}`
    : promotesThen(options),
  ...toldTo(options),
  AFTERWARDS,
]

export const mhaTold: Telling<typeof mha> = ({ options }) => {
  const { secondary_check_script: others } = options
  const unless =
    others === undefined ? '' : `, and from ${listed(others.map(({ name }) => name))} it is dead too`
  return [
    `pings the primary of ${serversOf(options)} every ${timeSaid(options.ping_interval)}`,
    `takes it for dead when four pings in a row have failed${unless}`,
    `${promotesThen(options)}, once: then it exits`,
    ...toldTo(options),
    AFTERWARDS,
  ]
}

export const mariadbmonTold: Telling<typeof mariadbmon> = ({ options }) => {
  const { monitor_interval, failcount, verify_master_failure, master_failure_timeout, auto_failover } =
    options
  const unless = verify_master_failure
    ? `, and no replica had anything from it in the last ${timeSaid(master_failure_timeout)}`
    : ''
  return [
    `asks ${serversOf(options)} how they are, every ${timeSaid(monitor_interval)}`,
    ...(auto_failover
      ? [
          `takes the primary for dead when that did not answer in ${counting(failcount, 'round')}${unless}`,
          promotesThen(options),
          ...toldTo(options),
          AFTERWARDS,
        ]
      : ['promotes nobody: auto_failover is off']),
  ]
}

const serversOf = ({ servers }: PromoterOptions) => listed(servers.map(({ name }) => name))

const promotesThen = ({ promote }: PromoterOptions) =>
  `makes a replica the primary then, about ${timeSaid(promote.mean)} later`

const toldTo = ({ tells }: PromoterOptions) =>
  tells === undefined
    ? []
    : [
        `tells ${listed(tells.map(({ name }) => name))} when it reaches them: until then they write where they did`,
      ]

const AFTERWARDS = 'answers no visitor: without it nobody is promoted'
