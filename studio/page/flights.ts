import { DOT, WAY } from '../messages.js'
import { FLIGHT } from './timing.js'

/** Points that a path is cut into: looking one up is cheaper than asking the path. */
const POINTS = 25
/** More are not to be told apart, and none is waited for. */
const MOST = 4096
/** Pixels to the left of the wire for who asks, to the right for who answers. */
const ASIDE = 3.2

/** How a dot looks: a question, an answer, and what fails. */
export const LOOKS = ['question', 'answer', 'failure'] as const

/**
 * The way of dots along a path, in units of the drawing. The path is asked when that is first needed, and should not be in
 * the page: there each point that is asked for makes the browser lay it out.
 */
export class Track {
  readonly middle: { readonly x: number; readonly y: number }
  private points: Float32Array | null = null

  constructor(private readonly path: SVGPathElement) {
    const { x, y } = path.getPointAtLength(path.getTotalLength() / 2)
    this.middle = { x, y }
  }

  /** For each point x, y and the direction to its left. */
  get table(): Float32Array {
    this.points ??= tableOf(this.path)
    return this.points
  }
}

function tableOf(path: SVGPathElement): Float32Array {
  const table = new Float32Array(POINTS * 4)
  const length = path.getTotalLength()
  for (let i = 0; i < POINTS; i++) {
    const { x, y } = path.getPointAtLength((length * i) / (POINTS - 1))
    table.set([x, y], i * 4)
  }
  for (let i = 0; i < POINTS; i++) {
    const [a, b] = [Math.max(0, i - 1) * 4, Math.min(POINTS - 1, i + 1) * 4]
    const [dx, dy] = [table[b]! - table[a]!, table[b + 1]! - table[a + 1]!]
    const long = Math.hypot(dx, dy) || 1
    table.set([-dy / long, dx / long], i * 4 + 2)
  }
  return table
}

/** Dots on their way along the wires. Times in seconds of a clock that stands still with the run. */
export class Flights {
  private readonly starts = new Float64Array(MOST)
  private readonly arrows = new Uint16Array(MOST)
  private readonly ways = new Uint8Array(MOST)
  private readonly looks = new Uint8Array(MOST)
  private count = 0

  get size(): number {
    return this.count
  }

  /** @param clock when the frame began; @param speed how fast its seconds go */
  add(dots: Float32Array, clock: number, speed: number): void {
    for (let i = 0; i + DOT.size <= dots.length && this.count < MOST; i += DOT.size) {
      const way = dots[i + DOT.way]!
      const good = dots[i + DOT.outcome] === 0
      this.starts[this.count] = clock + dots[i + DOT.at]! / speed
      this.arrows[this.count] = dots[i + DOT.arrow]!
      this.ways[this.count] = way
      this.looks[this.count++] = way === WAY.down ? 0 : way === WAY.up && good ? 1 : 2
    }
  }

  clear(): void {
    this.count = 0
  }

  /** Gives the place of each dot at a moment, and lets go those that have arrived. */
  at(
    clock: number,
    tracks: readonly Track[],
    scale: number,
    draw: (look: number, x: number, y: number) => void,
  ): void {
    let kept = 0
    for (let i = 0; i < this.count; i++) {
      const gone = (clock - this.starts[i]!) / FLIGHT
      if (gone >= 1) continue
      const track = tracks[this.arrows[i]!]
      if (gone >= 0 && track !== undefined) {
        const { table } = track
        const up = this.ways[i] === WAY.up
        const along = (up ? 1 - gone : gone) * (POINTS - 1)
        const at = Math.floor(along)
        const part = along - at
        const [a, b] = [at * 4, Math.min(POINTS - 1, at + 1) * 4]
        const side = up ? -ASIDE : ASIDE
        const x = scale * (table[a]! * (1 - part) + table[b]! * part) + side * table[a + 2]!
        const y = scale * (table[a + 1]! * (1 - part) + table[b + 1]! * part) + side * table[a + 3]!
        draw(this.looks[i]!, x, y)
      }
      this.starts[kept] = this.starts[i]!
      this.arrows[kept] = this.arrows[i]!
      this.ways[kept] = this.ways[i]!
      this.looks[kept++] = this.looks[i]!
    }
    this.count = kept
  }
}
