import { tinted } from '../reports/words/look.js'
import { type Problem, showProblem } from '../sim/scenario/problem.js'

/** Before the line, its number and a bar. */
const MARGIN = 5

/**
 * Problems as compilers show them: a line for programs and people, and below it the line of the file, with a caret under
 * the place. Only of files of which `textOf` gives the text: those that the user named. What they name in their turn may
 * be nobody's business, and is not quoted.
 */
export function showProblems(
  problems: readonly Problem[],
  textOf: (file: string) => string | undefined,
  look: { readonly width: number; readonly colour: boolean },
): string {
  return problems
    .flatMap((problem) => {
      const quote = excerpt(problem, textOf(problem.file), look)
      return [tinted(showProblem(problem), 'bad', look), ...(quote === null ? [] : [quote])]
    })
    .join('\n')
}

/** The line and the caret; null where the problem has no place in the text. */
function excerpt(
  { line, column }: Problem,
  text: string | undefined,
  look: { readonly width: number; readonly colour: boolean },
): string | null {
  const whole = line > 0 ? text?.split(/\r\n|\r|\n/)[line - 1] : undefined
  if (whole === undefined || whole.trim() === '') return null
  // One column for each unit of the text, and nothing that a terminal would take for a command.
  const clean = whole.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (unit) => ' '.repeat(unit.length))
  const room = look.width - MARGIN - String(line).length - 3
  // Of a long line the part around the place.
  const from = column <= room ? 0 : column - 1 - Math.floor(room / 2)
  const part = clean.slice(from, from + room)
  const number = String(line).padStart(MARGIN)
  const indent = ' '.repeat(number.length)
  const caret = `${' '.repeat(wide(part.slice(0, column - 1 - from)))}^`
  return `${tinted(`${number} |`, 'faint', look)} ${part.trimEnd()}\n${tinted(`${indent} |`, 'faint', look)} ${tinted(caret, 'head', look)}`
}

/** Characters beyond the first plane take two units, and one place. */
const wide = (text: string): number => [...text].length
