import * as z from 'zod'
import { hint } from '../../options/nearest.js'
import { shown } from '../../options/shown.js'
import { text } from '../../options/texts.js'

/** The labels of an alert that a route can ask for. */
export interface Labels {
  readonly alertname: string
  /** Of one without: empty, as Alertmanager has it. */
  readonly severity: string
}

const LABELS = ['severity', 'alertname'] as const satisfies readonly (keyof Labels)[]

/** What a route asks of a label: `severity = critical`. */
export class Matcher {
  constructor(
    readonly says: string,
    readonly label: keyof Labels,
    private readonly values: readonly string[],
    private readonly negative: boolean,
  ) {}

  matches(labels: Labels): boolean {
    return this.values.includes(labels[this.label]) !== this.negative
  }
}

/** A matcher as Alertmanager writes it, on labels that alerts have here; of regular expressions those that are alternatives. */
export const matcher = () =>
  text('expected a matcher, such as severity = critical')
    .transform((given, ctx) => {
      const read = readMatcher(given)
      if (read instanceof Matcher) return read
      ctx.addIssue({ code: 'custom', message: read })
      return z.NEVER
    })
    .meta({ type: 'matcher' })

function readMatcher(given: string): Matcher | string {
  const [, label, operator, quoted] = /^\s*(\w+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(given) ?? []
  if (label === undefined) return `expected a matcher, such as severity = critical, not ${shown(given)}`
  const known = LABELS.find((one) => one === label)
  if (known === undefined)
    return `expected a label that alerts have here, not ${shown(label)}${hint(label, LABELS)}`
  const value = /^"(.*)"$/s.exec(quoted!)?.[1] ?? quoted!
  const isPattern = operator!.endsWith('~')
  if (isPattern && !/^[\w -]*(\|[\w -]*)*$/.test(value))
    return `expected words with | in between after ${operator}, not ${shown(value)}: no other regular expression is simulated`
  return new Matcher(given.trim(), known, isPattern ? value.split('|') : [value], operator!.startsWith('!'))
}
