import { hint } from '../../options/nearest.js'
import { ByClass, ClassNames } from '../../options/types.js'
import { walk } from '../../options/walk.js'
import type { Document, Path } from '../document.js'
import type { Known } from './known.js'

/**
 * Faults and wires name things without saying of what sort. Guarantees that a name of a host, of users, a component
 * or a zone is one thing, and looks like no wire.
 */
export function checkNames(document: Document, known: Known, zones: readonly string[]): void {
  const { hosts, users, components } = known
  const owner = new Map<string, string>()
  for (const [section, names] of Object.entries({ hosts, users, components })) {
    for (const one of names) {
      const other = owner.get(one)
      if (other !== undefined)
        document.complain([section, one], `the name "${one}" is taken, under ${other}:`)
      else owner.set(one, section)
      if (one.includes(' -> ') || one.trim() === '' || !isOneLine(one))
        document.complain([section, one], 'a name has no " -> " in it, no end of a line, and is not empty')
    }
  }
  for (const zone of zones) {
    const other = owner.get(zone)
    if (other !== undefined) document.complain([other, zone], `the name "${zone}" is taken, by a zone`)
  }
}

const isOneLine = (name: string): boolean => !/[\t\n\r]/.test(name)

/** Guarantees that request classes that options name, which stand at `at`, are asked for by some users. */
export function checkClasses(
  document: Document,
  options: unknown,
  at: Path,
  classes: readonly string[],
): void {
  walk(options, at, (part, where) => {
    const named =
      part instanceof ByClass ? [...part.byClass.keys()] : part instanceof ClassNames ? part.names : []
    for (const one of named) {
      if (classes.includes(one)) continue
      const place = part instanceof ByClass ? [...where, one] : where
      // A default list may name classes that these users do not ask for.
      if (document.has(place))
        document.complain(place, `no users ask for the request class "${one}"${hint(one, classes)}`)
    }
  })
}
