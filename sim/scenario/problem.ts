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

/** `file:line:column: path: message`, as compilers write it. */
export function showProblem({ file, line, column, path, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file
  // `--lasts` is about what it says.
  return path === '' || file === `--${path}` ? `${place}: ${message}` : `${place}: ${path}: ${message}`
}
