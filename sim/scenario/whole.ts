import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'

/** A map of a scenario, and an entry of it. */
type Entries = YAMLMap<Node, Node | null>
type Entry = Pair<Node, Node | null>

/** Columns at which a map in braces goes on in the next line. */
const WIDTH = 110

/**
 * One text for a scenario and those that it extends, with the comments of all but the pictures of the others: what
 * `extends:` leaves to be looked up stands in its place.
 * @param texts of sound scenarios, each extending the one after it
 */
export function wholeText(texts: readonly string[]): string {
  const [own, ...others] = texts.map(partsOf)
  if (others.length === 0) return own!.preface + own!.body
  const bodies = [own!, ...others].map(({ body }) => body).reverse()
  const whole = parseDocument(bodies[0]!, { merge: true })
  for (const body of bodies.slice(1)) {
    const document = parseDocument(body, { merge: true })
    document.delete('extends')
    unfold(document, () => true)
    lay(whole, whole.contents as Entries, document.contents as Entries, true)
  }
  return own!.preface + whole.toString({ lineWidth: WIDTH })
}

/** The comment at the top, without what is for editors and sets that apart; and the rest. */
function partsOf(text: string): { preface: string; body: string } {
  const [top] = /^(?:[ \t]*(?:#.*)?\n)*/.exec(text)!
  return {
    preface: top.replace(/^# *yaml-language-server:.*\n(?:#[ \t]*\n)*/gm, ''),
    body: text.slice(top.length),
  }
}

/**
 * `own` over `base`: maps are merged, nothing (`null`) takes away, everything else is replaced.
 * @param top at which what says nothing is there, and empty: `faults: null`
 */
function lay(document: Document, base: Entries, own: Entries, top: boolean): void {
  for (const pair of own.items) {
    const name = nameOf(pair)
    if (base.items.some(isMerge) && !base.items.some((one) => nameOf(one) === name)) splice(document, base)
    const found = base.items.find((one) => nameOf(one) === name)
    if (found === undefined) {
      base.items.push(pair)
      continue
    }
    const below = isAlias(found.value) ? copyOf(found.value, document) : found.value
    found.value = below
    if (isMap(below) && isMap(pair.value)) {
      release(document, below, false)
      lay(document, below as Entries, pair.value as Entries, false)
    } else {
      if (below !== null) release(document, below, true)
      if (isNothing(pair.value) && !top) base.items = base.items.filter((one) => one !== found)
      else found.value = pair.value
    }
  }
}

/** What others say by the anchor of `node`, or by those in it, they say themselves from now on. */
function release(document: Document, node: Node, deep: boolean): void {
  const anchors = new Set<string>()
  visit(node, {
    Node: (_, one) => {
      if ('anchor' in one && one.anchor !== undefined) anchors.add(one.anchor)
      return deep ? undefined : visit.BREAK
    },
  })
  if (anchors.size > 0) unfold(document, (name) => anchors.has(name))
}

/** Replaces aliases of some names by what they stand for, and takes the anchors away. */
function unfold(document: Document, meant: (name: string) => boolean): void {
  visit(document, {
    Map: (_, map) => {
      const merged = map.items.some((pair) => {
        const { value } = pair as Entry
        return isMerge(pair as Entry) && isAlias(value) && meant(value.source)
      })
      if (merged) splice(document, map as Entries)
    },
    Alias: (_, alias) => (meant(alias.source) ? copyOf(alias, document) : undefined),
  })
  visit(document, {
    Node: (_, one) => {
      if ('anchor' in one && one.anchor !== undefined && meant(one.anchor)) delete one.anchor
    },
  })
}

/** What `<<` takes over stands in the map itself, where the map does not say it. */
function splice(document: Document, map: Entries): void {
  const merged = map.items.filter(isMerge)
  const items = map.items.filter((pair) => !isMerge(pair))
  for (const { value } of merged) {
    const sources = isAlias(value) ? [copyOf(value, document)] : isMap(value) ? [value] : []
    for (const source of sources as Entries[]) {
      if (source.items.some(isMerge)) splice(document, source)
      const added = source.items.filter((one) => !items.some((other) => nameOf(other) === nameOf(one)))
      items.unshift(...added)
    }
  }
  map.items = items
}

/** Of what an alias stands for, without its anchors. */
function copyOf(alias: Alias, document: Document): Node {
  const copy = alias.resolve(document)!.clone() as Node
  visit(copy, {
    Node: (_, one) => {
      if ('anchor' in one) delete one.anchor
    },
  })
  return copy
}

const isNothing = (node: Node | null): boolean => node === null || (isScalar(node) && node.value === null)

const isMerge = ({ key }: Entry): boolean => isScalar(key) && key.source === '<<'

const nameOf = ({ key }: Entry): string => (isNode(key) ? String(key) : '')
