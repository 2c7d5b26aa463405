import type { Neighbour } from '../../parts/kind.js'

/** A server, and where the scenario names it. */
interface Line {
  readonly name: string
  readonly path: readonly (string | number)[]
}

/** A server as others see it, and whether it speaks TLS; undefined where it has no word for that. */
export function speaks(name: string, all: readonly Neighbour[]): boolean | undefined {
  const options = all.find((one) => one.name === name)?.options
  if (options === undefined || !('tls' in options)) return undefined
  return options.tls !== undefined && options.tls !== false
}

/** Servers of which some speak the TLS that is passed on to them. */
export function unlike(lines: readonly Line[], all: readonly Neighbour[]) {
  const speaking = lines.find(({ name }) => speaks(name, all) === true)
  if (speaking === undefined) return []
  return lines.flatMap(({ name, path }) =>
    speaks(name, all) === true || !all.some((one) => one.name === name)
      ? []
      : [
          {
            path,
            message: `${speaking.name} speaks TLS and ${name} does not: visitors who are passed on speak the same to all`,
          },
        ],
  )
}
