import type { Calling } from './call-options.js'

/** The services that a request of a class needs: each that it calls and cannot go without. */
export const callsNeeded = ({ calls = [] }: Calling, named: string): string[][] =>
  calls
    .filter(({ classes, fallback }) => !fallback && classes?.names.includes(named) !== false)
    .map(({ name }) => [name.name])
