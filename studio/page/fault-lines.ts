import { capital } from '../../reports/words/capital.js'
import type { Catalog } from '../../sim/scenario/catalog.js'
import type { Blow, PlaceType } from '../messages.js'

export type FaultEntry = Catalog['faults'][number]
export type TargetSort = PlaceType | 'wire'

/** An option of a fault as a form asks for it. */
interface Field {
  readonly name: string
  readonly says: string
  readonly value: string
  readonly required: boolean
}

/** What every fault has, beside what is its own. */
const COMMON = ['kind', 'target', 'at', 'for', 'mtbf', 'mttr']

/** The faults that can strike something. */
export const faultsFor = (catalog: Catalog, sort: TargetSort): readonly FaultEntry[] =>
  catalog.faults.filter(({ targets }) => targets.includes(sort))

/** The options to be asked for: those that must be given, and those that the example gives, as it gives them. */
export function fieldsOf({ example, options }: FaultEntry): readonly Field[] {
  const given = exampleOf(example)
  return options
    .filter(({ name, type }) => !COMMON.includes(name) && type !== 'on or off')
    .filter(({ name, required }) => required || given.has(name))
    .map(({ name, says, required }) => ({ name, says, required, value: given.get(name) ?? '' }))
}

/** `{ kind: slow, target: mysql, factor: 5 }`, by name. */
export function exampleOf(example: string): ReadonlyMap<string, string> {
  const pairs = example.matchAll(/([\w]+): *(\[[^\]]*\]|"[^"]*"|[^,{}]+)/g)
  return new Map([...pairs].map(([, name, value]) => [name!, value!.trim()]))
}

/**
 * The fault as an item of `faults:`.
 * @param at seconds
 * @param lasts seconds; null until the end
 */
export function lineOf(blow: Blow, at: number, lasts: number | null): string {
  const { kind, target, for: given, ...options } = blow
  const pairs = Object.entries({ kind, target, ...options }).map(([name, value]) => [name, spelled(value)])
  pairs.push(['at', secondsText(at)])
  if (lasts !== null) pairs.push(['for', secondsText(lasts)])
  else if (given !== undefined) pairs.push(['for', spelled(given)])
  return `{ ${pairs.map(([name, value]) => `${name}: ${value}`).join(', ')} }`
}

/** To the millisecond, without zeros at the end. */
const secondsText = (seconds: number): string => `${Number(seconds.toFixed(3))}s`

/** As YAML reads it back. */
function spelled(value: string | number): string {
  const text = String(value)
  const plain = /^[A-Za-z0-9_][\w.%/()=-]*( -> [A-Za-z0-9_][\w.-]*)?$/.test(text)
  const word = /^(true|false|yes|no|on|off|null|y|n|[\d_.]+(e\d+)?|0[xo]\w+)$/i.test(text)
  return plain && (typeof value === 'number' || !word || /^\d+(\.\d+)?$/.test(text))
    ? text
    : JSON.stringify(text)
}

/** What a menu calls it: a stop of processes is called as what happens first, and what one wants of it. */
export function titleOf({ name, options }: Pick<FaultEntry, 'name' | 'options'>): string {
  const word = options.some((option) => option.name === 'drain')
    ? 'drain'
    : name.replace(/[_-]/g, ' ').replace('syn ', 'SYN ').replace('nxdomain', 'NXDOMAIN')
  return capital(word)
}
