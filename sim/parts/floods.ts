import { Dial } from './dial.js'

/** SYNs that nobody completes, and that come to a port: so many a second, by the number of addresses that send them. */
export class Floods {
  private readonly dials = new Map<number, Dial>()
  private readonly watchers: (() => void)[] = []

  /** That of so many addresses; `Infinity`: they are forged, and each SYN has another. */
  from(sources: number): Dial {
    const known = this.dials.get(sources)
    if (known !== undefined) return known
    const dial = new Dial(0, 'sum')
    dial.watch(() => {
      for (const watcher of this.watchers) watcher()
    })
    this.dials.set(sources, dial)
    return dial
  }

  /** Calls `watcher` after every change. */
  watch(watcher: () => void): void {
    this.watchers.push(watcher)
  }

  /** How many come from how many addresses. */
  get all(): { sources: number; rate: number }[] {
    return [...this.dials].map(([sources, { value }]) => ({ sources, rate: value }))
  }

  /** SYNs a second. */
  get rate(): number {
    return this.all.reduce((sum, { rate }) => sum + rate, 0)
  }
}
