import type * as z from 'zod'
import { count, countPerClass, flag, numberAbove, perClass, period } from '../../options/types.js'

/** Rows that a transaction writes at most. */
const MOST = 16

/** What a MySQL server can say of the rows that requests are about. */
export const rowOptions = {
  rows: count(1, 1_000_000)
    .optional()
    .describe(
      'as the primary: rows that requests read and write, one each: a read at a replica is stale if its row was written; default: whatever was written. Before them a redis with as many keys: of the same zipf: they are its objects',
    ),
  innodb_lock_wait_timeout: period()
    .optional()
    .describe(
      'said, writes of a row (rows:) wait for one another, each to the end of its commit; for at most so long (MySQL: 50s), then error 1205. Default: none waits',
    ),
  rows_per_write: countPerClass(1, MOST)
    .prefault(1)
    .describe(
      'rows that a write takes one after the other, each for an equal part of its service: and io:, and keeps to the end of its commit: two writes can wait for one another (a deadlock)',
    ),
  between_rows: perClass()
    .prefault('0s')
    .describe(
      'from one of them to the next: code of the application and the way there and back; the rows are kept',
    ),
  rows_in_order: flag()
    .prefault('off')
    .describe('each write takes the lowest of its rows first: so none waits for who waits for it'),
  innodb_deadlock_detect: flag()
    .prefault('on')
    .describe(
      'of those that wait for one another, the one that has written the fewest rows is rolled back at once (error 1213); off: all wait for innodb_lock_wait_timeout',
    ),
  zipf: numberAbove(0).optional().describe('exponent of their popularity; default 0.8'),
} as const

/** What is not said of them where writes take one row. */
export const ONE_ROW = {
  rows_per_write: rowOptions.rows_per_write.parse(undefined),
  between_rows: rowOptions.between_rows.parse(undefined),
  rows_in_order: false,
  innodb_deadlock_detect: true,
} as const

export type RowOptions = z.output<z.ZodObject<typeof rowOptions>>

/** How many rows a write of each of `classes` takes. */
export const rowsPerWrite = ({ rows_per_write }: RowOptions, classes: readonly string[]): number[] =>
  rows_per_write.each(classes, 1)

/** How many the largest takes. */
export const mostRows = ({ rows_per_write: { byClass, otherwise } }: RowOptions): number =>
  Math.max(1, otherwise ?? 1, ...byClass.values())

const ABOUT_SEVERAL = ['between_rows', 'rows_in_order', 'innodb_deadlock_detect'] as const

/** What two of these say that does not fit together: the option that is to blame, and what is expected. */
export function rowMisfits(
  options: RowOptions & { readonly replicas?: readonly unknown[] | undefined },
): readonly [keyof RowOptions, string][] {
  const { rows, innodb_lock_wait_timeout: timeout, zipf, between_rows: between } = options
  const most = mostRows(options)
  const said: Record<(typeof ABOUT_SEVERAL)[number], boolean> = {
    between_rows: [between.otherwise, ...between.byClass.values()].some(
      (law) => law !== null && law.mean > 0,
    ),
    rows_in_order: options.rows_in_order,
    innodb_deadlock_detect: !options.innodb_deadlock_detect,
  }
  const misfits: [boolean, keyof RowOptions, string][] = [
    [
      rows !== undefined && options.replicas === undefined && timeout === undefined,
      'rows',
      'expected replicas: too, which could miss what was written, or innodb_lock_wait_timeout:, for who waits',
    ],
    [
      timeout !== undefined && rows === undefined,
      'innodb_lock_wait_timeout',
      'expected rows: too, for which writes wait',
    ],
    [zipf !== undefined && rows === undefined, 'zipf', 'expected rows: too, whose popularity it is'],
    [
      most > 1 && timeout === undefined,
      'rows_per_write',
      'expected rows: and innodb_lock_wait_timeout: too, for writes that wait for one another',
    ],
    [
      most > 1 && rows !== undefined && most > rows,
      'rows_per_write',
      `expected at most ${rows}, which is all that there are (rows:)`,
    ],
    ...ABOUT_SEVERAL.map((option): [boolean, keyof RowOptions, string] => [
      said[option] && most === 1,
      option,
      'expected rows_per_write: too, for writes of several rows',
    ]),
  ]
  return misfits.flatMap(([wrong, option, expected]) => (wrong ? [[option, expected] as const] : [])) as [
    keyof RowOptions,
    string,
  ][]
}
