import { type BadTime, type CausesRecord, placeKey, type Spendings, type Spent } from './spent.js'

/** Where time went in the replications of both: each place once, so that it does not grow with them. */
export function causesTogether(one: CausesRecord, other: CausesRecord): CausesRecord {
  const bad = (a: BadTime, b: BadTime): BadTime => ({
    ...spendingsTogether(a, b),
    failures: spendingsTogether(a.failures, b.failures),
  })
  return {
    times: joined(
      [...one.times, ...other.times],
      (time) => `${time.class} ${time.group}`,
      (a, b) => ({ ...a, requests: a.requests + b.requests, spent: spentTogether(a.spent, b.spent) }),
    ),
    classes: one.classes.map((own, i) => bad(own, other.classes[i]!)),
    faults: one.faults.map((own, i) => bad(own, other.faults[i]!)),
  }
}

const spendingsTogether = (one: Spendings, other: Spendings): Spendings => ({
  requests: one.requests + other.requests,
  direct: spentTogether(one.direct, other.direct),
  held: joined([...one.held, ...other.held], placeKey, add),
})

const spentTogether = (one: readonly Spent[], other: readonly Spent[]): Spent[] =>
  joined([...one, ...other], placeKey, add)

const add = <T extends Spent>(one: T, other: T): T => ({ ...one, seconds: one.seconds + other.seconds })

/** Those with the same key as one, where the first of them stood. */
function joined<T>(all: readonly T[], keyOf: (one: T) => string, both: (a: T, b: T) => T): T[] {
  const found = new Map<string, T>()
  for (const one of all) {
    const key = keyOf(one)
    const known = found.get(key)
    found.set(key, known === undefined ? one : both(known, one))
  }
  return [...found.values()]
}
