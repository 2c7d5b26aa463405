import { listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { deployment } from './deployment.js'
import { fenceposts } from './deployment-options.js'

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`

/** How a new version comes to the servers, and when it goes back. */
export const deploymentTold: Telling<typeof deployment> = ({ options }) => {
  const { targets, spares = [], strategy, steps = [], analysis, assets } = options
  const { unavailable, surge } = fenceposts(options)
  const names = listed(targets.map(({ name }) => name))
  const beside = listed(spares.map(({ name }) => name))
  const how = {
    recreate: `to ${names} all at once`,
    rolling_update: `to ${names} in turn: at most ${unavailable} away at a time${surge > 0 ? `, and ${surge} more` : ''}`,
    canary: `to ${names} in steps: ${listed(steps.map(({ set_weight, pause }) => `${percent(set_weight)} for ${timeSaid(pause)}`))}, then all`,
    blue_green: `to ${beside}, and switches visitors there from ${names} when all of these listen`,
  }[strategy]
  return [
    `brings a new version ${how}`,
    options.restarts
      ? `stops a server ${options.drain ? `${timeSaid(options.termination_grace_period_seconds)} after load balancers were told` : 'without a word to load balancers'}`
      : 'changes the files under processes that go on',
    ...(assets === undefined
      ? []
      : [`while both versions answer, ${listed(assets.names)} of one are not found on servers of the other`]),
    analysis === undefined
      ? 'looks at nothing: it goes back when somebody says so'
      : `measures every ${timeSaid(analysis.interval)}, and goes back if less than ${percent(analysis.success_rate)} of the answers of the new version were good${analysis.failure_limit > 0 ? ` more than ${analysis.failure_limit} times` : ''}`,
    'answers no visitor: without it servers keep what they have',
  ]
}
