import { snakeCase } from './nearest.js'

/** What is to be said of options that the real software has and that are not simulated, by their names here. */
export type RealOptions = Readonly<Record<string, string>>

/**
 * Real options that are not simulated. Names are spelled as a scenario would: `timeout client` is `timeout_client`.
 * @param idle those that change nothing that is measured here
 * @param matters those that would, with what is known of it
 * @param said those that are said in another way here, and how
 */
export function realOptions(
  idle: string,
  matters: Readonly<Record<string, string>>,
  said: Readonly<Record<string, string>>,
): RealOptions {
  const all = [
    ...words(idle).map((name) => [name, 'it has no influence here: leave it out'] as const),
    ...Object.entries(matters).flatMap(([names, what]) =>
      words(names).map((name) => [name, `it matters and is not simulated: ${what}`] as const),
    ),
    ...Object.entries(said).flatMap(([names, how]) =>
      words(names).map((name) => [name, `it is said in another way here: ${how}`] as const),
    ),
  ]
  return Object.fromEntries(all)
}

/** What is known of a name, however its words are joined; undefined where it is none of the real ones. */
export function realOption(name: string, known: RealOptions): string | undefined {
  const spelled = snakeCase(name)
  return Object.hasOwn(known, spelled) ? known[spelled] : undefined
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
