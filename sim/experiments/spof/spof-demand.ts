import type { Scenario } from '../../scenario/scenario.js'
import type { Judgement } from '../result.js'
import type { Spofs } from './spof-result.js'

/**
 * Whether what the file demands of its single points of failure (`expect: spof: none`) is met: no part without which some
 * class is not answered. Where none was found and not all were tried, it is undecided.
 */
export function demandedOf({ demands }: Pick<Scenario, 'demands'>, spofs: Spofs): Judgement[] {
  const found = spofs.parts.filter(({ severity }) => severity === 'hard' || severity === 'writes')
  const silent = !((spofs.without.availability.value ?? 0) > 0)
  const open = silent || spofs.interrupted !== undefined || spofs.untold.length > 0
  return demands
    .filter(({ metric }) => metric === 'spof')
    .map(({ text, metric, relation, bound }): Judgement => {
      const count = found.length
      const verdict = count > bound ? 'not met' : open ? 'undecided' : 'met'
      return {
        text,
        metric,
        relation,
        unit: 'count',
        bound,
        value: { value: count, low: count, high: open ? null : count },
        verdict,
        ...(verdict === 'not met' && { reason: found.map(({ part }) => part).join(', ') }),
        ...(verdict === 'undecided' && {
          reason: silent ? 'nobody was answered though nothing was lost' : 'not all losses were tried',
        }),
      }
    })
}
