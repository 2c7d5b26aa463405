import type * as z from 'zod'
import { defaultServer, type Options } from './haproxy-options.js'

/** A `server` line: where it stands in the options, its backend (null: the default one), and all that holds for it. */
export interface ServerLine {
  readonly path: readonly (string | number)[]
  readonly backend: string | null
  readonly name: string
  readonly said: z.output<typeof defaultServer> & { readonly cookie?: string | undefined }
}

/** What does not fit, and the path of the option that it is about. */
export type Misfit = { path: readonly (string | number)[]; message: string }

/** An option of a server line. */
export type OfServer = keyof z.output<typeof defaultServer>

/** The servers of all backends, those of the default one first. */
export function linesOf({ servers, default_server, backends = {} }: Options): ServerLine[] {
  const every = default_server ?? defaultServer.parse({})
  const linesIn = (
    backend: string | null,
    listed: Options['servers'],
    holds: typeof every,
    path: readonly string[],
  ): ServerLine[] =>
    listed.map(({ name, ...own }, i) => ({
      path: [...path, 'servers', i],
      backend,
      name: name.name,
      said: { ...holds, ...own },
    }))
  return [
    ...linesIn(null, servers, every, []),
    ...Object.entries(backends).flatMap(([name, { servers: own, default_server: of }]) =>
      linesIn(name, own, { ...every, ...of }, ['backends', name]),
    ),
  ]
}

/** The server line that says `option` itself, or the `default_server` that holds for it. */
export function whereSaid(
  line: ServerLine,
  option: OfServer,
  { servers, backends = {} }: Options,
): Misfit['path'] {
  const { backend, path } = line
  const own = backend === null ? servers : backends[backend]!.servers
  if (own[Number(path.at(-1))]![option] !== undefined) return path
  const ofBackend = backend !== null && backends[backend]!.default_server?.[option] !== undefined
  return ofBackend ? ['backends', backend, 'default_server'] : ['default_server']
}
