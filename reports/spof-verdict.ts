import { type SpofPart, type Spofs, whyUntold } from '../sim/experiments/spof/spof-result.js'
import { isAmong } from '../sim/experiments/structure.js'
import { listed } from '../sim/options/spell.js'
import { percent } from './words/numbers.js'
import { forWhom, nobody, undecidedSince } from './words/spof-who.js'

/** Names in a line. */
const MOST_NAMED = 5
const MOST_HIDDEN = 3

/** The answer in a sentence: the single points of failure, what only writes need, and what the drawing does not show. */
export function spofLine(spofs: Spofs): string {
  const untold = whyUntold(spofs)
  if (untold !== null) return `${spofs.scenario}: ${untold}, so that nothing can be told of losses.`
  const hard = pointsOf(spofs, ['hard'], (one) => forWhom(one, spofs))
  const open = pointsOf(spofs, ['undecided'])
  const hidden = hiddenIn(spofs)
  const parts = [
    hard.length > 0
      ? `${spofs.scenario} has ${hard.length} single point${hard.length === 1 ? '' : 's'} of failure: ${named(hard)}`
      : open.length === 0
        ? `${spofs.scenario} has no part without which nobody is answered`
        : `${spofs.scenario} has no single point of failure that is known`,
    ...withoutWrites(spofs),
    open.length > 0 && undecidedOf(open, spofs),
    hidden.length > 0 && `hidden: ${named(hidden.map(withFigure), 'and', MOST_HIDDEN)}`,
  ].filter((part) => part !== false)
  const cut = spofs.interrupted
  const there = cut === undefined ? '' : ` Interrupted: ${cut.there} of ${cut.planned} losses were tried.`
  return `${parts.join('; ')}.${there}`
}

/** `server-2`, which was told; `data-2 (55.3% good answers without it)`. */
const withFigure = (one: SpofPart): string =>
  one.severity === 'capacity'
    ? `${labelOf(one)} (${percent(one.good.value ?? 0)} good answers without it)`
    : labelOf(one)

/** What the drawing does not show: boxes and machines; wires where there is nothing else. */
export function hiddenIn({ parts }: Spofs): SpofPart[] {
  const all = parts.filter(({ hidden }) => hidden)
  const boxes = all.filter(({ what }) => what !== 'wire')
  return boxes.length > 0 ? boxes : all
}

const named = (names: readonly string[], last: 'and' | 'or' = 'and', most = MOST_NAMED): string =>
  names.length > most + 1
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more`
    : listed(names, last)

/** Of parts without which the same users are answered no more what they write. */
function withoutWrites(spofs: Spofs): string[] {
  const own = spofs.parts.filter(({ severity }) => severity === 'writes')
  const names = new Set(own.map(({ part }) => part))
  const groups = new Map<string, SpofPart[]>()
  for (const part of own) {
    // A wire is none beside the box at one of its ends, whoever else needs that.
    if (part.what === 'wire' && part.part.split(' -> ').some((end) => names.has(end))) continue
    const key = JSON.stringify(part.unanswered_accounts)
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  return [...groups.values()].map((parts) => {
    const points = named(pointsOf({ parts }, ['writes']), 'or')
    return `without ${points} ${nobody(parts[0]!.unanswered_accounts, spofs, 'is answered')}`
  })
}

function undecidedOf(points: readonly string[], spofs: Spofs): string {
  const own = spofs.parts.filter(({ severity }) => severity === 'undecided')
  const whom = spofs.accounts.filter((one) =>
    own.some(({ undecided_accounts }) => isAmong(undecided_accounts, one)),
  )
  const are = points.length === 1 ? 'is one' : 'are some'
  return `whether ${named(points)} ${are} is undecided, since ${undecidedSince(whom, spofs)}`
}

/** `web-1`, `the certificate of haproxy-1`: a part, where it is not its process that matters. */
export const labelOf = ({ part, how, severity, ways }: SpofPart): string =>
  how === 'certificate' && ways.some((way) => way.severity !== severity) ? `the certificate of ${part}` : part

/**
 * Parts of these severities as people count them: a machine with what is on it is one, and a wire is none beside the box
 * at one of its ends.
 * @param whom what is added to each: for whom it is one
 */
export function pointsOf(
  { parts }: Pick<Spofs, 'parts'>,
  severities: readonly SpofPart['severity'][],
  whom: (part: SpofPart) => string = () => '',
): string[] {
  const those = parts.filter(({ severity }) => severities.includes(severity))
  const names = new Set(those.map(({ part }) => part))
  const carriers = those.filter(({ what }) => what === 'host' || what === 'zone')
  const carried = (part: string) => carriers.some(({ carries }) => carries.includes(part))
  return those.flatMap((one) => {
    if (one.what === 'wire') {
      const ends = one.part.split(' -> ')
      return ends.some((end) => names.has(end)) ? [] : [`${one.part}${whom(one)}`]
    }
    if (one.what === 'component') return carried(one.part) ? [] : [`${labelOf(one)}${whom(one)}`]
    const own = those.filter(({ part, what }) => what === 'component' && one.carries.includes(part))
    return [`${one.part}${own.length === 0 ? '' : ` (${own.map(labelOf).join(', ')})`}${whom(one)}`]
  })
}
