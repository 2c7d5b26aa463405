/** The middle value; the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

const rate = ({ count, cpu }) => count / cpu
const spread = (values, show) =>
  `${show(median(values))} (${show(Math.min(...values))} - ${show(Math.max(...values))})`

/** `1.23 M`, `45.6 k`. */
export function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (value >= 1e3) return `${(value / 1e3).toPrecision(3)} k`
  return value.toPrecision(3)
}

/** Rows of the table: rates as median and range, ratios pair by pair in each round. */
export function summary(plan, results) {
  return plan.flatMap(({ title, unit, runners }, i) => {
    const own = results[i][0].map(rate)
    return runners.map(({ name }, j) => {
      const rates = results[i][j].map(rate)
      const last = results[i][j].at(-1)
      const ms = (x) => (x === undefined ? '' : `${(x * 1000).toFixed(2)} ms`)
      return [
        j === 0 ? title : '',
        name,
        `${spread(rates, short)} ${j === 0 ? unit : ''}`.trim(),
        j === 0
          ? ''
          : spread(
              rates.map((r, k) => own[k] / r),
              (x) => x.toPrecision(3),
            ),
        ms(last.mean),
        ms(last.p99),
      ]
    })
  })
}
