/** A step of a Markov chain in continuous time: to which state, and how often a second. */
export interface Move<State> {
  readonly to: State
  readonly rate: number
}

/**
 * A finite Markov chain in continuous time. What is asked of it is found by eliminating one state after the other from
 * the last on (Grassmann, Taksar and Heyman 1985): nothing is ever subtracted, so that a probability of 1e-12 is as
 * exact as one of a half.
 */
export class Chain<State> {
  /** Rates from each state to others, by their numbers. */
  private readonly rates: ReadonlyMap<number, number>[] = []

  /** @param states the first of them is where it starts */
  private constructor(readonly states: readonly State[]) {}

  /**
   * All states that can be reached from `first`; null where they are more than `most`.
   * @param nameOf the same for the same state
   */
  static from<State>(
    first: State,
    movesOf: (state: State) => readonly Move<State>[],
    nameOf: (state: State) => string,
    most = 5000,
  ): Chain<State> | null {
    const states = [first]
    const numbers = new Map([[nameOf(first), 0]])
    const chain = new Chain(states)
    for (const [from, state] of states.entries()) {
      const rates = new Map<number, number>()
      for (const { to, rate } of movesOf(state)) {
        if (!(rate > 0)) continue
        const name = nameOf(to)
        let number = numbers.get(name)
        if (number === undefined) {
          number = states.push(to) - 1
          if (number >= most) return null
          numbers.set(name, number)
        }
        if (number !== from) rates.set(number, (rates.get(number) ?? 0) + rate)
      }
      chain.rates.push(rates)
    }
    return chain
  }

  /** Share of the time in each state, in the long run: of a chain that comes back to its first state from all others. */
  stationary(): number[] {
    const n = this.states.length
    const rates = this.rates.map((own) => new Map(own))
    const into = columnsOf(rates)
    const sums = new Float64Array(n)
    for (let k = n - 1; k > 0; k--) sums[k] = eliminate(rates, into, k)
    const weights = new Float64Array(n)
    weights[0] = 1
    let total = 1
    for (let k = 1; k < n; k++) {
      let weight = 0
      for (const i of into[k]!) if (i < k) weight += weights[i]! * rates[i]!.get(k)!
      weights[k] = weight / sums[k]!
      total += weights[k]!
    }
    return Array.from(weights, (weight) => weight / total)
  }

  /** Mean seconds from the first state until it is for the first time in one that is not `up`; `Infinity` if it never is. */
  timeToLeave(up: (state: State) => boolean): number {
    const isUp = this.states.map(up)
    if (!isUp[0]) return 0
    const kept = [...this.states.keys()].filter((i) => isUp[i])
    const place = new Map(kept.map((i, at) => [i, at]))
    const gone = kept.length
    const rates = kept.map((i) => {
      const own = new Map<number, number>()
      for (const [j, rate] of this.rates[i]!) {
        const to = place.get(j) ?? gone
        own.set(to, (own.get(to) ?? 0) + rate)
      }
      return own
    })
    rates.push(new Map())
    const into = columnsOf(rates)
    // Mean time in a state and in those eliminated that it leads through, times the rate at which it is left.
    const spent = new Float64Array(gone).fill(1)
    for (let k = gone - 1; k > 0; k--) {
      const callers = [...into[k]!].filter((i) => i < k).map((i) => [i, rates[i]!.get(k)!] as const)
      const sum = eliminate(rates, into, k, gone)
      for (const [i, rate] of callers) spent[i] = spent[i]! + (rate / sum) * spent[k]!
    }
    return spent[0]! / (rates[0]!.get(gone) ?? 0)
  }
}

/** Who leads to each state. */
function columnsOf(rates: readonly ReadonlyMap<number, number>[]): Set<number>[] {
  const into = rates.map(() => new Set<number>())
  for (const [i, own] of rates.entries()) for (const j of own.keys()) into[j]!.add(i)
  return into
}

/**
 * Whoever led to state `k` leads to where that leads. Returns the rate at which it is left for those before it.
 * @param always also counts as before it
 */
function eliminate(
  rates: readonly Map<number, number>[],
  into: readonly Set<number>[],
  k: number,
  always = -1,
): number {
  const out = [...rates[k]!].filter(([j]) => j < k || j === always)
  const sum = out.reduce((total, [, rate]) => total + rate, 0)
  for (const i of into[k]!) {
    if (i >= k) continue
    const own = rates[i]!
    const share = own.get(k)! / sum
    for (const [j, rate] of out) {
      if (j === i) continue
      own.set(j, (own.get(j) ?? 0) + share * rate)
      into[j]!.add(i)
    }
  }
  return sum
}
