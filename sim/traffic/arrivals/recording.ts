import type { Files } from '../../options/files.js'
import { nearest } from '../../options/nearest.js'
import { legible, quoted } from '../../options/shown.js'
import { type Cell, isHeading, type Line, placeOf, Table } from '../../options/table.js'
import { parseSeconds, Unreadable } from '../../options/units.js'

/** What a trace file says, request by request. */
export interface Recording {
  /** Of the file, as the scenario has it. */
  readonly path: string
  /** Seconds from the start of the measured span, ascending. */
  readonly times: readonly number[]
  /** Seconds until the last comes. */
  readonly span: number
  /** What they ask for; null where the file has no such column. */
  readonly classes: RecordedClasses | null
  /** Seconds of service that each needs; null where the file has no such column. */
  readonly service: readonly number[] | null
}

export interface RecordedClasses {
  /** In the order in which they first appear, and where that is. */
  readonly names: ReadonlyMap<string, Cell>
  /** For each request the place of its class among these; -1 where the line names none. */
  readonly of: readonly number[]
  /** The first line that names none. */
  readonly unnamed: Cell | null
}

/** The columns that are read. */
const COLUMNS = ['time', 'class', 'service'] as const
/** Of each the place in a line; -1 for one that is not there. */
type Columns = Readonly<Record<(typeof COLUMNS)[number], number>>
/** Without a heading that names columns. */
const TIME_ALONE: Columns = { time: 0, class: -1, service: -1 }

/** Each is told apart in all results. */
const MOST_CLASSES = 100
/** Letters. */
const LONGEST_NAME = 60

/**
 * Reads a trace file: one arrival a line. A heading may name the columns `time`, `class` and `service`; without it the
 * first column is the time. Throws `Unreadable`, with all slips.
 */
export function readRecording(path: string, files: Files): Recording {
  const table = new Table(path, files.read(path))
  const rows = new Rows(table)
  let columns: Columns | null = null
  for (const line of table.lines()) {
    if (columns === null) {
      columns = columnsOf(line, table)
      if (columns !== TIME_ALONE) continue
    }
    if (!(columns === TIME_ALONE && rows.isAbove(line))) rows.add(line, columns)
  }
  table.check()
  return rows.recording(columns ?? TIME_ALONE)
}

/** Which columns the first line names, if it is a heading that does. */
function columnsOf(line: Line, table: Table): Columns {
  const names = line.cells.map((cell) => cell.toLowerCase())
  if (!COLUMNS.some((column) => names.includes(column))) return TIME_ALONE
  const missing = COLUMNS.filter((column) => !names.includes(column))
  for (const [i, name] of names.entries()) {
    const meant = nearest(name, missing)
    if (meant !== undefined)
      table.note(placeOf(line, i), `there is no column ${quoted(name)} to read; did you mean "${meant}"?`)
    if ((COLUMNS as readonly string[]).includes(name) && names.indexOf(name) < i)
      table.note(placeOf(line, i), `the column "${name}" is there twice`)
  }
  table.check()
  if (missing.includes('time')) table.note(placeOf(line, 0), `expected a column named time`)
  table.check()
  return { time: names.indexOf('time'), class: names.indexOf('class'), service: names.indexOf('service') }
}

/** What has been read so far. */
class Rows {
  private readonly times: number[] = []
  private readonly service: number[] = []
  private readonly names = new Map<string, Cell>()
  /** Place among the names. */
  private readonly places = new Map<string, number>()
  private readonly of: number[] = []
  private unnamed: Cell | null = null

  constructor(private readonly table: Table) {}

  /** Whether a line belongs to a heading that names no columns. */
  isAbove({ cells }: Line): boolean {
    return cells[0] === '' || (this.times.length === 0 && isHeading(cells[0]!))
  }

  add(line: Line, columns: Columns): void {
    const { table, times } = this
    const time = table.read(line, columns.time, (text) => timeFrom(text, times.at(-1) ?? 0))
    if (time !== null) times.push(time)
    if (columns.service >= 0) this.service.push(table.read(line, columns.service, parseSeconds) ?? 0)
    if (columns.class >= 0) this.of.push(this.classIn(line, columns.class))
  }

  private classIn(line: Line, column: number): number {
    const name = line.cells[column] ?? ''
    if (name === '') this.unnamed ??= placeOf(line, column)
    if (name === '') return -1
    const known = this.places.get(name)
    if (known !== undefined) return known
    if (legible(name, LONGEST_NAME) !== name)
      this.table.note(placeOf(line, column), `expected a name of ${LONGEST_NAME} letters at most`)
    if (this.places.size === MOST_CLASSES)
      this.table.note(placeOf(line, column), `expected ${MOST_CLASSES} request classes at most`)
    this.names.set(name, placeOf(line, column))
    this.places.set(name, this.places.size)
    return this.places.size - 1
  }

  recording(columns: Columns): Recording {
    const { table, times, names, of, unnamed, service } = this
    if (times.length === 0) throw new Unreadable(`at least one arrival in ${table.path}`)
    return {
      path: table.path,
      times,
      span: times.at(-1)!,
      classes: columns.class < 0 ? null : { names, of, unnamed },
      service: columns.service < 0 ? null : service,
    }
  }
}

/** @param before seconds, of the line above */
function timeFrom(text: string, before: number): number {
  const time = parseSeconds(text)
  if (time < before)
    throw new Unreadable(`a time no earlier than that of the line above, ${before} s, not ${text}`)
  return time
}
