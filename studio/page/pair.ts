import type { Text } from '../messages.js'
import { Clock } from './clock.js'
import { nameBeside } from './sentences.js'
import type { Side } from './side.js'

/** The scenario that is seen, the one that it is compared with, if there is one, and the clock of both. */
export class Pair {
  private second: { readonly side: Side; readonly how: string } | null = null
  clock: Clock

  constructor(readonly first: Side) {
    this.clock = new Clock([first])
  }

  /** One, or two beside one another. */
  get sides(): readonly Side[] {
    return this.second === null ? [this.first] : [this.first, this.second.side]
  }

  /** What each of them is called. */
  get names(): readonly string[] {
    const first = nameOf(this.first)
    if (this.second === null) return [first]
    const { side, how } = this.second
    return [first, nameBeside(nameOf(side), first, how)]
  }

  /** What a sentence about one of them begins with. */
  whose(side: Side): string {
    return this.second === null ? '' : `${this.names[this.sides.indexOf(side)]}: `
  }

  /** Text of the second; null where there is none. */
  get beside(): Text | null {
    return this.second?.side.scenario() ?? null
  }

  /** @param how what tells both apart where they have the same name */
  begin(side: Side, how: string): void {
    this.clock.pause()
    side.run.speed = this.clock.speed
    this.second = { side, how }
    this.clock = new Clock(this.sides)
    side.begin()
  }

  /** Returns whether there was one. */
  end(): boolean {
    if (this.second === null) return false
    this.second.side.end()
    this.second = null
    this.clock = new Clock([this.first])
    return true
  }

  /** Brings the second to the moment of the first where it was opened, and back to 0 where the first is another. */
  meet(loaded: Side): void {
    const side = this.second?.side
    side?.run.seek(loaded === side ? this.first.run.now : 0, side.scenario())
  }
}

const nameOf = ({ state }: Side): string => state.loaded?.name ?? state.scenario.file
