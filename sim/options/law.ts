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
import { parseDuration, parseNumber, parseSeconds, Unreadable } from './units.js'

/** A duration as an argument. */
export const durationOf = (name: string, fallback?: string): Parameter<number> => ({
  name,
  unit: 'duration',
  fallback,
  read: (text) => positive(parseDuration(text)),
})

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

function positive(seconds: number): number {
  if (!(seconds > 0)) throw new Unreadable('a duration above 0')
  return seconds
}

const mean = durationOf('mean')
const cv = numberOf('cv', (x) => x > 0 && x <= 100, 'a coefficient of variation above 0, and 100 at most')

// Where nearly all values are next to nothing and one in 10^100 is huge, no run is long enough.
const shape = numberOf('shape', (k) => k >= 0.1 && k <= 1000, 'a shape from 0.1 to 1000')

/** The laws that a scenario can name. One line each; a plain duration is the constant law. */
export const laws: readonly Signature<Distribution>[] = [
  { name: 'constant', says: 'always the same', parameters: [mean], make: (m) => new Constant(m) },
  { name: 'exponential', says: 'memoryless; cv 1', parameters: [mean], make: (m) => new Exponential(m) },
  {
    name: 'uniform',
    says: 'evenly between two bounds',
    parameters: [{ name: 'low', unit: 'duration', read: (t) => parseDuration(t) }, durationOf('high')],
    make: (low, high) => {
      if (!(low < high)) throw new Unreadable('uniform(low, high) with low below high')
      return new Uniform(low, high)
    },
  },
  {
    name: 'erlang',
    says: 'sum of exponential stages; cv 1/sqrt(stages)',
    parameters: [
      numberOf(
        'stages',
        (k) => Number.isInteger(k) && k >= 1 && k <= 1000,
        'a whole number of stages, 1 to 1000',
      ),
      mean,
    ],
    make: (k, m) => new Erlang(k, m),
  },
  {
    name: 'gamma',
    says: 'cv 1/sqrt(shape)',
    parameters: [shape, mean],
    make: (k, m) => new Gamma(k, m),
  },
  {
    name: 'lognormal',
    says: 'right-skewed, as most service times are',
    parameters: [mean, cv],
    make: (m, c) => LogNormal.of(m, c),
  },
  {
    name: 'lognormal',
    says: 'by median and 99th percentile',
    parameters: [durationOf('p50'), durationOf('p99')],
    make: (p50, p99) => {
      if (!(p50 < p99 && p99 <= p50 * 1e6))
        throw new Unreadable('lognormal(p50, p99) with p50 below p99, and p99 at most a million times p50')
      return LogNormal.between(p50, p99)
    },
  },
  {
    name: 'hyperexponential',
    says: 'a mix of short and long (balanced means); cv above 1',
    parameters: [
      mean,
      numberOf('cv', (x) => x > 1 && x <= 100, 'a coefficient of variation above 1, and 100 at most'),
    ],
    make: (m, c) => new HyperExponential(m, c),
  },
  {
    name: 'weibull',
    says: 'shape below 1: infant mortality; above 1: wear',
    parameters: [shape, mean],
    make: (k, m) => new Weibull(k, m),
  },
  {
    name: 'pareto',
    says: 'heavy tail',
    parameters: [
      numberOf(
        'shape',
        (a) => a > 1 && a <= 1000,
        'a shape above 1, without which there is no mean, and 1000 at most',
      ),
      mean,
    ],
    make: (a, m) => new Pareto(a, m),
  },
  {
    name: 'empirical',
    says: 'values of a CSV file, one a line (seconds, or with a unit)',
    parameters: [{ name: 'file', unit: 'file', read: (path, files) => readDurations(path, files) }],
    make: (values) => new Empirical(values),
  },
]

/** Reads a law, or a plain duration as the constant law. */
export function parseLaw(text: string | number, files: Files): Distribution {
  const trimmed = String(text).trim()
  if (!/^[A-Za-z]/.test(trimmed)) return new Constant(parseDuration(trimmed))
  return readCall('a duration or a law', laws, trimmed, files)
}

/** The numbers of the first column of a CSV file, durations with or without unit; a heading is passed over. */
function readDurations(path: string, files: Files): number[] {
  const table = new Table(path, files.read(path))
  const values: number[] = []
  for (const line of table.lines()) {
    const [cell] = line.cells
    if (cell === '' || (values.length === 0 && isHeading(cell!))) continue
    const value = table.read(line, 0, parseSeconds)
    if (value !== null) values.push(value)
  }
  table.check()
  if (values.length === 0) throw new Unreadable(`at least one duration in ${path}`)
  return values
}
