import { pow } from '../arithmetic/elementary.js'
import type { Uniforms } from './stream.js'

/** Keys 0 to n - 1, key k asked for with a probability proportional to (k + 1)^-s: by inversion, O(log n). */
export class Zipf {
  private readonly cumulated: Float64Array

  constructor(n: number, s: number) {
    this.cumulated = new Float64Array(n)
    let sum = 0
    for (let k = 0; k < n; k++) this.cumulated[k] = sum += pow(k + 1, -s)
    for (let k = 0; k < n; k++) this.cumulated[k]! /= sum
  }

  /** The probability of `key`. */
  share(key: number): number {
    return this.cumulated[key]! - (key > 0 ? this.cumulated[key - 1]! : 0)
  }

  sample(stream: Uniforms): number {
    const u = stream.next()
    let low = 0
    let high = this.cumulated.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.cumulated[middle]! > u) high = middle
      else low = middle + 1
    }
    return low
  }
}
