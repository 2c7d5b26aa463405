/** The place of the first of `sorted` numbers, from the smallest on, that is not below `bound`; their number if all are. */
export function firstNotBelow(sorted: ArrayLike<number>, bound: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < bound) low = middle + 1
    else high = middle
  }
  return low
}
