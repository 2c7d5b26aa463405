import * as z from 'zod'
import { FromFile } from '../../options/files.js'
import { hint } from '../../options/nearest.js'
import { quoted } from '../../options/shown.js'
import { BadTable, type Slip } from '../../options/table.js'
import { Ref } from '../../options/types.js'
import { Unreadable } from '../../options/units.js'
import type { Document, Path, Told } from '../document.js'
import type { Known } from './known.js'
import { replaced } from './parts.js'

/**
 * Checks options by their schema, and what they name beyond themselves. Guarantees that each component that they
 * refer to is there (if perhaps broken in itself), and that what comes from files is made. Null, and problems noted,
 * where something does not fit; names are checked even then.
 */
export function parseNaming<S extends z.ZodType>(
  document: Document,
  schema: S,
  value: unknown,
  at: Path,
  known: Known,
  told: Told = {},
): z.output<S> | null {
  const options = document.parse(schema, value, at, told)
  if (options !== null) return settled(document, options, at, known)
  for (const [part, where] of fitting(schema, value, at)) settled(document, part, where, known)
  return null
}

/** The options with files read; null, and problems noted, where a name leads nowhere. */
function settled<T>(document: Document, options: T, at: Path, known: Known): T | null {
  let sound = true
  const complain = (where: Path, message: string) => {
    document.complain(document.said(where), message)
    sound = false
  }
  const spoiled = (table: string, slip: Slip, where: Path) => {
    document.complainIn(table, slip, slip.message, document.said(where))
    sound = false
  }
  const whole = replaced(options, at, (part, where) => {
    if (part instanceof Ref && !known.components.includes(part.name))
      complain(where, `there is no component ${quoted(part.name)}${hint(part.name, known.components)}`)
    if (!(part instanceof FromFile)) return part
    try {
      return part.make(known.files)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      if (error instanceof BadTable) for (const slip of error.slips) spoiled(error.path, slip, where)
      else complain(where, `expected ${error.message}`)
      return part
    }
  })
  return sound ? (whole as T) : null
}

/** Of a value that does not fit as a whole, the parts that do, and where they stand. */
function* fitting(schema: z.ZodType, value: unknown, at: Path): Generator<[part: unknown, at: Path]> {
  const whole = schema.safeParse(value)
  if (whole.success) {
    yield [whole.data, at]
  } else if (schema instanceof z.ZodUnion) {
    for (const form of schema.options) yield* fitting(form as z.ZodType, value, at)
  } else if (schema instanceof z.ZodPipe) {
    yield* fitting(schema.in as z.ZodType, value, at)
  } else if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) {
    yield* fitting(schema.unwrap() as z.ZodType, value, at)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      const inner = partOf(schema, key, Array.isArray(value))
      if (inner !== undefined) yield* fitting(inner, part, [...at, key])
    }
  }
}

/** What the schema says about one entry of a list or a map. */
function partOf(schema: z.ZodType, key: string, list: boolean): z.ZodType | undefined {
  if (list) return schema instanceof z.ZodArray ? (schema.element as z.ZodType) : undefined
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType
  return schema instanceof z.ZodObject && Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined
}
