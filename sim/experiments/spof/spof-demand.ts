import type { Scenario } from '../../scenario/scenario.js'
import type { Judgement } from '../result.js'
import { type Spofs, whyUntold } from './spof-result.js'

/**
 * Whether what the file demands of its single points of failure (`expect: spof: none`) is met: no part without which
 * somebody is not answered what he asks for. Where none was found, and not all were tried, or too few came to tell of all,
 * it is undecided.
 */
export function demandedOf({ demands }: Pick<Scenario, 'demands'>, spofs: Spofs): Judgement[] {
  const found = spofs.parts.filter(({ severity }) => severity === 'hard' || severity === 'writes')
  const why = whyOpen(spofs)
  return demands
    .filter(({ metric }) => metric === 'spof')
    .map(({ text, metric, relation, bound }): Judgement => {
      const count = found.length
      const verdict = count > bound ? 'not met' : why !== null ? 'undecided' : 'met'
      return {
        text,
        metric,
        relation,
        unit: 'count',
        bound,
        value: { value: count, low: count, high: why !== null ? null : count },
        verdict,
        ...(verdict === 'not met' && { reason: found.map(({ part }) => part).join(', ') }),
        ...(verdict === 'undecided' && { reason: why! }),
      }
    })
}

/** What there may be beyond what was found; null if that is all. */
function whyOpen(spofs: Spofs): string | null {
  const { interrupted, untold, parts, unseen } = spofs
  const because = whyUntold(spofs)
  if (because !== null) return because
  if (interrupted !== undefined || untold.length > 0) return 'not all losses were tried'
  const open = parts.filter(({ ways }) =>
    ways.some(({ undecided_accounts }) => undecided_accounts.length > 0),
  )
  if (open.length > 0)
    return `too few came to tell what is lost without ${open.map(({ part }) => part).join(', ')}`
  const [never] = unseen.filter(({ when }) => when === 'ever')
  if (never === undefined) return null
  return `nobody of ${never.users} ${never.because === 'not asked' ? 'asked for' : 'was answered who asked for'} ${never.class}`
}
