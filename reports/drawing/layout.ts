/** A box to be placed: its width, and the frames that enclose it, outermost first. */
export interface Box {
  readonly name: string
  readonly width: number
  readonly frames: readonly string[]
  /** The highest layer in which it may stand: 0 for who asks, 1 for the rest. */
  readonly from: number
}

/** An arrow; `level` if its ends stand side by side and not one below the other. */
export interface Way {
  readonly from: string
  readonly to: string
  readonly level: boolean
}

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: ReadonlyMap<string, Rect>
  /** Outermost first. */
  readonly frames: ReadonlyMap<string, Rect>
  /** For each way, where it runs between its two ends: the gaps in the layers that it passes. */
  readonly bends: readonly (readonly Rect[])[]
}

export const BOX_HEIGHT = 62
/** Room that a frame takes around what it encloses; its label stands at the top. */
const FRAME_TOP = 28
const FRAME_SIDE = 14
/** Between one layer and the next, where the arrows run. */
const BETWEEN_LAYERS = 48
const BETWEEN_BOXES = 26
const BETWEEN_BENDS = 12
/** Above and below, for the badges of the outermost boxes. */
const MARGIN = 10
/** With more blocks than this their order is what the scenario says. */
const MOST_SWAPPED = 60

/** A box, a frame with what it encloses, or the bend of a way that passes a layer. */
class Block {
  parent: Block | null = null
  readonly children: Block[] = []
  /** Layers, from and to. */
  top = 0
  bottom = 0
  /** Left edge, from that of the parent. */
  x = 0
  /** From left to right among the children of one parent. */
  order = 0

  constructor(
    readonly name: string,
    readonly type: 'box' | 'frame' | 'bend',
    public width: number,
  ) {}

  add(child: Block): Block {
    child.parent = this
    this.children.push(child)
    return child
  }

  get left(): number {
    return this.x + (this.parent?.left ?? 0)
  }

  get centre(): number {
    return this.left + this.width / 2
  }

  /** The child of `frame` that this is, or that encloses it; null if it stands elsewhere. */
  within(frame: Block): Block | null {
    let block: Block | null = this
    while (block !== null && block.parent !== frame) block = block.parent
    return block
  }

  /** This block and those that enclose it, innermost first. */
  *enclosing(): Generator<Block> {
    for (let block: Block | null = this; block !== null; block = block.parent) yield block
  }
}

interface Link {
  readonly a: Block
  readonly b: Block
  /** How much it wants to be straight. */
  readonly weight: number
}

/**
 * Places boxes in layers, callers above those whom they call, and within the layers so that frames enclose their
 * own and nothing else, that nothing overlaps, and that few arrows cross.
 * @param labels the width that the label of each frame needs
 */
export function layOut(
  boxes: readonly Box[],
  labels: ReadonlyMap<string, number>,
  ways: readonly Way[],
): Layout {
  const root = new Block('', 'frame', 0)
  const named = new Map(boxes.map((box) => [box.name, new Block(box.name, 'box', box.width)]))
  const frames = enclose(root, boxes, named)
  layer(boxes, named, ways)
  reach(root)

  orderBy(visits(boxes, ways), root)
  const chains = ways.map((way) => (way.level ? [] : chain(named.get(way.from)!, named.get(way.to)!, root)))
  const links = chains.flatMap((blocks) =>
    blocks.slice(1).map((b, i): Link => {
      const a = blocks[i]!
      return { a, b, weight: 1 + [a, b].filter((end) => end.type === 'bend').length }
    }),
  )
  arrange(root, links, labels)
  untangle(root, links, labels)

  const rows = rowsOf(root)
  const rectOf = (block: Block): Rect => {
    const levels = height(block)
    const y = rows[block.top]! - FRAME_TOP * levels.above
    const end = rows[block.bottom]! + BOX_HEIGHT + FRAME_SIDE * levels.below
    return { x: Math.round(block.left), y, width: Math.round(block.width), height: end - y }
  }
  return {
    width: Math.ceil(root.width),
    height: rows.at(-1)! + BOX_HEIGHT + FRAME_SIDE * height(root).below + MARGIN,
    boxes: new Map([...named].map(([name, block]) => [name, rectOf(block)])),
    frames: new Map([...frames].map(([name, block]) => [name, rectOf(block)])),
    bends: chains.map((blocks) => blocks.slice(1, -1).map(rectOf)),
  }
}

/** Puts every box into its frames, and these into theirs. */
function enclose(root: Block, boxes: readonly Box[], named: ReadonlyMap<string, Block>): Map<string, Block> {
  const frames = new Map<string, Block>()
  for (const { name, frames: around } of boxes) {
    let parent = root
    for (const frame of around) {
      if (!frames.has(frame)) frames.set(frame, parent.add(new Block(frame, 'frame', 0)))
      parent = frames.get(frame)!
    }
    parent.add(named.get(name)!)
  }
  return new Map([...frames].sort((a, b) => depth(a[1]) - depth(b[1])))
}

const depth = (block: Block): number => [...block.enclosing()].length

/** Each box one layer below the lowest of those that call it. */
function layer(boxes: readonly Box[], named: ReadonlyMap<string, Block>, ways: readonly Way[]): void {
  const known = new Map<string, number>()
  const of = (name: string): number => {
    const layer =
      known.get(name) ??
      Math.max(
        boxes.find((box) => box.name === name)!.from,
        ...ways.filter((way) => way.to === name).map((way) => of(way.from) + (way.level ? 0 : 1)),
      )
    known.set(name, layer)
    return layer
  }
  for (const [name, block] of named) block.top = block.bottom = of(name)
}

/** Frames reach over the layers of what they enclose. */
function reach(frame: Block): void {
  for (const child of frame.children) if (child.type === 'frame') reach(child)
  frame.top = Math.min(...frame.children.map((child) => child.top))
  frame.bottom = Math.max(...frame.children.map((child) => child.bottom))
}

/** The order in which one meets the boxes when one follows the arrows. */
function visits(boxes: readonly Box[], ways: readonly Way[]): Map<string, number> {
  const met = new Map<string, number>()
  const visit = (name: string): void => {
    if (met.has(name)) return
    met.set(name, met.size)
    for (const way of ways) if (way.from === name) visit(way.to)
  }
  for (const box of boxes) if (box.from === 0) visit(box.name)
  for (const box of boxes) if (!ways.some((way) => way.to === box.name)) visit(box.name)
  for (const box of boxes) visit(box.name)
  return met
}

function orderBy(met: ReadonlyMap<string, number>, block: Block): number {
  block.order = met.get(block.name) ?? Math.min(...block.children.map((child) => orderBy(met, child)))
  return block.order
}

/** From one end to the other, with a bend in every layer between; it keeps to the frames of its ends while these last. */
function chain(from: Block, to: Block, root: Block): Block[] {
  const bends: Block[] = []
  for (let layer = from.top + 1; layer < to.top; layer++) {
    const holds = (block: Block) => block.type === 'frame' && block.top <= layer && layer <= block.bottom
    const parent = [...from.enclosing()].find(holds) ?? [...to.enclosing()].find(holds) ?? root
    const bend = parent.add(new Block('', 'bend', 4))
    bend.top = bend.bottom = layer
    const [one, other] = [from.within(parent) ?? from, to.within(parent) ?? to]
    bend.order = (one.order + other.order) / 2
    bends.push(bend)
  }
  return [from, ...bends, to]
}

/** Places what a frame encloses, innermost frames first. */
function arrange(frame: Block, links: readonly Link[], labels: ReadonlyMap<string, number>): void {
  for (const child of frame.children) if (child.type === 'frame') arrange(child, links, labels)
  settle(frame, links, labels)
}

/** Places the children of a frame, of which those that are frames are arranged, and makes it as wide as they are. */
function settle(frame: Block, links: readonly Link[], labels: ReadonlyMap<string, number>): void {
  const { children } = frame
  children.sort((a, b) => a.order - b.order)
  spread(children, links)
  const left = Math.min(...children.map((child) => child.x))
  const right = Math.max(...children.map((child) => child.x + child.width))
  const side = frame.parent === null ? MARGIN : FRAME_SIDE
  frame.width = Math.max(right - left + 2 * side, labels.get(frame.name) ?? 0)
  const shift = (frame.width - (right - left)) / 2 - left
  for (const child of children) child.x += shift
}

/** What puts a frame back as it is now. */
function kept(frame: Block): () => void {
  const { width } = frame
  const places = frame.children.map((child) => ({ child, x: child.x }))
  return () => {
    frame.width = width
    places.forEach(({ child, x }, i) => {
      frame.children[i] = child
      child.x = x
    })
  }
}

/**
 * Places siblings: each is drawn to where its arrows would be straight, and pushed away from its neighbours, by
 * turns; in the end those that still overlap are pushed to the right.
 */
function spread(children: readonly Block[], links: readonly Link[]): void {
  const pairs: [Block, Block, number][] = []
  children.forEach((a, i) => {
    for (const b of children.slice(i + 1)) {
      if (a.top > b.bottom || b.top > a.bottom) continue
      const gap = a.type === 'bend' || b.type === 'bend' ? BETWEEN_BENDS : BETWEEN_BOXES
      pairs.push([a, b, gap])
    }
  })
  const pulls = pullsOf(children, links)
  const push = (a: Block, b: Block, gap: number, share: number): void => {
    const overlap = a.x + a.width + gap - b.x
    if (overlap <= 0) return
    a.x -= overlap * share
    b.x += overlap * (1 - share)
  }
  for (const child of children) child.x = 0
  for (const [a, b, gap] of pairs) push(a, b, gap, 0)
  for (let round = 0; round < 30; round++) {
    const middle = children.reduce((sum, child) => sum + child.x + child.width / 2, 0) / children.length
    const wanted = children.map((child, i) => {
      const own = pulls[i]!
      if (own.length === 0) return middle - child.width / 2
      const weight = own.reduce((sum, pull) => sum + pull.weight, 0)
      return (
        own.reduce((sum, pull) => sum + pull.weight * (pull.other.x + pull.otherAt - pull.at), 0) / weight
      )
    })
    children.forEach((child, i) => {
      child.x += (wanted[i]! - child.x) * 0.6
    })
    for (let pass = 0; pass < 12; pass++) for (const [a, b, gap] of pairs) push(a, b, gap, 0.5)
  }
  for (const child of children) child.x = Math.round(child.x)
  // Pairs come in the order of their left one, so that after this nothing overlaps.
  for (const [a, b, gap] of pairs) push(a, b, gap, 0)
}

/** What an arrow wants of the child of a frame: that its end there stands above or below the other one. */
interface Pull {
  readonly at: number
  readonly other: Block
  readonly otherAt: number
  readonly weight: number
}

/** Of each child, in their order. */
function pullsOf(children: readonly Block[], links: readonly Link[]): Pull[][] {
  const all = new Map(children.map((child): [Block, Pull[]] => [child, []]))
  const frame = children[0]!.parent!
  for (const { a, b, weight } of links) {
    const [one, other] = [a.within(frame), b.within(frame)]
    if (one === null || other === null || one === other) continue
    const [at, otherAt] = [offset(a, one), offset(b, other)]
    all.get(one)!.push({ at, other, otherAt, weight })
    all.get(other)!.push({ at: otherAt, other: one, otherAt: at, weight })
  }
  return [...all.values()]
}

/** Centre of `inner`, from the left edge of `outer`, which encloses it. */
function offset(inner: Block, outer: Block): number {
  let x = inner.width / 2
  for (let block = inner; block !== outer; block = block.parent!) x += block.x
  return x
}

/** Swaps neighbours as long as that makes fewer arrows cross, or shorter ones. */
function untangle(root: Block, links: readonly Link[], labels: ReadonlyMap<string, number>): void {
  const all: Block[] = []
  const collect = (block: Block): void => {
    if (block.children.length > 1) all.push(block)
    block.children.forEach(collect)
  }
  collect(root)
  if (all.reduce((sum, frame) => sum + frame.children.length, 0) > MOST_SWAPPED) return
  let best = tangle(root, links)
  let better = true
  while (better) {
    better = false
    for (const frame of all) {
      for (let i = 0; i + 1 < frame.children.length; i++) {
        frame.children.forEach((child, order) => {
          child.order = order
        })
        const [a, b] = [frame.children[i]!, frame.children[i + 1]!]
        a.order = i + 1
        b.order = i
        // Where something stands within a frame depends on nothing outside of it.
        const moved = [...frame.enclosing()]
        const back = moved.map(kept)
        for (const one of moved) settle(one, links, labels)
        const now = tangle(root, links)
        if (now < best - 1e-6) {
          best = now
          better = true
        } else for (const one of back) one()
      }
    }
  }
}

/** How bad it looks. */
function tangle(root: Block, links: readonly Link[]): number {
  const lines = links.map(({ a, b, weight }) => ({ layer: a.top, from: a.centre, to: b.centre, weight }))
  let cost = root.width
  lines.forEach((one, i) => {
    cost += Math.abs(one.to - one.from) * one.weight
    for (let j = 0; j < i; j++) {
      const other = lines[j]!
      if (other.layer === one.layer && (one.from - other.from) * (one.to - other.to) < 0) cost += 500
    }
  })
  return cost
}

/** The upper edge of the boxes in each layer. */
function rowsOf(root: Block): number[] {
  const rows: number[] = []
  const blocks: Block[] = []
  const collect = (block: Block): void => {
    blocks.push(block)
    block.children.forEach(collect)
  }
  root.children.forEach(collect)
  let y = MARGIN
  for (let layer = 0; layer <= root.bottom; layer++) {
    const most = (of: (block: Block) => number) => Math.max(0, ...blocks.map(of))
    y += FRAME_TOP * most((block) => (block.top === layer ? height(block).above : 0))
    rows.push(y)
    y += BOX_HEIGHT + BETWEEN_LAYERS
    y += FRAME_SIDE * most((block) => (block.bottom === layer ? height(block).below : 0))
  }
  return rows
}

/** How many frames, from this one inward, begin in its first layer and end in its last. */
function height(block: Block): { above: number; below: number } {
  if (block.type !== 'frame') return { above: 0, below: 0 }
  const own = block.parent === null ? 0 : 1
  const most = (of: (child: Block) => number) => Math.max(0, ...block.children.map(of))
  return {
    above: own + most((child) => (child.top === block.top ? height(child).above : 0)),
    below: own + most((child) => (child.bottom === block.bottom ? height(child).below : 0)),
  }
}
