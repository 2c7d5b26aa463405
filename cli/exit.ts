/** What the exit code of `nines` says. */
export const exitCodes = { done: 0, unmet: 1, unusable: 2, failed: 3, interrupted: 130 } as const

/** Ends the program with a code; what is to be said has been said. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`)
  }
}

/** An option or a usage that makes no sense: the message is for the user. */
export class Unusable extends Error {}
