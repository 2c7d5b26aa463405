import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseAst } from 'vitest/node'

const root = path.resolve(import.meta.dirname, '../..')

/** The rooms of the program; those that are still to be built are read from the day they stand. */
const ROOMS = ['cli', 'pools', 'reports', 'sim', 'studio', 'lab', 'importers']
/** What else reads the program: tests, measurements, the build. */
const READERS = ['test', 'bench', 'studies']
const CODE = /\.(ts|mjs)$/

/** A part of a syntax tree, as ESTree describes it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  // biome-ignore lint/suspicious/noExplicitAny: each type of node has fields of its own
  readonly [field: string]: any
}

/** What a file of the repository says. */
export interface Source {
  /** From the root, as `sim/kernel/kernel.ts`. */
  readonly file: string
  readonly text: string
  readonly tree: Node
}

const below = (folder: string, fits: RegExp): string[] =>
  existsSync(path.join(root, folder))
    ? readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => fits.test(file) && !file.includes('node_modules'))
        .map((file) => path.join(folder, file))
        .sort()
    : []

const atRoot = (fits: RegExp): string[] => readdirSync(root).filter((file) => fits.test(file))

function read(file: string): Source {
  const text = readFileSync(path.join(root, file), 'utf8')
  return { file, text, tree: parseAst(text, { lang: file.endsWith('.ts') ? 'ts' : 'js' }) as unknown as Node }
}

/** The sources of the program. */
export const sources = (): Source[] => ROOMS.flatMap((room) => below(room, /\.ts$/)).map(read)

/** The sources, and all else that is code. */
export const code = (): Source[] =>
  [...[...ROOMS, ...READERS].flatMap((folder) => below(folder, CODE)), ...atRoot(CODE)].map(read)

/** Names of all files that somebody wrote: code, words and settings, but not what was kept or installed. */
export const written = (): string[] => [
  ...[...ROOMS, ...READERS, 'docs'].flatMap((folder) => below(folder, /\.(ts|mjs|md|css|py|cpp|hpp)$/)),
  ...['scenarios', 'validation'].flatMap((folder) => below(folder, /\.(yaml|md)$/)),
  ...atRoot(/\.(ts|mjs|md)$/),
]

export const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')

/** Calls `look` for `node` and for all in it, with those that it stands in, the nearest last. */
export function walk(
  node: Node,
  look: (node: Node, above: readonly Node[]) => void,
  above: Node[] = [],
): void {
  look(node, above)
  above.push(node)
  for (const value of Object.values(node)) {
    for (const part of Array.isArray(value) ? value : [value])
      if (typeof part?.type === 'string') walk(part, look, above)
  }
  above.pop()
}

/** A function, named with what it stands in: `Kernel.run`. */
export interface Length {
  readonly name: string
  readonly lines: number
}

/** How long the functions of a file are: from the line of its name to that of its last brace. */
export function lengthsOf({ text, tree }: Source): Length[] {
  const lengths: Length[] = []
  walk(tree, (node, above) => {
    if (!/Function(Declaration|Expression)$/.test(node.type) || !node.body) return
    const named = [...above, node].filter(({ key, id }) => (key ?? id)?.name !== undefined)
    const name = named.map(({ key, id }) => (key ?? id).name).join('.')
    const start = above.at(-1)!.value === node ? above.at(-1)!.start : node.start
    lengths.push({ name, lines: text.slice(start, node.end).split('\n').length })
  })
  return lengths
}

/** The names that a file gives away. */
export function exportsOf({ tree }: Source): string[] {
  const names: string[] = []
  for (const { type, declaration, specifiers } of tree.body as Node[]) {
    if (type === 'ExportDefaultDeclaration') names.push('default')
    if (type !== 'ExportNamedDeclaration') continue
    for (const { exported } of specifiers) names.push(exported.name)
    if (declaration === null) continue
    const declared: Node[] = declaration.declarations ?? [declaration]
    for (const { id } of declared)
      names.push(...(id.properties?.map(({ value }: Node) => value.name) ?? [id.name]))
  }
  return names
}

/** The source that a string in `file` names, as an import or a worker does: that of `dist/` is the one it is built from. */
function named(file: string, string: string, known: ReadonlySet<string>): string | null {
  const from = string.startsWith('.') ? path.dirname(file) : ''
  const at = path.join(from, string).replace(/^dist\//, '')
  return [at, at.replace(/\.js$/, '.ts')].find((one) => known.has(one)) ?? null
}

/** The files that `source` names, be it to import them, to start them or to build them. */
export function reaches({ file, tree }: Source, known: ReadonlySet<string>): string[] {
  const found: string[] = []
  walk(tree, ({ type, value }) => {
    const at = type === 'Literal' && typeof value === 'string' ? named(file, value, known) : null
    if (at !== null) found.push(at)
  })
  return found
}

/** What `source` takes from others, as `sim/kernel/kernel.ts Kernel`; all of it is `*`. */
export function importsOf({ file, tree }: Source, known: ReadonlySet<string>): string[] {
  const taken: string[] = []
  walk(tree, ({ type, source, specifiers = [], argument }) => {
    const from = source?.value ?? argument?.value
    if (!/^(Import|Export|TSImport)/.test(type) || typeof from !== 'string') return
    const at = named(file, from, known)
    if (at === null) return
    if (!/Declaration$/.test(type) || type === 'ExportAllDeclaration') taken.push(`${at} *`)
    for (const one of specifiers as Node[]) {
      const name = one.type === 'ImportDefaultSpecifier' ? 'default' : (one.imported ?? one.local)?.name
      taken.push(`${at} ${one.type === 'ImportNamespaceSpecifier' ? '*' : name}`)
    }
  })
  return taken
}

/** The names that a file gives to things, each once. */
export function namesOf({ tree }: Source): Set<string> {
  const names = new Set<string>()
  walk(tree, (node) => /Identifier$/.test(node.type) && names.add(node.name))
  return names
}
