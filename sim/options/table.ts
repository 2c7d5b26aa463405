import { Unreadable } from './units.js'

/** Where something stands in a table: from 1, and 0 for the table as a whole. */
export interface Cell {
  readonly line: number
  readonly column: number
}

/** Something wrong there. */
export interface Slip extends Cell {
  readonly message: string
}

/** What is wrong in the table that a scenario calls `path`. */
export class BadTable extends Unreadable {
  constructor(
    readonly path: string,
    readonly slips: readonly Slip[],
  ) {
    super(slips.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`).join('\n'))
  }
}

/** Slips that are told of a table; one with more is of another format. */
const MOST_SLIPS = 20

/** A line that has something in it. */
export interface Line {
  readonly number: number
  readonly text: string
  readonly cells: readonly string[]
}

/** The text of a CSV file: line by line, with what is wrong in it. */
export class Table {
  private readonly slips: Slip[] = []

  /** @param path what the scenario calls it */
  constructor(
    readonly path: string,
    private readonly text: string,
  ) {}

  /** All but empty ones and comments (`#`). */
  *lines(): Generator<Line> {
    let number = 0
    for (const text of this.text.split(/\r\n?|\n/)) {
      number++
      const trimmed = text.trim()
      if (trimmed !== '' && !trimmed.startsWith('#')) yield { number, text, cells: cellsOf(text) }
    }
  }

  /** What `read` makes of a cell, from 0; null, and noted, where it cannot. */
  read<T>(line: Line, cell: number, read: (text: string) => T): T | null {
    try {
      return read(line.cells[cell] ?? '')
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.note(placeOf(line, cell), `expected ${error.message}`)
      return null
    }
  }

  /** Throws `BadTable` where there are too many to go on. */
  note({ line, column }: Cell, message: string): void {
    this.slips.push({ line, column, message })
    if (this.slips.length < MOST_SLIPS) return
    this.slips.push({ line, column, message: 'what comes after this was not read' })
    this.check()
  }

  /** Throws `BadTable` if anything was noted. */
  check(): void {
    if (this.slips.length > 0) throw new BadTable(this.path, this.slips)
  }
}

/** A cell after a comma: in quotes, where two stand for one, or plain. */
const CELL = /,\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))/g

function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim())
  return [...`,${line}`.matchAll(CELL)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain!).trim(),
  )
}

/** Where a cell, from 0, begins; the end of the line, where it has fewer. */
export function placeOf({ number, text }: Line, cell: number): Cell {
  const found = [...`,${text}`.matchAll(CELL)][cell]
  if (found === undefined) return { line: number, column: text.length + 1 }
  const blank = found[0].length - found[0].slice(1).trimStart().length - 1
  return { line: number, column: found.index + blank + 1 }
}

/** Whether a line above the numbers is none itself: one that is spoiled is told instead of passed over. */
export const isHeading = (cell: string): boolean => !/^([-+.\d]|nan|inf)/i.test(cell)
