import './no-eval.js'
import * as z from 'zod'
import { $constructor, $ZodString } from 'zod/v4/core'

/*
 * Texts, and maps from them. `string` of zod (and `record`, which calls it) brings along what it could check of
 * addresses, dates and tokens: 15 kB of a module for pages, for nobody. These are the same without.
 */

/** The methods that all types have. */
const init: (inst: z.ZodType, def: z.core.$ZodTypeDef) => void = z.ZodType.init

const Text = $constructor('Text', (inst: z.ZodType<string, string>, def: z.core.$ZodStringDef) => {
  $ZodString.init(inst as unknown as z.core.$ZodString, def)
  init(inst, def)
})

const saying = (error: string | undefined) => (error === undefined ? {} : { error: () => error })

/** @param error what is told of something else; default what is told of all types */
export const text = (error?: string): z.ZodType<string, string> =>
  new Text({ type: 'string', ...saying(error) })

/** A map from any names. */
export const mapOf = <One extends z.ZodType>(one: One, error?: string) =>
  new z.ZodRecord({
    type: 'record',
    keyType: text() as unknown as z.core.$ZodRecordKey,
    valueType: one,
    ...saying(error),
  }) as unknown as z.ZodRecord<z.ZodString, One>
