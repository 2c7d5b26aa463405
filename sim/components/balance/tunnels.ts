/** Connections that can be open at a time: the rest of a number tells when it was opened. */
const MOST = 2 ** 22

/** So many connections are remembered by whose server those go on of which nobody says when they were opened. */
const REMEMBERED = 32

/** Where numbers come from: none is given twice in a run, by whichever box. */
interface Numbers {
  connections: number
}

/**
 * The connections that a proxy of layer 4 (`mode tcp`, `stream { }`) passes on: each leads to one server for as long as it is open.
 * Those whose clients keep them have a number (`Request.route`), by which what comes on them goes where it went before.
 */
export class Tunnels {
  // By place: the number, 0 where there is none; the server; and its own number for the connection behind.
  private readonly numbers: number[] = []
  private readonly servers: number[] = []
  private readonly behind: number[] = []
  /** Nothing is under way on it, but what comes beside other things (HTTP/2). */
  private readonly idle: boolean[] = []
  private readonly free: number[] = []
  /** The servers of the last connections that were opened; -1: none, or it closed them. */
  private readonly latest = new Int32Array(REMEMBERED).fill(-1)
  private next = 0

  constructor(private readonly given: Numbers) {}

  /** A connection leads to the server at `place` from now on. Its number. */
  open(place: number): number {
    const at = this.free.pop() ?? this.numbers.length
    const number = ++this.given.connections * MOST + at
    this.numbers[at] = number
    this.servers[at] = place
    this.behind[at] = 0
    this.idle[at] = false
    return number
  }

  /** Whether the connection of that number is open. */
  has(number: number): boolean {
    return number > 0 && this.numbers[number % MOST] === number
  }

  /** The server that it leads to. */
  serverOf(number: number): number {
    return this.servers[number % MOST]!
  }

  /** What its server calls the connection behind. */
  behindOf(number: number): number {
    return this.behind[number % MOST]!
  }

  isIdle(number: number): boolean {
    return this.idle[number % MOST]!
  }

  /** Something is under way on it. */
  use(number: number): void {
    this.idle[number % MOST] = false
  }

  /** It has nothing to do. @param behind what its server calls the connection behind */
  rest(number: number, behind: number): void {
    this.idle[number % MOST] = true
    this.behind[number % MOST] = behind
  }

  close(number: number): void {
    const at = number % MOST
    this.numbers[at] = 0
    this.free.push(at)
  }

  /** The server at `place` has closed all that led to it: how many of them had nothing to do. */
  breakTo(place: number): number {
    let idle = 0
    for (let at = 0; at < this.numbers.length; at++) {
      if (this.numbers[at] === 0 || this.servers[at] !== place || !this.idle[at]) continue
      this.close(this.numbers[at]!)
      idle++
    }
    for (let i = 0; i < REMEMBERED; i++) if (this.latest[i] === place) this.latest[i] = -1
    return idle
  }

  /** Those that are opened from now on have numbers above this one. */
  get latestNumber(): number {
    return this.given.connections * MOST + MOST - 1
  }

  /** Those that have nothing to do. */
  *resting(): Generator<number> {
    for (let at = 0; at < this.numbers.length; at++)
      if (this.numbers[at]! > 0 && this.idle[at]) yield this.numbers[at]!
  }

  /** A connection is opened to the server at `place`. */
  remember(place: number): void {
    this.latest[this.next] = place
    this.next = (this.next + 1) % REMEMBERED
  }

  /** The server of one of the last that were opened, as `u`, from 0 to 1, has it; -1: it is not open any more. */
  recall(u: number): number {
    return this.latest[Math.floor(u * REMEMBERED)]!
  }

  /** The process died. */
  clear(): void {
    for (let at = 0; at < this.numbers.length; at++) if (this.numbers[at]! > 0) this.close(this.numbers[at]!)
    this.latest.fill(-1)
  }
}
