import type { Kernel } from '../../kernel/kernel.js'
import type { Session } from '../../model/session.js'
import type { Component } from '../../parts/component.js'
import type { Observer } from '../../parts/context.js'
import { Outcome } from '../../parts/outcome.js'
import { State, Syn } from '../../parts/port.js'
import type { Request, Way } from '../../parts/request.js'
import { requestsEach, type UsersSpec } from '../../scenario/scenario.js'
import { LateSums } from './late-sums.js'
import { OneIn } from './one-in.js'
import { holdersOf, mixesOf, WHATS, WHYS } from './resolve.js'
import { type BadTime, type CausesRecord, type Group, groups, What, Why } from './spent.js'

/** Requests that are followed in a replication, or so. */
const FOLLOWED = 2000
/** In so many parts of the measured span, who waits in a queue is compared with who holds the places. */
const WINDOWS = 200
/** Seconds between two requests of a closed user, at least: what is asked more often is not known beforehand. */
const BUSY = 0.1
/** Instead of a window and place: nobody answered that a request fails; or it was a timeout, which time explains. */
const NOBODY = -1
const TIMEOUT = -2
/** Instead of a machine. */
const NOWHERE = -1

/** A request that is followed, in a box or on its way to or from it. */
interface Node {
  readonly request: Request
  parent: Node | null
  /** What it waits for below: the first that was called, and of each the one that was called after it. */
  child: Node | null
  next: Node | null
  tree: Tree
  /** Index of the box that it is in, or is on its way to; and of the one that called. */
  box: number
  from: number
  state: 'travels' | 'connects' | 'queued' | 'inside' | 'throttled' | 'reads' | 'awaits' | 'lost'
  why: Why
  /** The way to the other box that has to confirm it, or on which the rest of it is, while it waits for that. */
  way: Way | null
  /** Index of the machine at whose network interface it waits for its turn, where that is why. */
  host: number
  /** Window and place where the last of what it asked below failed. */
  blame: number
}

/** What a visitor waits for, or what goes on for nobody. */
interface Tree {
  root: Node | null
  /** Until when its time is accounted for. */
  last: number
  visitor: Visitor | null
}

/** A visitor's request, and where its time went: seconds by window and place. */
class Visitor {
  readonly keys: number[] = []
  readonly seconds: number[] = []
  /** Of the keys, where those of the latest window begin: the others come no more. */
  private latest = 0
  /** Window and place of the answer, if it fails. */
  blame = NOBODY
  private window = 0

  constructor(
    readonly users: number,
    readonly kind: number,
    readonly arrived: number,
  ) {}

  /** A few places in each window: looked through sooner than hashed. */
  spend(window: number, key: number, seconds: number): void {
    const { keys } = this
    if (window !== this.window) {
      this.window = window
      this.latest = keys.length
    }
    for (let i = this.latest; i < keys.length; i++) {
      if (keys[i] !== key) continue
      this.seconds[i]! += seconds
      return
    }
    keys.push(key)
    this.seconds.push(seconds)
  }
}

/** Requests that ended alike, and where their time went. */
interface Count {
  requests: number
  readonly bag: LateSums
  failed: number
  /** Requests by window and place of what answered that they fail. */
  readonly answers: LateSums
}

/**
 * Follows one in so many visitors, the same in every run with the same visitors, and accounts each moment of what they
 * wait for to the lowest box that has it. Changes nothing in the run.
 */
export class Follower implements Required<Observer> {
  /** Who is followed. */
  private readonly some: OneIn
  /** Of users, boxes, the far ends of wires, and machines. */
  private readonly names: string[]
  private readonly index: Map<string, number>
  private readonly nodes = new Map<Request, Node>()
  private readonly visitors = new Map<number, Tree>()
  private readonly trees = new Set<Tree>()
  private readonly kernel: Kernel
  private readonly window: number
  /** How many places there can be. */
  private readonly places: number
  /** Seconds, by window, box that is full, and place of who is in it. */
  private readonly holding = new LateSums()
  /** What was wrong with the servers of a box that trusted none, by window, box and place. */
  private readonly down = new LateSums()
  private readonly times: Count[][]
  private readonly classes: Count[]
  private readonly faults: Count[]
  /** By their index; none for users and what is no box. */
  private readonly boxes: readonly (Component | undefined)[]
  /** Of the machine that each is on, by the scenario. */
  private readonly speeds: readonly number[]
  private readonly kinds: ReadonlyMap<string, string>
  /** Those that wait for several others at once, by their index. */
  private readonly joining: ReadonlySet<number>
  /** Seconds of each way, by the scenario. */
  private readonly latencies: ReadonlyMap<Way, number>

  constructor(private readonly session: Session) {
    const { scenario, components, wires, users } = session.model
    this.some = new OneIn(Math.max(1, Math.round(expected(scenario.users, scenario.lasts) / FOLLOWED)))
    this.names = [...users.map(({ name }) => name), ...components.keys()]
    const others = [
      ...wires.flatMap(({ from, towards }) => [from, towards]),
      ...scenario.hosts.map(({ name }) => name),
    ]
    this.names = [...new Set([...this.names, ...others])]
    this.index = new Map(this.names.map((name, i) => [name, i]))
    this.kernel = session.model.kernel
    this.places = (this.names.length * WHATS + WHATS) * (this.names.length + 1) * WHYS
    this.window = scenario.lasts / WINDOWS
    const blank = (): Count => ({ requests: 0, bag: new LateSums(), failed: 0, answers: new LateSums() })
    this.times = scenario.classes.map(() => groups.map(blank))
    this.classes = scenario.classes.map(blank)
    this.faults = scenario.faults.map(blank)
    this.boxes = this.names.map((name) => components.get(name))
    const speeds = new Map(scenario.hosts.map(({ name, speed }) => [name, speed]))
    this.speeds = this.boxes.map((box) => (box === undefined ? 1 : (speeds.get(box.host.name) ?? 1)))
    this.kinds = new Map(scenario.components.map(({ name, kind }) => [name, kind.kind]))
    const joining = scenario.components.filter(({ kind }) => kind.joins === true)
    this.joining = new Set(joining.map(({ name }) => this.index.get(name)!))
    for (const component of components.values()) component.observe(this.turned)
    this.latencies = new Map(wires.map((wire) => [wire, wire.latency.value]))
    for (const { open, latency, delivery } of wires)
      for (const dial of [open, latency, delivery]) dial.watch(this.turned)
  }

  // ---- The life of a request ----------------------------------------------------------------------------------

  // Of every visitor: what is done for few is apart, since V8 puts these two into the functions that all requests go
  // through, and all that is in them.

  asked(request: Request, users: string): boolean {
    if (!this.some.has(scattered(request.key, request.family))) return false
    return this.follow(request, users)
  }

  ended(request: Request): void {
    if (request.traced) this.finish(request)
  }

  private follow(request: Request, users: string): boolean {
    if (request.number === 0 || request.malicious) return false
    const tree: Tree = {
      root: null,
      last: this.now,
      visitor: new Visitor(this.index.get(users)!, request.class, request.arrived),
    }
    this.visitors.set(nameOf(request), tree)
    this.trees.add(tree)
    return true
  }

  entered(request: Request): void {
    this.become(request, 'inside', request.at!.name)
  }

  queued(request: Request): void {
    this.move(request, 'queued')
  }

  began(request: Request): void {
    this.move(request, 'inside')
  }

  throttled(request: Request): void {
    this.move(request, 'throttled')
  }

  reads(request: Request): void {
    const lacks = request.wire!.lacks(request)
    this.move(request, lacks ? 'reads' : 'inside')
    const node = this.nodes.get(request)
    if (!lacks || node === undefined) return
    node.way = slowest(request)
    this.look(node)
  }

  awaits(request: Request, box: string): void {
    const node = this.nodes.get(request)
    if (node === undefined) return
    const ends = [this.names[node.box]!, box]
    // Either of the two has laid it.
    const way = this.session.model.wires.find((w) => ends.includes(w.from) && ends.includes(w.towards))
    if (way === undefined) return
    this.move(request, 'awaits')
    node.way = way
    this.look(node)
  }

  travels(request: Request): void {
    if (request.parent === null) return
    // A SYN is sent again: until one is heard it waits for what it waited for.
    if (request.resends > 0 && this.nodes.get(request)?.why === Why.synQueue) return
    const deaf = request.resends > 0 ? this.deafOn(request.wire!) : null
    if (deaf !== null) {
      const node = this.become(request, 'lost', deaf.box)
      if (node !== null) node.why = deaf.why
      return
    }
    const node = this.become(request, 'travels', request.wire!.towards)
    if (node === null) return
    if (request.resends > 0) node.why = this.whyLost(request.wire!)
    else this.lookAlong(node, request.wire!)
  }

  connecting(request: Request): void {
    // Whom the box has not taken in is known to be here, and why.
    if (this.nodes.get(request)?.state !== 'connects') this.become(request, 'connects', request.wire!.towards)
  }

  filtered(request: Request): void {
    const node = this.nodes.get(request)
    if (node !== undefined) node.why = Why.filtered
  }

  astray(request: Request): void {
    const node = this.nodes.get(request)
    if (node !== undefined) node.why = Why.moved
  }

  left(request: Request): void {
    const node = this.nodes.get(request)
    if (node === undefined) return
    this.blame(node, request.outcome === Outcome.ok ? NOBODY : this.blameOf(node))
    if (request.outcome === Outcome.dropped) this.turnAway(node)
    else this.remove(node)
  }

  /** Not taken in: its SYN is sent again, or it is lost, as the next event tells. */
  private turnAway(node: Node): void {
    this.become(node.request, 'connects', node.request.wire!.towards)
    if (node.why !== Why.unknown && node.why !== Why.full && node.why !== Why.idle) return
    const own = this.boxes[node.box]
    const turned = own?.turnsAway(node.request) ?? null
    if (turned !== null) node.why = TURNED[turned]
    else if (own?.hasServer(node.request.class) === false)
      node.why = this.noteServers(node) ? Why.noServer : Why.unknown
    else node.why = LACKS[own?.lacks ?? 'place'] ?? Why.full
  }

  arrived(request: Request): void {
    this.over(request)
  }

  failed(request: Request, outcome: Outcome): void {
    const gone = outcome === Outcome.refused
    const where = gone ? this.answerOf(this.index.get(request.wire!.towards)!, Why.gone) : TIMEOUT
    const node = this.nodes.get(request)
    if (node === undefined) this.blameAbove(request, where)
    else {
      this.blame(node, where)
      this.remove(node)
    }
  }

  lost(request: Request): void {
    if (request.parent === null) {
      this.over(request)
      return
    }
    const why = this.nodes.get(request)?.why
    const node = this.become(request, 'lost', request.wire!.towards)
    // The box says nothing, as it was told to.
    if (node !== null && why === Why.rules) node.why = why
  }

  forgotten(request: Request): void {
    const node = this.nodes.get(request)
    if (node === undefined) return
    this.account(node.tree)
    this.blame(node, TIMEOUT)
    this.cut(node)
    if (node.state === 'lost') {
      this.nodes.delete(request)
      return
    }
    this.orphan(node)
  }

  private finish(request: Request): void {
    const tree = this.visitors.get(nameOf(request))
    if (tree === undefined) return
    this.account(tree)
    const good =
      request.outcome === Outcome.ok && this.now - request.arrived <= this.session.model.scenario.good
    // What was answered to an earlier try is no answer to the one that he gave up.
    if (request.outcome === Outcome.timeout) tree.visitor!.blame = NOBODY
    this.end(tree, request.outcome !== Outcome.ok ? 'failed' : good ? 'ok' : 'slow')
    this.visitors.delete(nameOf(request))
  }

  // ---- Trees --------------------------------------------------------------------------------------------------

  private get now(): number {
    return this.kernel.now
  }

  /** `request` is now on its way to, or in, the box named. */
  private become(request: Request, state: Node['state'], box: string): Node | null {
    let node = this.nodes.get(request)
    if (node === undefined) {
      const { caller } = request
      const parent = caller === null ? null : (this.nodes.get(caller) ?? null)
      const tree = parent?.tree ?? this.treeOf(request)
      if (tree === null) return null
      this.account(tree)
      const from = this.index.get(request.wire!.from)!
      node = {
        request,
        parent,
        child: null,
        next: null,
        tree,
        box: 0,
        from,
        state,
        why: Why.unknown,
        way: null,
        host: NOWHERE,
        blame: NOBODY,
      }
      this.nodes.set(request, node)
      if (parent === null) tree.root = node
      else append(parent, node)
    } else {
      this.account(node.tree)
    }
    node.box = this.index.get(box)!
    node.state = state
    node.why = Why.unknown
    this.look(node)
    return node
  }

  private move(request: Request, state: Node['state']): void {
    const node = this.nodes.get(request)
    if (node === undefined || node.state === state) return
    this.account(node.tree)
    node.state = state
  }

  private over(request: Request): void {
    const node = this.nodes.get(request)
    if (node !== undefined) this.remove(node)
  }

  private remove(node: Node): void {
    this.account(node.tree)
    this.cut(node)
    this.nodes.delete(node.request)
    for (let child = node.child; child !== null; ) {
      const { next } = child
      child.parent = null
      child.next = null
      this.orphan(child)
      child = next
    }
    this.forgetIfOver(node.tree)
  }

  /** Takes it out of its tree. */
  private cut(node: Node): void {
    const { parent, tree } = node
    if (parent !== null) takeOut(parent, node)
    else if (tree.root === node) tree.root = null
    node.parent = null
    this.forgetIfOver(tree)
  }

  private forgetIfOver(tree: Tree): void {
    if (tree.root === null && tree.visitor === null) this.trees.delete(tree)
  }

  /** It goes on, and what it waits for, for nobody. */
  private orphan(root: Node): void {
    const tree: Tree = { root, last: this.now, visitor: null }
    this.trees.add(tree)
    const all = [root]
    for (const node of all) {
      node.tree = tree
      for (let child = node.child; child !== null; child = child.next) all.push(child)
    }
  }

  /** What the visitor whose own request it is waits for; null if it is no visitor's. */
  private treeOf(request: Request): Tree | null {
    if (request.parent === null) return null
    const tree = this.visitors.get(nameOf(request))
    if (tree?.visitor == null) return null
    return request.parent.at?.name === this.names[tree.visitor.users] && tree.root === null ? tree : null
  }

  // ---- Where time goes ----------------------------------------------------------------------------------------

  /** The time since the last event of `tree` went where it was until now. */
  private account(tree: Tree): void {
    const { now } = this
    let from = tree.last
    if (now <= from) return
    tree.last = now
    const deepest = tree.root && deepestOf(tree.root)
    if (deepest === null && tree.visitor === null) return
    const place = this.placeOf(deepest, tree)
    const start = this.session.model.warmup
    let window = Math.max(0, Math.floor((from - start) / this.window))
    while (from < now) {
      const edge = start + (window + 1) * this.window
      // The quotient of an edge may be a little less than whole.
      if (edge > from) {
        const to = Math.min(now, edge)
        this.enter(tree, deepest, place, window, to - from)
        from = to
      }
      window++
    }
  }

  private enter(tree: Tree, deepest: Node | null, place: number, window: number, seconds: number): void {
    const { visitor } = tree
    visitor?.spend(window, window * this.places + place, seconds)
    const holds = (box: number) =>
      this.holding.add((window * this.names.length + box) * this.places + place, seconds)
    for (let node = deepest; node !== null; node = node.parent) {
      if (HOLDING.has(node.state) && (node === deepest || this.boxes[node.box]?.releases !== true))
        holds(node.box)
    }
    // Whose answer is on its way has to stay with it, and so have those from whom he has it.
    for (let one = deepest?.request ?? null; one?.stays; one = one.child) holds(this.index.get(one.at!.name)!)
  }

  private placeOf(node: Node | null, { visitor }: Tree): number {
    if (node === null) return this.place(visitor!.users, What.waited, -1, Why.unknown)
    const { box, from, state, why, way, request } = node
    const caller = node.parent?.box ?? from
    if (state === 'travels') return this.placeOnWay(node, caller, box)
    if (state === 'awaits') return this.placeOfAwaiting(node)
    if (state === 'connects') return this.place(caller, What.connecting, box, why)
    if (state === 'lost' || why === Why.hangs) return this.place(caller, What.unanswered, box, why)
    if (state === 'queued') return this.place(box, What.waited, -1, this.isIdle(box) ? Why.idle : Why.unknown)
    if (state === 'reads')
      return this.placeOnWay(node, this.index.get(way!.from)!, this.index.get(way!.towards)!)
    if (state === 'throttled') return this.place(box, What.waited, -1, Why.limit)
    const own = this.boxes[box]
    const slow =
      own !== undefined && (own.process.speedOf(request) < 1 || own.processor.speed.value < this.speeds[box]!)
    return this.place(box, What.served, -1, slow ? Why.slowed : Why.unknown)
  }

  /** Whether it is full of connections without a request. */
  private isIdle(box: number): boolean {
    return this.boxes[box]?.lacks === 'connection'
  }

  private placeOfAwaiting(node: Node): number {
    const { box, way, why } = node
    const other = this.index.get(otherEnd(way!, this.names[box]!))!
    return ON_THE_WAY.has(why)
      ? this.placeOnWay(node, box, other)
      : this.place(box, What.unanswered, other, why)
  }

  /** Between two boxes; or where the machine of one of them is what it waits for, between the first and that. */
  private placeOnWay({ why, host }: Node, from: number, to: number): number {
    return this.place(from, What.travelled, why === Why.interface ? host : to, why)
  }

  private place(box: number, what: What, to: number, why: Why): number {
    return ((box * WHATS + what) * (this.names.length + 1) + to + 1) * WHYS + why
  }

  // ---- Who answered that it fails -----------------------------------------------------------------------------

  /** Whoever waits for `node` has it from there that it failed. */
  private blame({ parent, tree }: Node, where: number): void {
    if (parent !== null) this.lay(parent, where)
    else if (tree.visitor !== null) tree.visitor.blame = where
  }

  /** The same of a request that came nowhere. */
  private blameAbove(request: Request, where: number): void {
    const { caller } = request
    const above = caller === null ? undefined : this.nodes.get(caller)
    if (above !== undefined) this.lay(above, where)
    else {
      const visitor = this.treeOf(request)?.visitor
      if (visitor != null) visitor.blame = where
    }
  }

  /** Of several that are called at once the first that fails decides, and the others' answers help no more. */
  private lay(node: Node, where: number): void {
    if (node.blame === NOBODY || !this.joining.has(node.box)) node.blame = where
  }

  /** Of what leaves a box with bad news: whence that has them, if they are not its own. */
  private blameOf(node: Node): number {
    if (node.blame >= 0) return node.blame
    const why = this.whyOf(node, node.request.outcome)
    // What has no reason but a timeout below has that one.
    if (why === Why.unknown || (why === Why.other && node.blame === TIMEOUT)) return node.blame
    if (why === Why.noServer) this.noteServers(node)
    if (why === Why.gaveUp && !this.noteServers(node)) return node.blame
    return this.answerOf(node.box, why)
  }

  private answerOf(box: number, why: Why): number {
    return this.windowNow() * this.places + this.place(box, What.answered, -1, why)
  }

  /** Why a box fails by itself; unknown where it is for want of time. */
  private whyOf({ box, state, request }: Node, outcome: Outcome): Why {
    const own = this.boxes[box]
    const usual = ANSWERS.get(outcome) ?? Why.unknown
    if (own === undefined) return usual
    const turned = own.turnsAway(request)
    if (turned !== null) return TURNED[turned]
    if (usual === Why.noServer && (state === 'queued' || own.fullBehind)) return LACKS[own.lacks] ?? Why.full
    const kind = this.kinds.get(own.name)
    if (outcome === Outcome.internalError) {
      if (own.process.soundnessOf(request) < 1) return Why.errors
      // It waited for a connection of its pool, longer than it does.
      if (state === 'queued') return Why.full
      return own.lacks === 'port' ? Why.ports : Why.other
    }
    if (outcome === Outcome.notFound && own.process.contents.of(request.class) < 1) return Why.skewed
    // It has one, and could not connect to it.
    if (usual === Why.noServer && kind === 'haproxy' && own.hasServer(request.class)) return Why.gaveUp
    if (outcome === Outcome.tooManyConnections && own.lacks === 'connection') return Why.idle
    const blocks = kind === 'firewall' && (outcome === Outcome.refused || outcome === Outcome.reset)
    if (blocks && own.state === State.serving) return Why.filtered
    if (outcome === Outcome.reset && own.state === State.serving)
      return kind === 'nginx' ? Why.full : Why.other
    return usual
  }

  /** What is wrong with the servers that a box has for a request, and trusts none of. Returns whether anything is. */
  private noteServers({ box, request }: Node): boolean {
    const own = this.boxes[box]
    const at = (this.windowNow() * this.names.length + box) * this.places
    let any = false
    for (const wire of this.session.model.wires) {
      const to = this.index.get(wire.towards)!
      const server = this.boxes[to]
      if (wire.from !== this.names[box] || server === undefined) continue
      // Nothing is wrong with who is not to be there.
      if (server.absent || own?.leadsTo(wire, request.class) === false) continue
      const why = whyOf(server, wire.open.value > 0, wire.astray)
      if (why === Why.unknown) continue
      this.down.add(at + this.place(box, What.unanswered, to, why), 1)
      any = true
    }
    return any
  }

  private windowNow(): number {
    return Math.max(0, Math.floor((this.now - this.session.model.warmup) / this.window))
  }

  /** A process or a wire is not what it was. */
  private readonly turned = (): void => {
    for (const tree of this.trees) this.account(tree)
    for (const node of this.nodes.values()) this.look(node)
  }

  /** Why nobody answers: what was last seen to be wrong, where the way is free again and the answer lost. */
  private look(node: Node): void {
    const { state, box, request } = node
    const component = this.boxes[box]
    if (component === undefined || state === 'travels') return
    if (state === 'connects' || state === 'lost') {
      const { wire } = request
      const seen = whyOf(component, wire === null || wire.open.value > 0, wire?.astray)
      if (seen !== Why.unknown) node.why = seen
      return
    }
    const hangs = component.state === State.hanging && !component.survives
    // Once it has hung it is confirmed at once.
    if (hangs && state === 'awaits') node.state = 'inside'
    if (node.state === 'awaits') this.lookAcross(node)
    else if (state === 'reads' && !hangs) this.lookAlong(node, node.way!)
    else node.why = hangs ? Why.hangs : Why.unknown
  }

  /** Why it is not confirmed: what is, or was last seen to be, wrong with the other box; else it is the way. */
  private lookAcross(node: Node): void {
    const way = node.way!
    const other = this.boxes[this.index.get(otherEnd(way, this.names[node.box]!))!]!
    const seen = whyOf(other, way.open.value > 0)
    if (seen !== Why.unknown) node.why = seen
    else if (way.delivery.value < 1) node.why = Why.lost
    else if (other.confirms && way.latency.value > 0) this.lookAlong(node, way)
  }

  /** The box that does not hear what is sent on `way`: at its end, or behind those that pass connections on. */
  private deafOn(way: Way): { box: string; why: Why } | null {
    const { wires, scenario } = this.session.model
    let on: Pick<Way, 'towards' | 'open'> = way
    for (;;) {
      const box = on.towards
      const component = this.boxes[this.index.get(box)!]
      if (component === undefined) return null
      const why = whyOf(component, on.open.value > 0)
      if (DEAF.has(why) && (why !== Why.cut || on !== way)) return { box, why }
      const behind = wires.filter(({ from }) => from === box)
      const { kind } = scenario.components.find(({ name }) => name === box)!
      if (!kind.passesOn || behind.length !== 1) return null
      on = behind[0]!
    }
  }

  private whyLost(way: Way): Why {
    return way.open.value > 0 && way.back.value > 0 ? Why.lost : Why.cut
  }

  /** Why it takes its time on `way`: mostly its length, or what is before it. */
  private lookAlong(node: Node, way: Way): void {
    const before = way.backlog()
    if (before === null || before.seconds <= 2 * way.latency.value) {
      node.why = way.latency.value > this.latencies.get(way)! ? Why.slowed : Why.long
      return
    }
    node.why = before.host === null ? Why.line : Why.interface
    if (before.host !== null) node.host = this.index.get(before.host)!
  }

  // ---- What is counted ----------------------------------------------------------------------------------------

  private end(tree: Tree, group: Group): void {
    const visitor = tree.visitor!
    tree.visitor = null
    this.forgetIfOver(tree)
    const { blame } = visitor
    const counts = [this.times[visitor.kind]![groups.indexOf(group)]!]
    if (group !== 'ok') {
      counts.push(this.classes[visitor.kind]!)
      const { warmup, faultCalendar } = this.session.model
      const met = faultCalendar.strikes.filter(
        ({ from, to }) => from + warmup < this.now && to + warmup > visitor.arrived,
      )
      for (const fault of new Set(met.map((strike) => strike.fault)))
        if (fault < this.faults.length) counts.push(this.faults[fault]!)
    }
    for (const count of counts) {
      count.requests++
      if (group === 'failed') count.failed++
      if (group === 'failed' && blame >= 0) count.answers.add(blame, 1)
      for (let i = 0; i < visitor.keys.length; i++) count.bag.add(visitor.keys[i]!, visitor.seconds[i]!)
    }
  }

  /** What was found out, at the end of the run: who waits still has failed. */
  record(): CausesRecord {
    for (const tree of [...this.trees]) this.account(tree)
    for (const tree of this.visitors.values()) {
      tree.visitor!.blame = NOBODY
      this.end(tree, 'failed')
    }
    this.visitors.clear()
    const some = this.classes.some(({ requests }) => requests > 0)
    const { names, places } = this
    const mixes = some
      ? { held: mixesOf(this.holding.all(), places), down: mixesOf(this.down.all(), places) }
      : null
    const bad = ({ requests, bag, failed, answers }: Count): BadTime => ({
      requests,
      ...holdersOf(bag.all(), mixes, names, places),
      failures: { requests: failed, ...holdersOf(answers.all(), mixes, names, places) },
    })
    return {
      times: this.times.flatMap((all, kind) =>
        all.flatMap(({ requests, bag }, i) =>
          requests === 0
            ? []
            : [
                {
                  class: kind,
                  group: groups[i]!,
                  requests,
                  spent: holdersOf(bag.all(), null, this.names, this.places).direct,
                },
              ],
        ),
      ),
      classes: this.classes.map(bad),
      faults: this.faults.map(bad),
    }
  }
}

/**
 * The lowest that is waited for. Of several that were called at once, it is one that is not served, if there is one: the
 * others are likely to be over before.
 */
function deepestOf(node: Node): Node {
  let deepest: Node = node
  while (deepest.child !== null) {
    if (deepest.child.next !== null) return ofSeveral(deepest.child)
    deepest = deepest.child
  }
  return deepest
}

function ofSeveral(first: Node): Node {
  for (let child: Node | null = first; child !== null; child = child.next) {
    const lowest = deepestOf(child)
    if (STUCK.has(lowest.why)) return lowest
  }
  return deepestOf(first)
}

function append(parent: Node, node: Node): void {
  let last = parent.child
  if (last === null) {
    parent.child = node
    return
  }
  while (last.next !== null) last = last.next
  last.next = node
}

function takeOut(parent: Node, node: Node): void {
  if (parent.child === node) parent.child = node.next
  else {
    let before = parent.child
    while (before !== null && before.next !== node) before = before.next
    if (before !== null) before.next = node.next
  }
  node.next = null
}

/** What each answer says, unless the box or its state tells more. */
const ANSWERS: ReadonlyMap<Outcome, Why> = new Map<Outcome, Why>([
  [Outcome.refused, Why.full],
  [Outcome.tooManyConnections, Why.full],
  [Outcome.reset, Why.died],
  [Outcome.unavailable, Why.noServer],
  [Outcome.badGateway, Why.noServer],
  [Outcome.tlsFailed, Why.certificate],
  [Outcome.forbidden, Why.filtered],
  [Outcome.tooManyRequests, Why.limit],
  [Outcome.dnsFailed, Why.name],
  [Outcome.readOnly, Why.readOnly],
  [Outcome.notPrimary, Why.notPrimary],
  [Outcome.deadlock, Why.conflict],
  [Outcome.lockWaitTimeout, Why.conflict],
])

/** The way on which the rest of `request` is: before the first of those who pass it on. */
function slowest({ wire, parent }: Request): Way {
  return parent?.wire?.lacks(parent) ? slowest(parent) : wire!
}

const otherEnd = ({ from, towards }: Way, box: string): string => (from === box ? towards : from)

/** Where it has a place in its box. */
const HOLDING: ReadonlySet<Node['state']> = new Set(['inside', 'throttled', 'reads', 'awaits'])

/** What keeps a box from hearing what was sent to it. */
const DEAF: ReadonlySet<Why> = new Set([Why.dead, Why.hangs, Why.gone, Why.cut])

/** What keeps a request from being served for as long as it is so. */
const STUCK: ReadonlySet<Why> = new Set([...DEAF, Why.full, Why.idle, Why.synQueue])

/** What makes a way take time. */
const ON_THE_WAY: ReadonlySet<Why> = new Set([Why.lost, Why.slowed, Why.long, Why.line, Why.interface])

/** What is wrong with a box, seen over a wire that is open or not. */
function whyOf(box: Component, open: boolean, astray = false): Why {
  if (!open) return Why.cut
  if (astray) return Why.moved
  if (box.host.power.value === 0) return Why.dead
  if (box.state === State.hanging) return Why.hangs
  if (box.state !== State.serving || box.process.listens.value === 0) return Why.gone
  if (box.process.synQueueFull) return Why.synQueue
  if (box.syn !== Syn.turnedAway) return Why.unknown
  return box.lacks === 'connection' ? Why.idle : Why.full
}

/** Whom a box turns away by itself, and why. */
const TURNED = { rule: Why.rules, limit: Why.limit, place: Why.full } as const

/** What a box has no place for want of, unless those inside have it. */
const LACKS: Partial<Record<Component['lacks'], Why>> = {
  connection: Why.idle,
  entry: Why.table,
  port: Why.ports,
}

/** Requests of visitors in `lasts` seconds, as far as the scenario tells. */
function expected(users: readonly UsersSpec[], lasts: number): number {
  return users
    .filter(({ malicious }) => !malicious)
    .reduce(
      (sum, { arrive, page }) =>
        sum +
        lasts *
          requestsEach({ page }) *
          ('open' in arrive ? arrive.open.rate : arrive.users / Math.max(BUSY, arrive.think.mean)),
      0,
    )
}

const FAMILIES = 2 ** 20
const nameOf = ({ key, family }: Request): number => key * FAMILIES + family

/** A number from 0 to 2^32 - 1 that looks like chance, always the same for one visitor (the finalizer of MurmurHash3). */
function scattered(key: number, family: number): number {
  let h = (key ^ Math.imul(family, 0x9e3779b1)) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
