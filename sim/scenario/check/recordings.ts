import { hint } from '../../options/nearest.js'
import { quoted } from '../../options/shown.js'
import { familyOf } from '../../parts/request.js'
import type { RecordedClasses, Recording } from '../../traffic/arrivals/recording.js'
import type { Document, Path } from '../document.js'
import { reached } from '../reached.js'
import { readsTrace, recordingOf } from '../replay.js'
import type { ComponentSpec, UsersSpec } from '../scenario.js'

type Shares = ReadonlyMap<string, number>

/**
 * The shares in which the request classes of a recording are asked for: as often as its lines name them, and as `mix:`
 * says where they name none. Guarantees that these are classes of the mix, where there is one.
 * @param at of the users
 */
export function recordedMix(
  document: Document,
  { path }: Recording,
  { names, of, unnamed }: RecordedClasses,
  mix: Shares | null,
  at: Path,
): Shares {
  const where = [...at, 'arrive']
  const known = [...(mix ?? names).keys()]
  for (const [name, cell] of names) {
    if (known.includes(name)) continue
    const message = `there is no request class ${quoted(name)} in mix:${hint(name, known)}`
    document.complainIn(path, cell, message, where)
  }
  if (unnamed !== null && mix === null)
    document.complainIn(path, unnamed, 'expected a request class, since there is no mix:', where)
  const counts = [...names.keys()].map(() => 0)
  let drawn = 0
  for (const place of of) {
    if (place < 0) drawn++
    else counts[place]!++
  }
  const countOf = new Map([...names.keys()].map((name, place) => [name, counts[place]!]))
  return new Map(
    known.map((name) => [name, ((countOf.get(name) ?? 0) + drawn * (mix?.get(name) ?? 0)) / of.length]),
  )
}

/**
 * Guarantees that all who come to where `service: trace` is read have recorded what they need, and that nobody else is
 * taken for them.
 */
export function checkRecorded(
  document: Document,
  users: readonly UsersSpec[],
  components: readonly ComponentSpec[],
): void {
  for (const one of users) {
    const recorded = Boolean(recordingOf(one)?.service)
    const way = reached({ users, components }, (other) => other === one)
    const reads = (asked: readonly string[], message: string) =>
      checkServed(document, asked, way, components, message)
    if (!recorded)
      reads(
        [...one.mix.keys()],
        `${one.name} have no recorded service: expected arrive: trace(file) of them, with a column "service"`,
      )
    else {
      checkFamily(document, one, users)
      if (one.page !== undefined)
        reads(
          [one.page.class],
          `the assets of ${one.name} have no recorded service: expected a law for ${one.page.class}`,
        )
    }
  }
}

/** @param asked request classes, of whom nothing is recorded */
function checkServed(
  document: Document,
  asked: readonly string[],
  way: ReadonlySet<string>,
  components: readonly ComponentSpec[],
  message: string,
): void {
  for (const spec of components) {
    if (!way.has(spec.name) || !asked.some((one) => readsTrace(spec, one))) continue
    document.complain(document.said(['components', spec.name, 'service']), message)
  }
}

function checkFamily(document: Document, one: UsersSpec, users: readonly UsersSpec[]): void {
  const same = users.find((other) => other !== one && familyOf(other.name) === familyOf(one.name))
  if (same !== undefined)
    document.complain(
      ['users', same.name],
      `the name cannot be told from ${quoted(one.name)} where service is recorded: expected another`,
    )
}
