import { Flights, LOOKS, type Track } from './flights.js'

const RADIUS = [2.4, 2.4, 3.8] as const
const TONES = ['--accent', '--calm', '--hot'] as const
/** Seconds for which colours are taken to be the same. */
const FRESH = 0.5
/** More pixels to a point are not seen, and cost. */
const MOST_PIXELS = 2

/** The dots over the drawing. */
export class Dots {
  readonly canvas = document.createElement('canvas')
  private readonly context = this.canvas.getContext('2d')!
  private readonly flights = new Flights()
  private tracks: readonly Track[] = []
  private scale = 1
  private points: number[][] = LOOKS.map(() => [])
  private tones: readonly string[] = []
  private tonesUntil = 0
  private clock = 0
  private drawn = 0

  constructor() {
    this.canvas.setAttribute('aria-hidden', 'true')
    this.canvas.className = 'dots'
  }

  /** For wires of another drawing, or of another size. */
  fit(tracks: readonly Track[], scale: number, width: number, height: number): void {
    this.tracks = tracks
    this.scale = scale
    const pixels = Math.min(MOST_PIXELS, window.devicePixelRatio || 1)
    this.canvas.width = Math.round(width * pixels)
    this.canvas.height = Math.round(height * pixels)
    this.context.setTransform(pixels, 0, 0, pixels, 0, 0)
  }

  clear(): void {
    this.flights.clear()
  }

  /** Hops of a frame that begins now. @param speed how fast simulated time goes */
  add(dots: Float32Array, speed: number): void {
    this.flights.add(dots, this.clock, speed)
  }

  /** @param elapsed seconds since the last frame of the screen; 0 where time stands still */
  draw(elapsed: number): void {
    this.clock += elapsed
    if (this.flights.size === 0 && this.drawn === 0) return
    for (const some of this.points) some.length = 0
    this.flights.at(this.clock, this.tracks, this.scale, (look, x, y) => this.points[look]!.push(x, y))
    this.paint()
  }

  private paint(): void {
    const { context, canvas } = this
    context.clearRect(0, 0, canvas.width, canvas.height)
    this.readTones()
    this.drawn = 0
    this.points.forEach((some, look) => {
      if (some.length === 0) return
      this.drawn += some.length
      const radius = RADIUS[look]!
      context.fillStyle = this.tones[look]!
      context.beginPath()
      for (let i = 0; i < some.length; i += 2) {
        context.moveTo(some[i]! + radius, some[i + 1]!)
        context.arc(some[i]!, some[i + 1]!, radius, 0, 2 * Math.PI)
      }
      context.fill()
    })
  }

  /** Now and then: to ask at each frame makes the browser work out all styles each time. */
  private readTones(): void {
    if (this.clock < this.tonesUntil && this.tones.length > 0) return
    const style = getComputedStyle(document.documentElement)
    this.tones = TONES.map((tone) => style.getPropertyValue(tone))
    this.tonesUntil = this.clock + FRESH
  }
}
