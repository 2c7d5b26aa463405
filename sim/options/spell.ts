/** Seconds as one says them, in a unit that fits: `300 ms`, `2 s`, `90 s`, `15 min`, `2 h`, `90 d`. */
export function timeSaid(seconds: number): string {
  const [, size, unit] = UNITS.find(([least]) => seconds >= least) ?? UNITS.at(-1)!
  return `${+(seconds / size).toPrecision(3)} ${unit}`
}

const UNITS = [
  [48 * 3600, 86_400, 'd'],
  [2 * 3600, 3600, 'h'],
  [120, 60, 'min'],
  [1, 1, 's'],
  [0, 1e-3, 'ms'],
] as const

/** `a`, `a and b`, `a, b and c`. */
export const listed = (names: readonly string[], last: 'and' | 'or' = 'and'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`

/** `1 worker`, `2 workers`. */
export const counting = (n: number, one: string, several = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : several}`

/** A whole number with a comma between each three digits. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',')
