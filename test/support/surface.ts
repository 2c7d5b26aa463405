import path from 'node:path'
import { type Node, type Source, sources, walk } from './sources.js'

const DOOR = 'sim/index.ts'

interface Declared {
  readonly name: string
  readonly source: Source
  readonly node: Node
}

/** What the door of the engine gives away, as Markdown: names with their signatures, and what is said of each. */
export function surface(): string {
  const all = new Map(sources().map((source) => [source.file, source]))
  const declared = given(all.get(DOOR)!, all).sort((a, b) => (a.name < b.name ? -1 : 1))
  const isType = ({ node }: Declared) => /^TS/.test(node.type)
  const own = new Set(declared.map(({ name }) => name))
  const others = new Set(declared.flatMap((one) => namedBy(one)).filter((name) => !own.has(name)))
  return [
    '# What programs can use',
    '',
    "All that `import { ... } from 'nines'` gives, read from [the door](../sim/index.ts). How it is used: [embedding the",
    'engine](embedding.md). `npx vitest run test/kept/surface.test.ts --update` writes this page anew.',
    '',
    ...['## Functions and classes', '', ...declared.filter((one) => !isType(one)).flatMap(shown)],
    ...['## Types', '', ...declared.filter(isType).flatMap(shown)],
    "## The engine's own",
    '',
    'Named above and not given away: what these are may change.',
    '',
    ...[...others].sort().map((name) => `- \`${name}\``),
    '',
  ].join('\n')
}

/** Where each name that `door` gives away is declared. */
function given(door: Source, all: ReadonlyMap<string, Source>): Declared[] {
  return (door.tree.body as Node[]).flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return []
    const { declaration, specifiers } = statement
    if (declaration) return [{ name: declaration.id.name, source: door, node: declaration }]
    const file = path.join(path.dirname(door.file), statement.source.value).replace(/\.js$/, '.ts')
    return (specifiers as Node[]).map(({ exported: { name } }) => ({
      name,
      source: all.get(file)!,
      node: declarationOf(name, all.get(file)!),
    }))
  })
}

function declarationOf(name: string, { file, tree }: Source): Node {
  const statements = (tree.body as Node[]).filter(({ type }) => type === 'ExportNamedDeclaration')
  const node = statements.find(({ declaration }) => declaration?.id?.name === name)?.declaration
  if (!node) throw new Error(`the door names ${name} of ${file}, where it is not declared`)
  return node
}

function shown({ name, source, node }: Declared): string[] {
  return [`### ${name}`, '', '```ts', `${commentOf(source, node)}${signatureOf(source, node)}`, '```', '']
}

/** The comment above a declaration. */
function commentOf({ text }: Source, { start }: Node): string {
  return /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)(?:export )?$/.exec(text.slice(0, start))?.[1] ?? ''
}

/** A declaration without bodies, nor what is nobody's business. */
function signatureOf({ text }: Source, node: Node): string {
  const upTo = (from: Node, body: Node | null) => text.slice(from.start, body?.start ?? from.end).trimEnd()
  if (node.type === 'FunctionDeclaration') return upTo(node, node.body)
  if (node.type !== 'ClassDeclaration') return upTo(node, null)
  const members = (node.body.body as Node[]).filter(({ accessibility }) => accessibility !== 'private')
  return [
    `${upTo(node, node.body)} {`,
    ...members.map((member) => `  ${upTo(member, member.value?.body ?? null)}`),
    '}',
  ].join('\n')
}

/** The types that a declaration names, without those of the language and its own parameters. */
function namedBy({ node }: Declared): string[] {
  const names: string[] = []
  const outside: Node = node.type === 'FunctionDeclaration' ? { ...node, body: null } : node
  walk(outside, ({ type, typeName }) => {
    if (type === 'TSTypeReference' && !LANGUAGE.has(typeName.name)) names.push(typeName.name)
  })
  return names
}

const LANGUAGE = new Set(['Promise', 'Readonly', 'ReadonlyMap', 'Record', 'Pick', 'Omit'])
