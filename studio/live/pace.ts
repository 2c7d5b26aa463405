/** Seconds of simulated time that are gone through before anybody looks at the clock: at first. */
const FIRST = 0.01
const SHORTEST = 1e-6
/** However little happens at present, more may at once: seconds. */
const LONGEST = 10
/** Milliseconds: slices that took less get longer, and those that took more shorter. */
const QUICK = 1
const SLOW = 3

/** How long slices of simulated time are, so that each takes a few milliseconds. */
export class Pace {
  slice = FIRST

  /** A whole slice has taken so many milliseconds. */
  took(milliseconds: number): void {
    if (milliseconds < QUICK) this.slice = Math.min(LONGEST, this.slice * 2)
    else if (milliseconds > SLOW) this.slice = Math.max(SHORTEST, this.slice / 2)
  }
}
