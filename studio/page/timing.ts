/** How fast simulated time can go: times as fast as the clock on the wall. */
export const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const

/** Seconds that a dot is on its way on the screen, whatever the wire takes. */
export const FLIGHT = 0.45
/** So many dots on a wire and in one direction can still be told apart. */
const DOTS = 12
/** More than so much, in seconds, is not made up for after the browser has paused. */
const LONGEST_GAP = 0.1
const SHORTEST_WINDOW = 0.5
/** More windows than these in a whole run tell no more. */
const WINDOWS = 240

/**
 * Of how many visitors one is shown, so that the busiest wire can be read.
 * @param busiest requests a second on it
 */
export const everyAt = (busiest: number, speed: number): number =>
  Math.max(1, Math.ceil((busiest * speed * FLIGHT) / DOTS))

/** Seconds of the windows in which figures are counted: about ten of them a second, and never too short to count in. */
export const windowAt = (speed: number, lasts: number): number =>
  Math.max(SHORTEST_WINDOW, Math.min(speed / 10, lasts / WINDOWS))

/** Up to when to simulate now. Times in seconds; `elapsed` of the clock on the wall since this was asked last. */
export const goalAt = (now: number, elapsed: number, speed: number, lasts: number): number =>
  Math.min(lasts, now + Math.min(LONGEST_GAP, Math.max(0, elapsed)) * speed)

/** The next speed up or down; the end of the list stays. */
export function nextSpeed(speed: number, by: 1 | -1): number {
  const at = SPEEDS.findIndex((one) => one >= speed)
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at < 0 ? SPEEDS.length - 1 : at) + by))]!
}

/** `0:42.5`, `12:03.0`, `1:02:03.0`. */
export function clockText(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10)
  const [h, m, s] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10]
  const small = s.toFixed(1).padStart(4, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${small}` : `${m}:${small}`
}

/** The same without what is nothing: `10:00`. */
export const roundClock = (seconds: number): string => clockText(seconds).replace(/\.0$/, '')
