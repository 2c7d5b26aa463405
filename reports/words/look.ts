/** How text for people is laid out. */
export interface Look {
  /** Columns that there are. */
  readonly width: number
  /** Whether verdicts are coloured. */
  readonly colour: boolean
  /** Whether everything is told, or what a reader needs. */
  readonly verbose: boolean
}

/** What is not a terminal: files, tests, pipes that want all of it. */
export const PLAIN_LOOK: Look = { width: 100, colour: false, verbose: true }

type Tint = 'good' | 'bad' | 'unsure' | 'head' | 'faint'

const CODES: Readonly<Record<Tint, readonly [on: number, off: number]>> = {
  good: [32, 39],
  bad: [31, 39],
  unsure: [33, 39],
  head: [1, 22],
  faint: [2, 22],
}

/** The text in a colour of the terminal, line by line; as it is where there are no colours. */
export function tinted(text: string, tint: Tint, { colour }: Pick<Look, 'colour'>): string {
  if (!colour || text === '') return text
  const [on, off] = CODES[tint]
  return text
    .split('\n')
    .map((line) => `\u001b[${on}m${line}\u001b[${off}m`)
    .join('\n')
}
