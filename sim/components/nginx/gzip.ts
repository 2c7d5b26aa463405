import type * as z from 'zod'
import { classNames, count, duration, factor, flag, size } from '../../options/types.js'

export const gzipOptions = {
  gzip: flag().prefault('off').describe('packs answers: they are smaller from here on, and cost CPU time'),
  gzip_types: classNames('expected at least one request class')
    .optional()
    .describe('request classes whose answers are packed: those of text'),
  gzip_comp_level: count(1, 9)
    .prefault(1)
    .describe('1 to 9: from fast to small; gzip_ratio and gzip_cpu_per_mb follow it'),
  gzip_min_length: size().prefault('20B').describe('an answer that is smaller stays as it is'),
  gzip_ratio: factor()
    .refine((value) => value >= 1, 'expected a factor of 1 or more')
    .optional()
    .describe('size before by size after; default 2.75 at level 1, 3.01 at 9 (measured with HTML)'),
  gzip_cpu_per_mb: duration()
    .optional()
    .describe('CPU time to pack 1 MB; default 8.3ms at level 1, 33.3ms at 9 (measured with HTML)'),
} as const

/**
 * Seconds of CPU of a worker to pack a byte of HTML, and its size after, by level: measured on nginx 1.22.1 with answers
 * of 100 kB (0.88, 1.70, 1.92 and 3.38 ms, and 0.044 ms unpacked). What is between is taken to be on a straight line.
 */
const MEASURED = [
  { level: 1, seconds: 8.3e-9, left: 0.363 },
  { level: 5, seconds: 16.6e-9, left: 0.335 },
  { level: 6, seconds: 18.8e-9, left: 0.334 },
  { level: 9, seconds: 33.3e-9, left: 0.332 },
] as const

const MILLION = 1e6

/** What packing takes and gives. */
export class Gzip {
  /** Seconds of CPU for a byte, before it is packed. */
  private readonly perByte: number
  /** Millionths of its size that an answer loses. */
  readonly saves: number
  private readonly classes: ReadonlySet<number>
  private readonly least: number

  constructor(options: z.output<z.ZodObject<typeof gzipOptions>>, classes: readonly string[]) {
    const { gzip_comp_level, gzip_cpu_per_mb, gzip_ratio, gzip_types, gzip_min_length } = options
    this.perByte =
      gzip_cpu_per_mb === undefined ? atLevel(gzip_comp_level, 'seconds') : gzip_cpu_per_mb / MILLION
    const left = gzip_ratio === undefined ? atLevel(gzip_comp_level, 'left') : 1 / gzip_ratio
    this.saves = Math.round(MILLION * (1 - left))
    this.classes = new Set(gzip_types?.names.map((name) => classes.indexOf(name)))
    this.least = gzip_min_length
  }

  /** Whether an answer of that class and so many bytes is packed. */
  packs(kind: number, bytes: number): boolean {
    return bytes >= this.least && this.classes.has(kind)
  }

  /** Seconds of CPU. */
  cost(bytes: number): number {
    return bytes * this.perByte
  }
}

function atLevel(level: number, what: 'seconds' | 'left'): number {
  const above = MEASURED.findIndex((one) => one.level >= level)
  const [one, other] = [MEASURED[Math.max(0, above - 1)]!, MEASURED[above]!]
  if (other.level === level) return other[what]
  return one[what] + ((level - one.level) / (other.level - one.level)) * (other[what] - one[what])
}
