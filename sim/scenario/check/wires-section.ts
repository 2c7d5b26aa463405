import * as z from 'zod'
import { hint } from '../../options/nearest.js'
import { quoted } from '../../options/shown.js'
import { bandwidth, duration, share } from '../../options/types.js'
import { calledBy } from '../called.js'
import type { Document, Path } from '../document.js'
import type { WireSpec } from '../scenario.js'
import type { Known } from './known.js'
import type { Made } from './made.js'
import type { Given } from './top.js'

/** What `wires:` entries can say. */
export const wireOptions = z.strictObject({
  latency: duration().prefault('0s').describe('one way'),
  loss: share()
    .prefault('0%')
    .describe(
      'packets lost, and sent again after the round trip and 208 ms, twice that, ..., SYNs after 1 s, 3 s, ...',
    ),
  bandwidth: bandwidth()
    .optional()
    .describe('of the line, each way, packets with their headers; default no bound'),
})

/** Gives the wires that are sound, in the order of the file: somebody calls along each of them. */
export function checkWires(document: Document, given: Given, known: Known, made: Made): WireSpec[] {
  const calls = callsOf(made)
  return Object.entries(given.wires).flatMap(([wire, value]) => {
    const at: Path = ['wires', wire]
    const [from, to] = wire.split(' -> ')
    if (!calls.includes(wire) && !mayBeWire(wire, known, made))
      document.complain(at, `there is no wire ${quoted(wire)}${hint(wire, calls)}`)
    const options = document.parse(wireOptions, value ?? {}, at)
    return options === null ? [] : [{ from: from!, to: to ?? '', ...options }]
  })
}

/** The wires along which somebody calls or tells something, as far as is known. */
export const callsOf = ({ components, users }: Made): string[] => [
  ...components.flatMap((spec) =>
    spec.refs.flatMap((to) => calledBy(spec, to, components)).map((to) => `${spec.name} -> ${to}`),
  ),
  ...users.map(({ name, to }) => `${name} -> ${to}`),
  ...components.flatMap(({ kind, options }) =>
    (kind.asides?.(options) ?? []).map(([from, to]) => `${from} -> ${to}`),
  ),
]

/** Whether it begins at something that is broken in itself, of which nobody knows whom it calls. */
export function mayBeWire(wire: unknown, known: Known, made: Made): wire is string {
  const [from, to] = String(wire).split(' -> ')
  const written = known.users.includes(from!) || known.components.includes(from!)
  const sound = [...made.users, ...made.components].some(({ name }) => name === from)
  return written && !sound && known.components.includes(to ?? '')
}
