import type { Component } from '../parts/component.js'
import type { Host } from '../parts/host.js'
import { Outcome } from '../parts/outcome.js'
import { stateNames } from '../parts/port.js'
import type { Wire } from '../parts/wire.js'
import type { Users } from '../traffic/users.js'
import type { Strike } from './fault-calendar.js'
import type { Model } from './model.js'

/** What everything does at one moment: plain data, for a live view. */
export interface Snapshot {
  /** Seconds of the measured span; below 0 in the warm-up. */
  time: number
  /** Events served since the start of the run. */
  events: number
  components: Record<string, ComponentState>
  hosts: Record<string, HostState>
  /** In the order in which they were laid; two boxes may have several between them. */
  wires: WireState[]
  users: Record<string, UsersState>
  /** Those that have not healed. */
  strikes: Omit<Strike, 'forever'>[]
}

export interface ComponentState {
  /** `starting`: the process is there, its port is not open yet. */
  state: 'gone' | 'starting' | 'hanging' | 'serving'
  /** Requests inside; those of them that wait for a place in service, and that are in service. */
  inside: number
  waiting: number
  serving: number
  /** Share in use: of the slots, else of the cores; 0 where there is no bound to either. */
  used: number
  /** Whether load balancers may send new requests. */
  rotation: boolean
  /** Factor on its speed; share of its answers that would be ok which are. */
  speed: number
  soundness: number
}

export interface HostState {
  up: boolean
  /** Jobs that have the CPU or share it; share of the cores in use; factor on their speed. */
  jobs: number
  used: number
  speed: number
}

export interface WireState {
  from: string
  to: string
  open: boolean
  /** Seconds one way; share of the packets that get lost. */
  latency: number
  loss: number
  /** Requests sent in the measured span. */
  sent: number
}

export interface UsersState {
  /** Factor on the rate of arrivals. */
  factor: number
  /** Requests of the measured span: asked, ended, and those of them that were answered ok. */
  offered: number
  ended: number
  ok: number
}

export function snapshotOf(model: Model): Snapshot {
  const { kernel, warmup } = model
  const named = <T, S>(map: ReadonlyMap<string, T>, stateOf: (one: T) => S): Record<string, S> =>
    Object.fromEntries([...map].map(([name, one]) => [name, stateOf(one)]))
  return {
    time: kernel.now - warmup,
    events: kernel.served,
    components: named(model.components, componentState),
    hosts: named(model.hosts, hostState),
    wires: model.wires.map(wireState),
    users: Object.fromEntries(model.users.map((users) => [users.name, usersState(users)])),
    strikes: model.faultCalendar.strikes
      .filter(({ to }) => to === Number.POSITIVE_INFINITY)
      .map(({ fault, from, to }) => ({ fault, from, to })),
  }
}

function componentState(component: Component): ComponentState {
  const { probe, station } = component
  const bounded = station !== null && station.servers < Number.POSITIVE_INFINITY
  return {
    state: stateNames[component.state],
    inside: probe.inside.value,
    waiting: probe.waiting.value,
    serving: probe.serving.value,
    used: bounded ? probe.serving.value / station.servers : coresUsed(component.host),
    rotation: component.inRotation,
    speed: component.speed.value,
    soundness: component.soundness.value,
  }
}

const coresUsed = ({ processor }: Host): number => processor.busy.value / processor.cores

function hostState(host: Host): HostState {
  const { power, processor } = host
  return {
    up: power.value > 0,
    jobs: processor.size,
    used: coresUsed(host),
    speed: processor.speed.value,
  }
}

function wireState({ from, towards, open, latency, delivery, sent }: Wire): WireState {
  return {
    from,
    to: towards,
    open: open.value > 0,
    latency: latency.value,
    loss: 1 - delivery.value,
    sent,
  }
}

function usersState({ surge, accounts }: Users): UsersState {
  const sum = (of: (account: (typeof accounts)[number]) => number) =>
    accounts.reduce((all, account) => all + of(account), 0)
  return {
    factor: surge.value,
    offered: sum(({ offered }) => offered),
    ended: sum(({ outcomes }) => outcomes.reduce((a, b) => a + b, 0)),
    ok: sum(({ outcomes }) => outcomes[Outcome.ok]!),
  }
}
