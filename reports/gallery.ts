import type { Scenario } from '../sim/scenario/scenario.js'
import { readPreface } from './html/preface.js'
import { wrap } from './text.js'

/** Columns that questions stand in from the left. */
const INDENT = 6

/** The scenarios that come with the program: names, as commands take them, and what each asks. */
export function galleryText(scenarios: readonly Scenario[], width: number): string {
  const entries = scenarios.map((one) => {
    const asked = wrap(`${one.name}. ${questionOf(one)}`.trimEnd(), width - INDENT)
    return `  ${one.file}\n${asked.replace(/^ */gm, ' '.repeat(INDENT))}`
  })
  return `${scenarios.length} scenarios come with the program; nines init NAME writes one as a file to edit:\n\n${entries.join('\n')}\n`
}

/** What the comment at the top asks. */
export const questionOf = ({ preface }: Scenario): string => readPreface(preface).question
