/** Reads files that a scenario names, relative to it. Throws `Unreadable` where it cannot. */
export interface Files {
  read(path: string): string
}

/**
 * What cannot be made before a file is read: `empirical(times.csv)`. Schemas are made once and serve all scenarios,
 * so they know no files; whoever parses with them gives the files afterwards.
 */
export class FromFile<T> {
  /** @param make throws `Unreadable`, as the types of options do */
  constructor(readonly make: (files: Files) => T) {}
}

/** What `make` makes; or, where it asks for a file, a `FromFile` in its place until the checker has read that. */
export function fromFile<T>(make: (files: Files) => T): T {
  try {
    return make(none)
  } catch (error) {
    if (!(error instanceof Asked)) throw error
    return new FromFile(make) as T
  }
}

/** A file was asked for where there are none yet. */
class Asked extends Error {}

const none: Files = {
  read: (path) => {
    throw new Asked(path)
  },
}
