import type { SpofPart, Spofs } from '../sim/experiments/spof/spof-result.js'
import { listed } from '../sim/options/spell.js'
import { percent } from './words/numbers.js'

/** Names in a line. */
const MOST_NAMED = 5
const MOST_HIDDEN = 3

/** The answer in a sentence: the single points of failure, what only writes need, and what the drawing does not show. */
export function spofLine(spofs: Spofs): string {
  if (!isTold(spofs))
    return `${spofs.scenario}: nobody ${spofs.without.availability.value === null ? 'asked' : 'was answered'} though nothing was lost, so that nothing can be told of losses.`
  const hard = pointsOf(spofs, ['hard'])
  const writes = pointsOf(spofs, ['writes'])
  const hidden = hiddenIn(spofs)
  const parts = [
    hard.length === 0
      ? `${spofs.scenario} has no part without which nobody is answered`
      : `${spofs.scenario} has ${hard.length} single point${hard.length === 1 ? '' : 's'} of failure: ${named(hard)}`,
    writes.length > 0 &&
      `without ${named(writes, 'or')} nobody is answered who asks for ${listed(classesOf(spofs), 'or')}`,
    hidden.length > 0 && `hidden: ${named(hidden.map(withFigure), 'and', MOST_HIDDEN)}`,
  ].filter((part) => part !== false)
  const cut = spofs.interrupted
  const there = cut === undefined ? '' : ` Interrupted: ${cut.there} of ${cut.planned} losses were tried.`
  return `${parts.join('; ')}.${there}`
}

/** Whether somebody is answered without any loss: else nobody can miss anything. */
export const isTold = ({ without }: Pick<Spofs, 'without'>): boolean => (without.availability.value ?? 0) > 0

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

/** Classes that write and that some part leaves without an answer. */
const classesOf = ({ parts, classes }: Spofs): string[] =>
  classes.filter((name) =>
    parts.some(({ severity, unanswered }) => severity === 'writes' && unanswered.includes(name)),
  )

/** `web-1`, `the certificate of haproxy-1`: a part, where it is not its process that matters. */
export const labelOf = ({ part, how, severity, ways }: SpofPart): string =>
  how === 'certificate' && ways.some((way) => way.severity !== severity) ? `the certificate of ${part}` : part

/**
 * Parts of these severities as people count them: a machine with what is on it is one, and a wire is none beside the box
 * at one of its ends.
 */
export function pointsOf({ parts }: Spofs, severities: readonly SpofPart['severity'][]): string[] {
  const those = parts.filter(({ severity }) => severities.includes(severity))
  const names = new Set(those.map(({ part }) => part))
  const carriers = those.filter(({ what }) => what === 'host' || what === 'zone')
  const carried = (part: string) => carriers.some(({ carries }) => carries.includes(part))
  return those.flatMap((one) => {
    if (one.what === 'wire') {
      const ends = one.part.split(' -> ')
      return ends.some((end) => names.has(end)) ? [] : [one.part]
    }
    if (one.what === 'component') return carried(one.part) ? [] : [labelOf(one)]
    const own = those.filter(({ part, what }) => what === 'component' && one.carries.includes(part))
    return [own.length === 0 ? one.part : `${one.part} (${own.map(labelOf).join(', ')})`]
  })
}
