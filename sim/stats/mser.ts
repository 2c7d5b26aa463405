/**
 * MSER-5 (White 1997): where to cut a series so that what remains tells its mean best. Batches of 5 values; of all
 * cuts in the first half the one with the smallest squared standard error of the remaining batch means.
 * @returns how many values to delete, a multiple of 5
 */
export function mser5(series: readonly number[]): number {
  const batches = Math.floor(series.length / 5)
  const means = Array.from({ length: batches }, (_, i) => {
    let sum = 0
    for (let j = 0; j < 5; j++) sum += series[i * 5 + j]!
    return sum / 5
  })
  // Sums from the end, so that every cut costs one step.
  let sum = 0
  let squares = 0
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let cut = batches - 1; cut >= 0; cut--) {
    sum += means[cut]!
    squares += means[cut]! * means[cut]!
    const n = batches - cut
    const error = (squares - (sum * sum) / n) / (n * n)
    if (cut <= batches / 2 && error <= least) {
      least = error
      best = cut
    }
  }
  return best * 5
}
