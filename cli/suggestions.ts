import type { Argument } from 'commander'

/** What a shell completes an argument with, that may be other things, too. */
const suggested = new WeakMap<Argument, () => readonly string[]>()

/** The argument, of which a shell gets told what it is likely to be. */
export function suggesting(argument: Argument, names: () => readonly string[]): Argument {
  suggested.set(argument, names)
  return argument
}

/** Empty where nothing was said. */
export const suggestionsFor = (argument: Argument): readonly string[] => suggested.get(argument)?.() ?? []
