import type { Expression } from '../monitor/expression.js'
import type { Second } from './access-log.js'

/** Lines of one log that a search can find, by the second that their time stamps say. */
export class Found {
  private readonly seconds = new Map<number, Second>()

  /** Lines that may belong to a second of which others are there already. */
  add(lines: readonly Second[]): void {
    for (const one of lines) {
      const known = this.seconds.get(one.at)
      if (known === undefined) {
        this.seconds.set(one.at, one)
        continue
      }
      known.lines += one.lines
      known.errors += one.errors
      known.seconds += one.seconds
      known.took.push(...one.took)
    }
  }

  /** Those of `from` up to `to`, whole seconds, without it. */
  between(from: number, to: number): Second[] {
    const found: Second[] = []
    for (let at = Math.ceil(from); at < to; at++) {
      const second = this.seconds.get(at)
      if (second !== undefined) found.push(second)
    }
    return found
  }

  /** No search looks back as far as that. */
  forget(before: number): void {
    for (const at of this.seconds.keys()) if (at < before) this.seconds.delete(at)
  }
}

/** What `expr` says of `lines`, which are of `range` seconds; NaN where there are none to say it of. */
export function measured(expr: Expression, lines: readonly Second[], range: number): number {
  const sum = (of: (second: Second) => number) => lines.reduce((all, one) => all + of(one), 0)
  const count = sum((one) => one.lines)
  if (expr.signal === 'qps') return count / range
  if (count === 0) return Number.NaN
  if (expr.signal === 'error_rate') return sum((one) => one.errors) / count
  if (expr.quantile === null) return sum((one) => one.seconds) / count
  const took = lines.flatMap((one) => one.took).sort((a, b) => a - b)
  return took[Math.ceil(expr.quantile * took.length) - 1]!
}
