/** Colours of drawings that have no style sheet, by the word of `View.state`: those of the light page. */
export const TINTS: Readonly<Record<string, string>> = {
  limit: '#c27c0e',
  full: '#c8322b',
  hard: '#c8322b',
  writes: '#c8322b',
  capacity: '#c27c0e',
  undecided: '#c27c0e',
  transient: '#c27c0e',
  blind: '#5b6776',
}
