import { listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { logsearch } from './logsearch.js'
import { everyOf } from './logsearch-options.js'

/** Whose lines it reads, how late it finds them, and what it waits for. */
export const logsearchTold: Telling<typeof logsearch> = ({ options }) => {
  const { targets, ingest_delay, rules, evaluation_delay, delay, rotate } = options
  const names = (refs: readonly { readonly name: string }[]) => listed(refs.map(({ name }) => name))
  return [
    `reads the access logs of ${names(targets)}: what left no line it does not see`,
    `finds a line ${timeSaid(ingest_delay.mean)} after it was shipped, in the mean`,
    ...rules.map((rule) => {
      const of = rule.targets === undefined ? '' : ` at ${names(rule.targets)}`
      return `alerts of ${rule.alert} when ${rule.expr.says} over ${timeSaid(rule.range)}${of}, as it finds out every ${timeSaid(everyOf(rule))}`
    }),
    ...(evaluation_delay > 0 ? [`looks no nearer than ${timeSaid(evaluation_delay)} before now`] : []),
    ...(delay.mean > 0 ? [`is heard ${timeSaid(delay.mean)} later, in the mean`] : []),
    ...(rotate === undefined
      ? []
      : [
          `misses what it has not read when a file is gone, ${timeSaid(rotate.every * (rotate.keep + 1))} after it was begun`,
        ]),
    'answers no visitor',
  ]
}
