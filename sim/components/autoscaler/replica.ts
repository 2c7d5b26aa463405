import type { Kernel } from '../../kernel/kernel.js'
import type { Component } from '../../parts/component.js'
import { CpuUse } from '../../parts/cpu-use.js'
import type { Dial } from '../../parts/dial.js'
import { State } from '../../parts/port.js'
import { Level } from '../../stats/level.js'

/** One of the copies of a group: its target, and with it all that stands on the same host, comes and goes. */
export class Replica {
  /** `leaving`: it gets nothing new, and is stopped soon. */
  stage: 'absent' | 'booting' | 'there' | 'leaving' = 'there'
  /** 1 while its machine runs, from the decision to start it until it is stopped. */
  readonly runs = new Level()
  private readonly cpu: CpuUse
  private came = 0
  /** When it was there, on the kernel's clock; from the start on: before all times. */
  private since = Number.NEGATIVE_INFINITY
  /** Of what was begun, which is the last: what a later decision has overtaken does not happen. */
  private turn = 0
  /** Whether load balancers are told to send nothing here, and whether its processes are stopped. */
  private isOut = false
  private isDown = false

  constructor(
    private readonly kernel: Kernel,
    readonly target: Component,
  ) {
    this.cpu = new CpuUse(target.processor)
    this.runs.set(0, 1)
    target.observe(() => this.look())
  }

  /** Whether it is to be there, and is not dead. */
  get lives(): boolean {
    const { stage, target } = this
    if (stage === 'booting') return target.host.power.value > 0
    return stage === 'there' && target.state !== State.gone
  }

  /** Whether it could be started. */
  get isSpare(): boolean {
    return this.stage === 'absent' && this.target.host.power.value > 0
  }

  /** Whether it has been there for so long that what it did in the last `seconds` says something. */
  isReady(seconds: number): boolean {
    return this.stage === 'there' && this.target.serves && this.since <= this.kernel.now - seconds
  }

  /** Since the last look: the share of its cores that was in use, and requests that came. */
  measure(): { cpu: number; requests: number } {
    const { entered } = this.target.process
    const requests = entered - this.came
    this.came = entered
    return { cpu: this.cpu.look(this.kernel.now), requests }
  }

  start(boot: number): void {
    const turn = ++this.turn
    this.stage = 'booting'
    this.runs.set(this.kernel.now, 1)
    this.kernel.after(boot, () => turn === this.turn && this.booted(), null)
  }

  private booted(): void {
    this.stage = 'there'
    this.turnDown(false)
    this.look()
  }

  /** Its process may listen now. */
  private look(): void {
    if (this.stage !== 'there' || !this.isOut || !this.target.serves) return
    for (const one of this.target.host.components) one.absent = false
    this.since = this.kernel.now
    this.turnOut(false)
  }

  /** It gets nothing new, and is stopped after `grace` seconds; one that boots is stopped at once. */
  leave(grace: number): void {
    const turn = ++this.turn
    if (this.stage === 'booting') this.stop()
    else {
      this.stage = 'leaving'
      this.turnOut(true)
      this.kernel.after(grace, () => turn === this.turn && this.stop(), null)
    }
  }

  /** It is not there from now on. */
  stop(): void {
    this.turn++
    this.stage = 'absent'
    this.runs.set(this.kernel.now, 0)
    for (const one of this.target.host.components) one.absent = true
    this.turnOut(true)
    this.turnDown(true)
  }

  private turnOut(out: boolean): void {
    if (out === this.isOut) return
    this.isOut = out
    for (const { rotation } of this.target.host.components) turn(rotation, out)
  }

  private turnDown(down: boolean): void {
    if (down === this.isDown) return
    this.isDown = down
    for (const { up } of this.target.host.components) turn(up, down)
  }
}

function turn(dial: Dial, off: boolean): void {
  if (off) dial.bend(0)
  else dial.unbend(0)
}
