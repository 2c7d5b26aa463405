/** Where something stands: a file and, from 1, a line and a column in it; 0 for what the command line said. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What a scenario says somewhere, and where it says it. Trees do not change: aliases and merges share them. */
export interface Tree {
  /** Where its name stands, if it has one; else as `place`. */
  readonly key: Place
  readonly place: Place
  /** As plain data: texts, numbers, maps, lists. */
  readonly value: unknown
  /** Of a map by key, of a list by index. */
  readonly parts: ReadonlyMap<string, Tree> | null
  /** Values in it, those that aliases repeat counted each time. */
  readonly size: number
}

export type Path = readonly (string | number)[]

export function leaf(value: unknown, place: Place, key = place): Tree {
  return { key, place, value, parts: null, size: 1 }
}

export function mapOf(parts: ReadonlyMap<string, Tree>, place: Place, key = place): Tree {
  const value = Object.fromEntries([...parts].map(([name, part]) => [name, part.value]))
  return { key, place, value, parts, size: sizeOf(parts) }
}

export function listOf(items: readonly Tree[], place: Place, key = place): Tree {
  const parts = new Map(items.map((item, i) => [String(i), item]))
  return { key, place, value: items.map((item) => item.value), parts, size: sizeOf(parts) }
}

function sizeOf(parts: ReadonlyMap<string, Tree>): number {
  let size = 1
  for (const part of parts.values()) size += part.size
  return size
}

export const isMap = ({ parts, value }: Tree): boolean => parts !== null && !Array.isArray(value)

/** What `path` leads to. */
export function at(tree: Tree, path: Path): Tree | undefined {
  let here: Tree | undefined = tree
  for (const part of path) here = here?.parts?.get(String(part))
  return here
}

/** The last of what is there on the way along `path`, and how many steps of the path lead to it. */
export function deepest(tree: Tree, path: Path): { tree: Tree; steps: number } {
  let here = tree
  for (const [steps, part] of path.entries()) {
    const next = here.parts?.get(String(part))
    if (next === undefined) return { tree: here, steps }
    here = next
  }
  return { tree: here, steps: path.length }
}

/**
 * `own` over `base`: maps are merged, nothing (`null`) takes away, everything else is replaced (as in RFC 7386).
 * @param top at which what says nothing is there, and empty: `faults: null`
 */
export function over(base: Tree, own: Tree, top = true): Tree {
  if (!isMap(base) || !isMap(own)) return own
  const parts = new Map(base.parts)
  for (const [name, part] of own.parts!) {
    const below = parts.get(name)
    if (below !== undefined && part.value === null && !top) parts.delete(name)
    else parts.set(name, below === undefined ? part : over(below, part, false))
  }
  return mapOf(parts, own.place, own.key)
}

/**
 * The tree with another part at `path`, whose parents are there; without what a map has there, if that is nothing.
 * @param top as above
 */
export function withPart(tree: Tree, path: Path, part: Tree, top = true): Tree {
  if (path.length === 0) return part
  const [step, ...rest] = path
  const parts = new Map(tree.parts)
  const inner = parts.get(String(step))
  const taken = rest.length === 0 && part.value === null && !top
  if (taken && inner !== undefined && isMap(tree)) parts.delete(String(step))
  else parts.set(String(step), inner === undefined ? part : withPart(inner, rest, part, false))
  return Array.isArray(tree.value)
    ? listOf([...parts.values()], tree.place, tree.key)
    : mapOf(parts, tree.place, tree.key)
}
