import type { Look } from '../reports/words/look.js'

/** Columns where none are known, and the bounds in which text is still read with ease. */
const COLUMNS = { unknown: 100, least: 60, most: 160 } as const

/** What there is to know of where text goes. */
interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Columns to fill: those of the terminal, within bounds. */
export function widthOf({ columns }: Output): number {
  if (columns === undefined || !(columns > 0)) return COLUMNS.unknown
  return Math.min(COLUMNS.most, Math.max(COLUMNS.least, columns))
}

/**
 * Whether text is coloured: on a terminal that knows colours. NO_COLOR (any value but an empty one, no-color.org) takes
 * them away, FORCE_COLOR puts them in, also where text goes into a pipe; NO_COLOR is the stronger one.
 */
export function isColoured({ isTTY }: Output, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  return isTTY === true && env.TERM !== 'dumb'
}

/** How text for people is laid out on `output`. */
export const lookOf = (output: Output, verbose: boolean, env = process.env): Look => ({
  width: widthOf(output),
  colour: isColoured(output, env),
  verbose,
})
