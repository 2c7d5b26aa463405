import { Kernel } from '../kernel/kernel.js'
import { Aside } from '../parts/aside.js'
import type { Component } from '../parts/component.js'
import { Context } from '../parts/context.js'
import { demandOf } from '../parts/demand.js'
import { Disk } from '../parts/disk.js'
import { DiskSpace } from '../parts/disk-space.js'
import type { EveryComponent } from '../parts/every-component.js'
import { Host } from '../parts/host.js'
import { leadsFurther, ledTo, type Site } from '../parts/kind.js'
import type { Limit } from '../parts/limit.js'
import { Memory } from '../parts/memory.js'
import { familyOf } from '../parts/request.js'
import { Supervisor } from '../parts/supervisor.js'
import { Wire } from '../parts/wire.js'
import { WorkingSet } from '../parts/working-set.js'
import { recordingOf } from '../scenario/replay.js'
import {
  type ComponentSpec,
  comesAgain,
  type HostSpec,
  type Scenario,
  type UsersSpec,
  type WireSpec,
  warmupOf,
} from '../scenario/scenario.js'
import { Chronicle } from '../traffic/chronicle.js'
import { Ledger } from '../traffic/ledger.js'
import type { PageOptions } from '../traffic/pages.js'
import { ClosedUsers, OpenUsers, RecordedUsers, type Users } from '../traffic/users.js'
import { expectedRates, openingShares } from './expected.js'
import { FaultCalendar } from './fault-calendar.js'
import { Lines, limitOf } from './lines.js'
import { WINDOWS } from './series.js'
import { Session } from './session.js'

/** A scenario, built and wired: one replication of it can be run. */
export class Model {
  readonly kernel = new Kernel()
  readonly context: Context
  readonly hosts = new Map<string, Host>()
  readonly components = new Map<string, Component>()
  readonly users: Users[] = []
  readonly wires: Wire[] = []
  /** By name. */
  readonly asides = new Map<string, Aside>()
  readonly lines: Lines
  readonly ledger: Ledger
  /** Null where nothing can strike: nobody asks what followed. */
  readonly chronicle: Chronicle | null
  readonly faultCalendar: FaultCalendar
  readonly warmup: number

  /** @param byHand whether faults may be struck that the scenario does not have */
  constructor(
    readonly scenario: Scenario,
    readonly replication: number,
    byHand = false,
  ) {
    this.context = new Context(this.kernel, scenario.classes, scenario.seed, replication)
    this.warmup = warmupOf(scenario)
    const { lasts, faults, good } = scenario
    this.chronicle = byHand || faults.length > 0 ? new Chronicle(this.warmup, lasts, good) : null
    this.ledger = new Ledger(
      this.warmup,
      lasts / WINDOWS,
      replication === 0,
      byHand || faults.length > 0,
      good,
      this.chronicle,
    )
    this.lines = new Lines(this.context, scenario)
    for (const spec of scenario.hosts) {
      const { name, cores, speed, zone, network, fsyncs, disk_queue_depth: depth, cost } = spec
      const host = new Host(this.kernel, name, cores, zone, network)
      host.processor.speed.bend(speed)
      if (fsyncs !== undefined) host.disk = new Disk(this.kernel, host.power, fsyncs)
      if (depth !== undefined) host.disk = new Disk(this.kernel, host.power, depth, true)
      if (spec.memory !== undefined) host.memory = this.memoryOf(host, { ...spec, memory: spec.memory })
      if (spec.disk_size !== undefined) host.space = this.spaceOf(host, spec.disk_size, spec.disk_used)
      if (cost !== undefined) host.cost = cost
      this.hosts.set(name, host)
    }
    for (const one of scenario.users) this.recall(one)
    const expected = expectedRates(scenario)
    const opening = openingShares(scenario)
    for (const spec of scenario.components) {
      const host =
        spec.host === null
          ? new Host(this.kernel, spec.name, spec.kind.cores?.(spec.options) ?? Number.POSITIVE_INFINITY)
          : this.hosts.get(spec.host)!
      const component = spec.kind.build(
        this.site(spec, host, expected.get(spec.name)!, opening.get(spec.name)!),
        spec.options,
      )
      this.equip(component, spec.options)
      this.components.set(spec.name, component)
    }
    for (const component of this.components.values()) component.assembled()
    for (const spec of scenario.users) {
      const users = this.build(spec)
      users.connect(this.wire(spec.name, null, this.components.get(spec.to)!))
      this.users.push(users)
    }
    this.faultCalendar = new FaultCalendar(this)
  }

  /** Runs all of it, for who wants to see what is there at its end. */
  run(): void {
    new Session(this).advance()
  }

  /** The measured span begins. */
  measure(): void {
    const { now } = this.kernel
    for (const { space } of this.hosts.values()) space?.count()
    for (const component of this.components.values()) component.restart(now)
    for (const processor of this.processors()) processor.busy.restart(now)
    for (const { memory, disk, space } of this.hosts.values()) {
      space?.restart(now)
      memory?.restart(now)
      disk?.restart(now)
    }
    for (const wire of this.wires) wire.sent = 0
    this.lines.restart(now)
  }

  /** What carries the bytes and does the disk time of more than one, and how full it is: of hosts, then of wires. */
  get shared(): { name: string; type: 'wire' | 'host'; limit: Limit }[] {
    const disks = [...this.hosts.values()].flatMap(({ name, disk }) =>
      disk?.all ? [{ name, type: 'host' as const, limit: disk.limit }] : [],
    )
    return [
      ...disks,
      ...this.lines.all.map((one) => ({ name: one.name, type: one.type, limit: limitOf(one) })),
    ]
  }

  /** The processors of all hosts, and of components that have their own. */
  private processors() {
    return new Set(
      [...this.hosts.values(), ...[...this.components.values()].map((c) => c.host)].map((h) => h.processor),
    )
  }

  private memoryOf(
    { name, processor }: Host,
    { memory, swap, swap_slowdown: slowdown }: HostSpec & { memory: number },
  ): Memory {
    const phase = this.context.stream(name, 'memory').next()
    return new Memory(this.kernel, processor.speed, { memory, swap, slowdown }, phase)
  }

  private spaceOf({ name, filled }: Host, size: number, used: number): DiskSpace {
    return new DiskSpace(this.kernel, size, used, filled, this.context.stream(name, 'disk space').next())
  }

  /** What every component can have, whatever its kind. */
  private equip(component: Component, options: EveryComponent): void {
    const { restart, memory, memory_per_request: each, oom_score_adj, disk_per_request } = options
    const { host, up, process } = component
    if (disk_per_request !== undefined) host.space?.add(component, disk_per_request)
    if (restart !== undefined)
      component.supervisor = new Supervisor(this.kernel, process.alive, up, host.power, restart)
    if (memory === undefined && each === undefined) return
    component.workingSet = new WorkingSet(component, memory ?? 0, each ?? 0, oom_score_adj ?? 0)
    host.memory?.add(component.workingSet)
  }

  private site(
    { name, role }: ComponentSpec,
    host: Host,
    expected: readonly number[],
    openingShare: number,
  ): Site {
    const { context } = this
    return {
      context,
      name,
      role,
      host,
      classes: this.scenario.classes,
      expected,
      openingShare,
      requestSizes: this.scenario.sizes?.request ?? [],
      component: (other) => this.components.get(other)!,
      wire: (to, connectTimeout, end) =>
        this.wire(name, host, end ?? this.components.get(to)!, connectTimeout, to),
      aside: (from, to) => this.aside(from, to),
      datagrams: (to) => this.wire(name, host, this.components.get(to)!, undefined, to, true),
      ports: (to) => host.portsTo(to),
      outside: (from, to) => this.wire(from, null, to),
      demand: (laws, purpose) => demandOf(laws.for(this.scenario.classes), context, role, purpose),
    }
  }

  /** Whoever needs it: two addresses of the same machines have the same. */
  private aside(from: string, to: string): Aside {
    const { latency, loss } = this.wireSpec(from, to) ?? {}
    const aside = new Aside(from, to, latency, loss)
    const known = this.asides.get(aside.name)
    if (known === undefined) this.asides.set(aside.name, aside)
    return known ?? aside
  }

  private wireSpec(from: string, to: string): WireSpec | undefined {
    return this.scenario.wires.find((w) => w.from === from && w.to === to)
  }

  /** Their addresses, what they ask for, and what is recorded of the service that they need: those who serve them look it up. */
  private recall(users: UsersSpec): void {
    const service = recordingOf(users)?.service
    if (service) this.context.recordedService.set(familyOf(users.name), service)
    const people = 'users' in users.arrive ? users.arrive.users : Number.POSITIVE_INFINITY
    const { name, page, addresses, objects } = users
    const population = { people, assets: page?.assets ?? 0, again: comesAgain(users), addresses }
    this.context.addresses.open(name, population, this.context.stream(name, 'address'))
    if (objects !== undefined) this.context.objects.open(name, objects, this.context.stream(name, 'object'))
  }

  private build(spec: UsersSpec): Users {
    const { classes } = this.scenario
    const options = {
      ...spec,
      mix: cumulated(classes.map((name) => spec.drawn.get(name) ?? 0)),
      pause: 'users' in spec.arrive ? spec.arrive.think.mean : Number.POSITIVE_INFINITY,
      page: pageOf(spec, classes),
      requestsPerConnection: spec.requests_per_connection ?? requestsPerConnection(this.scenario, spec.to),
      clear: spec.scheme === 'http',
      redirected: isRedirected(this.scenario, spec.to),
    }
    if ('users' in spec.arrive) {
      return new ClosedUsers(this.context, this.ledger, options, spec.arrive.users, spec.arrive.think)
    }
    const { open } = spec.arrive
    const gaps = open.start(this.context.stream(spec.name, 'arrivals'))
    const first = open.recorded === undefined ? 0 : this.warmup
    const as: ConstructorParameters<typeof OpenUsers> = [
      this.context,
      this.ledger,
      options,
      gaps,
      spec.profile,
      this.warmup,
      first,
    ]
    const recorded = open.recorded?.classes
    if (!recorded) return new OpenUsers(...as)
    const places = [...recorded.names.keys()].map((name) => classes.indexOf(name))
    return new RecordedUsers((key) => places[recorded.of[key]!] ?? -1, ...as)
  }

  /** @param host that it begins at, @param towards what the scenario calls the other end */
  private wire(
    from: string,
    host: Host | null,
    to: Component,
    connectTimeout?: number,
    towards = to.name,
    datagrams = false,
  ): Wire {
    const { latency, loss } = this.wireSpec(from, towards) ?? {}
    const who = this.scenario.users.find(({ name }) => name === from)
    const linear = who?.tcp_syn_linear_timeouts ?? host?.network.synLinear
    // What visitors ask for, with its size, is no packet.
    const passage = datagrams ? null : this.lines.between(from, host, to, towards)
    const options = { latency, loss, connectTimeout, towards, linear, passage, datagrams }
    const wire = new Wire(this.context, from, to, options)
    this.wires.push(wire)
    return wire
  }
}

/** HTTP/2 streams of a connection at a time: SETTINGS_MAX_CONCURRENT_STREAMS of HAProxy. */
const STREAMS = 100

function pageOf({ page }: UsersSpec, classes: readonly string[]): PageOptions | null {
  if (page === undefined) return null
  const multiplexed = page.http === '2'
  const atOnce = multiplexed ? STREAMS : page.connections
  return { assets: page.assets, class: classes.indexOf(page.class), atOnce, multiplexed }
}

/** How many requests share a connection of visitors, as the box at which it ends has it. */
function requestsPerConnection(scenario: Scenario, to: string): number {
  const spec = scenario.components.find(({ name }) => name === to)!
  const own = spec.kind.requestsPerConnection?.(spec.options)
  if (own !== undefined) return own
  const [behind] = ledTo(spec)
  return leadsFurther(spec) && behind !== undefined ? requestsPerConnection(scenario, behind) : 1
}

/** Whether those who come to `to` in clear are sent to TLS, there or where it leads. */
function isRedirected({ components }: Scenario, to: string): boolean {
  const seen = new Set([to])
  for (const name of seen) {
    const spec = components.find((one) => one.name === name)!
    if (spec.kind.redirects?.(spec.options) === true) return true
    if (leadsFurther(spec) || spec.kind.hands?.(spec.options) === true)
      for (const ref of ledTo(spec)) seen.add(ref)
  }
  return false
}

function cumulated(shares: readonly number[]): number[] {
  let sum = 0
  const cumulated = shares.map((share) => (sum += share))
  cumulated[shares.length - 1] = 1
  return cumulated
}
