import { Constant, type Distribution } from '../random/distribution.js'
import {
  Empirical,
  Erlang,
  Exponential,
  Gamma,
  HyperExponential,
  LogNormal,
  Pareto,
  Uniform,
  Weibull,
} from '../random/distributions.js'
import type { Files } from './files.js'
import { type Parameter, readCall, type Signature } from './signature.js'
import { isHeading, Table } from './table.js'
import { parseBytes, parseDuration, parseNumber, parseSeconds, parseSize, Unreadable } from './units.js'

/** What laws are of. */
interface Quantity {
  readonly unit: string
  /** What a number without a unit is. */
  readonly plain: string
  readonly read: (text: string) => number
  /** From a cell of a table, where it may stand without its unit. */
  readonly cell: (text: string) => number
}
const durations: Quantity = { unit: 'duration', plain: 'seconds', read: parseDuration, cell: parseSeconds }
const sizes: Quantity = { unit: 'size', plain: 'bytes', read: parseSize, cell: parseBytes }

const above0 = ({ unit, read }: Quantity, name: string, fallback?: string): Parameter<number> => ({
  name,
  unit,
  fallback,
  read: (text) => {
    const value = read(text)
    if (!(value > 0)) throw new Unreadable(`a ${unit} above 0`)
    return value
  },
})

/** A duration as an argument. */
export const durationOf = (name: string, fallback?: string): Parameter<number> =>
  above0(durations, name, fallback)

/** A number as an argument, with a bound that it must exceed or reach. */
const numberOf = (
  name: string,
  test: (x: number) => boolean,
  says: string,
  fallback?: string,
): Parameter<number> => ({
  name,
  unit: 'number',
  fallback,
  read: (text) => {
    const value = parseNumber(text)
    if (!test(value)) throw new Unreadable(`${says}, not ${text}`)
    return value
  },
})

const cv = numberOf('cv', (x) => x > 0 && x <= 100, 'a coefficient of variation above 0, and 100 at most')

// Where nearly all values are next to nothing and one in 10^100 is huge, no run is long enough.
const shape = numberOf('shape', (k) => k >= 0.1 && k <= 1000, 'a shape from 0.1 to 1000')

/** The laws that a scenario can name. One line each; a plain duration or size is the constant law. */
const all: readonly ((of: Quantity) => Signature<Distribution>)[] = [
  (of) => ({
    name: 'constant',
    says: 'always the same',
    parameters: [above0(of, 'mean')],
    make: (m) => new Constant(m),
  }),
  (of) => ({
    name: 'exponential',
    says: 'memoryless; cv 1',
    parameters: [above0(of, 'mean')],
    make: (m) => new Exponential(m),
  }),
  (of) => ({
    name: 'uniform',
    says: 'evenly between two bounds',
    parameters: [{ name: 'low', unit: of.unit, read: (t) => of.read(t) }, above0(of, 'high')],
    make: (low, high) => {
      if (!(low < high)) throw new Unreadable('uniform(low, high) with low below high')
      return new Uniform(low, high)
    },
  }),
  (of) => ({
    name: 'erlang',
    says: 'sum of exponential stages; cv 1/sqrt(stages)',
    parameters: [
      numberOf(
        'stages',
        (k) => Number.isInteger(k) && k >= 1 && k <= 1000,
        'a whole number of stages, 1 to 1000',
      ),
      above0(of, 'mean'),
    ],
    make: (k, m) => new Erlang(k, m),
  }),
  (of) => ({
    name: 'gamma',
    says: 'cv 1/sqrt(shape)',
    parameters: [shape, above0(of, 'mean')],
    make: (k, m) => new Gamma(k, m),
  }),
  (of) => ({
    name: 'lognormal',
    says: 'right-skewed, as most service times are',
    parameters: [above0(of, 'mean'), cv],
    make: (m, c) => LogNormal.of(m, c),
  }),
  (of) => ({
    name: 'lognormal',
    says: 'by median and 99th percentile',
    parameters: [above0(of, 'p50'), above0(of, 'p99')],
    make: (p50, p99) => {
      if (!(p50 < p99 && p99 <= p50 * 1e6))
        throw new Unreadable('lognormal(p50, p99) with p50 below p99, and p99 at most a million times p50')
      return LogNormal.between(p50, p99)
    },
  }),
  (of) => ({
    name: 'hyperexponential',
    says: 'a mix of short and long (balanced means); cv above 1',
    parameters: [
      above0(of, 'mean'),
      numberOf('cv', (x) => x > 1 && x <= 100, 'a coefficient of variation above 1, and 100 at most'),
    ],
    make: (m, c) => new HyperExponential(m, c),
  }),
  (of) => ({
    name: 'weibull',
    says: 'shape below 1: infant mortality; above 1: wear',
    parameters: [shape, above0(of, 'mean')],
    make: (k, m) => new Weibull(k, m),
  }),
  (of) => ({
    name: 'pareto',
    says: 'heavy tail',
    parameters: [
      numberOf(
        'shape',
        (a) => a > 1 && a <= 1000,
        'a shape above 1, without which there is no mean, and 1000 at most',
      ),
      above0(of, 'mean'),
    ],
    make: (a, m) => new Pareto(a, m),
  }),
  (of) => ({
    name: 'empirical',
    says: `values of a CSV file, one a line (${of.plain}, or with a unit)`,
    parameters: [{ name: 'file', unit: 'file', read: (path, files) => valuesOf(of, path, files) }],
    make: (values) => new Empirical(values),
  }),
]

export const laws = all.map((one) => one(durations))
const sizeLaws = all.map((one) => one(sizes))

/** Reads a law, or a plain duration as the constant law. */
export const parseLaw = (text: string | number, files: Files): Distribution =>
  lawFrom(durations, laws, text, files)

/** Reads a law of sizes, in bytes, or a plain size as the constant law. */
export const parseSizeLaw = (text: string | number, files: Files): Distribution =>
  lawFrom(sizes, sizeLaws, text, files)

function lawFrom(of: Quantity, known: typeof laws, text: string | number, files: Files): Distribution {
  const trimmed = String(text).trim()
  if (!/^[A-Za-z]/.test(trimmed)) return new Constant(of.read(trimmed))
  return readCall(`a ${of.unit} or a law`, known, trimmed, files)
}

/** The numbers of the first column of a CSV file, with or without unit; a heading is passed over. */
function valuesOf(of: Quantity, path: string, files: Files): number[] {
  const table = new Table(path, files.read(path))
  const values: number[] = []
  for (const line of table.lines()) {
    const [cell] = line.cells
    if (cell === '' || (values.length === 0 && isHeading(cell!))) continue
    const value = table.read(line, 0, of.cell)
    if (value !== null) values.push(value)
  }
  table.check()
  if (values.length === 0) throw new Unreadable(`at least one ${of.unit} in ${path}`)
  return values
}
