/** One thing wrong with a scenario file or an option. */
export interface Problem {
  readonly file: string
  /** From 1; 0 where the place is not in the file. */
  readonly line: number
  readonly column: number
  /** `components.haproxy.servers`; empty for the file as a whole. */
  readonly path: string
  /** What is wrong, what was expected, and the nearest known name. */
  readonly message: string
}

/** A scenario cannot be run: all that is wrong with it. */
export class ScenarioError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(showProblem).join('\n'))
  }
}

/**
 * What `make` gives of each; where that is refused for some, the problems of all of them at once, and those that several
 * have only once.
 * @throws ScenarioError
 */
export function eachOf<In, Out>(all: readonly In[], make: (one: In, place: number) => Out): Out[] {
  const problems: Problem[] = []
  const made = all.flatMap((one, place) => {
    try {
      return [make(one, place)]
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error
      problems.push(...error.problems)
      return []
    }
  })
  if (problems.length > 0) throw new ScenarioError(distinct(problems))
  return made
}

/** Without those that say the same of the same place. */
export const distinct = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [showProblem(problem), problem])).values(),
]

/** `file:line:column: path: message`, as compilers write it. */
export function showProblem({ file, line, column, path, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  // `--lasts` is about what it says.
  return path === '' || file === `--${path}` ? `${place}: ${message}` : `${place}: ${path}: ${message}`
}
