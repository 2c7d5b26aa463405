import type { Kernel } from '../../kernel/kernel.js'
import type { Session } from '../../model/session.js'
import type { Component } from '../../parts/component.js'
import type { Observer } from '../../parts/context.js'
import { Outcome } from '../../parts/outcome.js'
import { State, Syn } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import type { UsersSpec } from '../../scenario/scenario.js'
import { holdersOf, mixesOf } from './resolve.js'
import { type BadTime, type CausesRecord, type Group, groups, What, Why } from './spent.js'

/** Requests that are followed in a replication, or so. */
const FOLLOWED = 2000
/** In so many parts of the measured span, who waits in a queue is compared with who holds the places. */
const WINDOWS = 200
/** Seconds between two requests of a closed user, at least: what is asked more often is not known beforehand. */
const BUSY = 0.1

/** A request that is followed, in a box or on its way to or from it. */
interface Node {
  readonly request: Request
  parent: Node | null
  readonly children: Node[]
  tree: Tree
  /** Index of the box that it is in, or is on its way to; and of the one that called. */
  box: number
  from: number
  state: 'travels' | 'connects' | 'queued' | 'inside' | 'lost'
  why: Why
}

/** What a visitor waits for, or what goes on for nobody. */
interface Tree {
  root: Node | null
  /** Until when its time is accounted for. */
  last: number
  visitor: Visitor | null
}

interface Visitor {
  readonly users: number
  readonly class: number
  readonly arrived: number
  /** Seconds, by place and, where others hold the places, by window. */
  readonly bag: Map<number, number>
}

/**
 * Follows one in so many visitors, the same in every run with the same visitors, and accounts each moment of what they
 * wait for to the lowest box that has it. Changes nothing in the run.
 */
export class Follower implements Observer {
  /** One in so many is followed. */
  readonly every: number
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
  private readonly holding = new Map<number, number>()
  private readonly times: { requests: number; bag: Map<number, number> }[][]
  private readonly classes: { requests: number; bag: Map<number, number> }[]
  private readonly faults: { requests: number; bag: Map<number, number> }[]

  constructor(private readonly session: Session) {
    const { scenario, components, wires, users } = session.model
    this.every = Math.max(1, Math.round(expected(scenario.users, scenario.lasts) / FOLLOWED))
    this.names = [...users.map(({ name }) => name), ...components.keys()]
    for (const { from, towards } of wires)
      for (const name of [from, towards]) if (!this.names.includes(name)) this.names.push(name)
    this.index = new Map(this.names.map((name, i) => [name, i]))
    this.kernel = session.model.kernel
    this.places = (this.names.length * 8 + 8) * (this.names.length + 1) * 8
    this.window = scenario.lasts / WINDOWS
    const blank = () => ({ requests: 0, bag: new Map<number, number>() })
    this.times = scenario.classes.map(() => groups.map(blank))
    this.classes = scenario.classes.map(blank)
    this.faults = scenario.faults.map(blank)
    for (const component of components.values()) component.observe(this.turned)
    for (const wire of wires) wire.open.watch(this.turned)
  }

  // ---- The life of a request ----------------------------------------------------------------------------------

  asked(request: Request, users: string): boolean {
    const { key, family, number, malicious } = request
    if (number === 0 || malicious) return false
    if (this.every > 1 && scattered(key, family) % this.every !== 0) return false
    const tree: Tree = {
      root: null,
      last: this.now,
      visitor: {
        users: this.index.get(users)!,
        class: request.class,
        arrived: request.arrived,
        bag: new Map(),
      },
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

  travels(request: Request): void {
    if (request.parent !== null) this.become(request, 'travels', request.wire!.towards)
  }

  connecting(request: Request): void {
    this.become(request, 'connects', request.wire!.towards)
  }

  left(request: Request): void {
    // Not taken in: its SYN is sent again, or it is lost, as the next event tells.
    if (request.outcome === Outcome.dropped) this.become(request, 'connects', request.wire!.towards)
    else this.over(request)
  }

  arrived(request: Request): void {
    this.over(request)
  }

  failed(request: Request): void {
    this.over(request)
  }

  lost(request: Request): void {
    if (request.parent === null) this.over(request)
    else this.become(request, 'lost', request.wire!.towards)
  }

  forgotten(request: Request): void {
    const node = this.nodes.get(request)
    if (node === undefined) return
    this.account(node.tree)
    this.cut(node)
    if (node.state === 'lost') {
      this.nodes.delete(request)
      return
    }
    this.orphan(node)
  }

  ended(request: Request): void {
    if (!request.traced) return
    const tree = this.visitors.get(nameOf(request))
    if (tree === undefined) return
    this.account(tree)
    const good =
      request.outcome === Outcome.ok && this.now - request.arrived <= this.session.model.scenario.good
    this.end(tree, request.outcome !== Outcome.ok ? 'failed' : good ? 'ok' : 'slow')
    this.visitors.delete(nameOf(request))
  }

  // ---- Trees --------------------------------------------------------------------------------------------------

  private get now(): number {
    return this.kernel.now
  }

  /** `request` is now on its way to, or in, the box named. */
  private become(request: Request, state: Node['state'], box: string): void {
    let node = this.nodes.get(request)
    if (node === undefined) {
      const parent = request.parent === null ? null : (this.nodes.get(request.parent) ?? null)
      const tree = parent?.tree ?? this.treeOf(request)
      if (tree === null) return
      this.account(tree)
      const from = this.index.get(request.wire!.from)!
      node = { request, parent, children: [], tree, box: 0, from, state, why: Why.unknown }
      this.nodes.set(request, node)
      if (parent === null) tree.root = node
      else parent.children.push(node)
    } else {
      this.account(node.tree)
    }
    node.box = this.index.get(box)!
    node.state = state
    node.why = Why.unknown
    this.look(node)
  }

  private move(request: Request, state: Node['state']): void {
    const node = this.nodes.get(request)
    if (node === undefined || node.state === state) return
    this.account(node.tree)
    node.state = state
  }

  private over(request: Request): void {
    const node = this.nodes.get(request)
    if (node === undefined) return
    this.account(node.tree)
    this.cut(node)
    this.nodes.delete(request)
    for (const child of [...node.children]) {
      child.parent = null
      this.orphan(child)
    }
    this.forgetIfOver(node.tree)
  }

  /** Takes it out of its tree. */
  private cut(node: Node): void {
    const { parent, tree } = node
    if (parent !== null) parent.children.splice(parent.children.indexOf(node), 1)
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
      all.push(...node.children)
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
    let deepest = tree.root
    while (deepest !== null && deepest.children.length > 0) deepest = deepest.children[0]!
    if (deepest === null && tree.visitor === null) return
    const place = this.placeOf(deepest, tree)
    const start = this.session.model.warmup
    while (from < now) {
      const window = Math.max(0, Math.floor((from - start) / this.window))
      const edge = start + (window + 1) * this.window
      const to = edge > from ? Math.min(now, edge) : now
      this.enter(tree, deepest, place, window, to - from)
      from = to
    }
  }

  private enter(tree: Tree, deepest: Node | null, place: number, window: number, seconds: number): void {
    const { visitor } = tree
    if (visitor !== null) add(visitor.bag, window * this.places + place, seconds)
    for (let node = deepest; node !== null; node = node.parent) {
      if (node.state === 'inside')
        add(this.holding, (window * this.names.length + node.box) * this.places + place, seconds)
    }
  }

  private placeOf(node: Node | null, { visitor }: Tree): number {
    if (node === null) return this.place(visitor!.users, What.waited, -1, Why.unknown)
    const { box, from, state, why } = node
    const caller = node.parent?.box ?? from
    if (state === 'travels') return this.place(caller, What.travelled, box, Why.unknown)
    if (state === 'connects') return this.place(caller, What.connecting, box, why)
    if (state === 'lost' || why === Why.hangs) return this.place(caller, What.unanswered, box, why)
    if (state === 'queued') return this.place(box, What.waited, -1, Why.unknown)
    const own = this.component(box)
    const slow = own !== undefined && (own.speed.value < 1 || own.processor.speed.value < this.speedOf(own))
    return this.place(box, What.served, -1, slow ? Why.slowed : Why.unknown)
  }

  private place(box: number, what: What, to: number, why: Why): number {
    return ((box * 8 + what) * (this.names.length + 1) + to + 1) * 8 + why
  }

  private component(box: number): Component | undefined {
    return this.session.model.components.get(this.names[box]!)
  }

  /** Of the machine that it is on, by the scenario. */
  private speedOf({ host }: Component): number {
    return this.session.model.scenario.hosts.find(({ name }) => name === host.name)?.speed ?? 1
  }

  /** A process or a wire is not what it was. */
  private readonly turned = (): void => {
    for (const tree of this.trees) this.account(tree)
    for (const node of this.nodes.values()) this.look(node)
  }

  /** Why nobody answers: what was last seen to be wrong, where the way is free again and the answer lost. */
  private look(node: Node): void {
    const { state, box, request } = node
    const component = this.component(box)
    if (component === undefined || state === 'travels') return
    if (state === 'inside' || state === 'queued') {
      node.why = component.state === State.hanging && !component.survives ? Why.hangs : Why.unknown
      return
    }
    const seen =
      request.wire !== null && request.wire.open.value === 0
        ? Why.cut
        : component.host.power.value === 0
          ? Why.dead
          : component.state === State.hanging
            ? Why.hangs
            : component.state !== State.serving
              ? Why.gone
              : component.syn === Syn.turnedAway
                ? Why.full
                : Why.unknown
    if (seen !== Why.unknown) node.why = seen
  }

  // ---- What is counted ----------------------------------------------------------------------------------------

  private end(tree: Tree, group: Group): void {
    const visitor = tree.visitor!
    tree.visitor = null
    this.forgetIfOver(tree)
    const counts = [this.times[visitor.class]![groups.indexOf(group)]!]
    if (group !== 'ok') {
      counts.push(this.classes[visitor.class]!)
      const { warmup, faultCalendar } = this.session.model
      const met = faultCalendar.strikes.filter(
        ({ from, to }) => from + warmup < this.now && to + warmup > visitor.arrived,
      )
      for (const fault of new Set(met.map((strike) => strike.fault)))
        if (fault < this.faults.length) counts.push(this.faults[fault]!)
    }
    for (const count of counts) {
      count.requests++
      for (const [key, seconds] of visitor.bag) add(count.bag, key, seconds)
    }
  }

  /** What was found out, at the end of the run: who waits still has failed. */
  record(): CausesRecord {
    for (const tree of [...this.trees]) this.account(tree)
    for (const tree of this.visitors.values()) this.end(tree, 'failed')
    this.visitors.clear()
    const some = this.classes.some(({ requests }) => requests > 0)
    const mixes = some ? mixesOf(this.holding, this.places) : null
    const bad = ({ requests, bag }: { requests: number; bag: Map<number, number> }): BadTime => ({
      requests,
      ...holdersOf(bag, mixes, this.names, this.places),
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
                  spent: holdersOf(bag, null, this.names, this.places).direct,
                },
              ],
        ),
      ),
      classes: this.classes.map(bad),
      faults: this.faults.map(bad),
    }
  }
}

function add(map: Map<number, number>, key: number, seconds: number): void {
  map.set(key, (map.get(key) ?? 0) + seconds)
}

/** Requests of visitors in `lasts` seconds, as far as the scenario tells. */
function expected(users: readonly UsersSpec[], lasts: number): number {
  return users
    .filter(({ malicious }) => !malicious)
    .reduce(
      (sum, { arrive }) =>
        sum +
        lasts * ('open' in arrive ? arrive.open.rate : arrive.users / Math.max(BUSY, arrive.think.mean)),
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
