import type { Lost, SpofPair, SpofPart, Spofs } from '../sim/experiments/spof/spof-result.js'
import { estimate, type Row, table } from './csv.js'
import { labelOf, spofLine } from './spof-verdict.js'
import { isWithin, rows, wrap } from './text.js'
import { type Look, PLAIN_LOOK, tinted } from './words/look.js'
import { digits, moment, nines, plusMinus, replicationsIn } from './words/numbers.js'
import { lossOf, seconds, whyOf } from './words/spof-why.js'
import { cutSetsIn, fixFirst, tiersIn } from './words/spof-words.js'

/** One scenario after the other: the answer, a table, why, and what to do first. */
export function spofText(all: readonly Spofs[], look: Look = PLAIN_LOOK): string {
  return `${all.map((one) => textOf(one, look)).join('\n\n')}\n`
}

function textOf(spofs: Spofs, look: Look): string {
  const { parts, pairs, untold } = spofs
  const told = (text: string) => wrap(text, look.width)
  const safe = !parts.some(({ severity }) => severity === 'hard' || severity === 'writes')
  const worth = look.verbose ? parts : parts.filter(({ severity }) => severity !== 'none')
  const unnoticed = parts.filter(({ severity }) => severity === 'none')
  const hidden = parts.filter((one) => one.hidden)
  const softer = parts.filter(
    ({ structural, severity }) => structural.length > 0 && severity !== 'hard' && severity !== 'writes',
  )
  const lines = [
    tinted(told(spofLine(spofs)), safe ? 'good' : 'bad', look),
    '',
    ...(worth.length === 0 ? [] : [partsTable(worth.map(rowOf), look.width)]),
    told(how(spofs)),
    '',
    ...worth.map((one) => told(`${capital(lossOf([one.part], one))}: ${whyOf(one, spofs)}`)),
    ...(look.verbose || unnoticed.length === 0
      ? []
      : [told(`Nobody misses: ${unnoticed.map(({ part }) => part).join(', ')}.`)]),
    ...hidden.map((one) => told(hiddenLine(one))),
    ...softer.map((one) =>
      told(
        `The wiring says that without ${one.part} nobody is answered who asks for ${one.structural.join(', ')}; with traffic on some are.`,
      ),
    ),
    ...(pairs.length === 0
      ? []
      : [
          '',
          partsTable(pairs.filter((one) => look.verbose || one.severity !== 'none').map(rowOf), look.width),
        ]),
    ...pairs
      .filter((one) => one.severity !== 'none')
      .map((one) => told(`${capital(lossOf(one.parts, one))}: ${whyOf(one, spofs)}`)),
    '',
    ...[cutSetsIn(spofs), ...tiersIn(spofs), ...fixFirst(spofs)].map(told),
    ...untold.map(({ part, reason }) => told(`Note: nothing can be told of ${part}: ${reason}.`)),
  ]
  return lines.join('\n')
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** What was tried, and what the columns are. */
function how({ lost_s, warmup_s, replications, seed, gap_s }: Spofs): string {
  return `Each is lost after ${moment(warmup_s)} s and stays so for ${moment(lost_s)} s: what is answered and good in that time, how long some are not answered (a gap of ${digits(gap_s)} s is borne), and what is lost beyond the same visitors without the loss; p99 of the answers in ms. ${replicationsIn(replications)}, seed ${seed}.`
}

/** What a drawing does not show, and why. */
const hiddenLine = (one: SpofPart): string =>
  `Hidden: the wiring has another way for ${one.structural.length === 0 ? 'all' : 'others'} without ${labelOf(one)}; with traffic on it is ${one.severity}.`

interface Named extends Lost {
  readonly name: string
}

const rowOf = (one: SpofPart | SpofPair): Named => ({
  ...one,
  name: 'part' in one ? labelOf(one) : one.parts.join(' + '),
})

/** Letters of a name. */
const NAME = 36

/** The fullest table that fits a terminal. */
function partsTable(parts: readonly Named[], width: number): string {
  const forms = [
    ['severity', 'answered', 'good', 'outage', 'lost/s', 'late/s', 'p99', 'lost writes', 'stale reads'],
    ['severity', 'answered', 'good', 'outage', 'lost/s', 'late/s', 'p99'],
    ['severity', 'answered', 'good', 'outage', 'lost/s'],
    ['severity', 'answered', 'outage'],
  ] as const
  const inFull = (columns: readonly string[], most: number) =>
    rows(
      ['without', ...columns],
      parts.map((part) => [part.name, ...columns.map((column) => CELLS[column]!(part))]),
      [NAME, 12],
      most,
    )
  const fits = forms.find((columns) => isWithin(inFull(columns, Number.POSITIVE_INFINITY), width))
  return inFull(fits ?? forms.at(-1)!, width)
}

const CELLS: Readonly<Record<string, (lost: Lost) => string>> = {
  severity: ({ severity }) => severity,
  answered: ({ availability }) => nines(availability),
  good: ({ good }) => nines(good),
  outage: ({ outage_s }) => (outage_s.value === 0 ? '–' : seconds(outage_s)),
  'lost/s': ({ lost_per_s }) => plusMinus(lost_per_s),
  'late/s': ({ delayed_per_s }) => (delayed_per_s === null ? '–' : plusMinus(delayed_per_s)),
  p99: ({ p99_ms }) => plusMinus(p99_ms),
  'lost writes': ({ lost_writes }) => plusMinus(lost_writes),
  'stale reads': ({ stale_reads }) => plusMinus(stale_reads),
}

/** Version 1 of the outside contract. */
export function spofJson(all: readonly Spofs[]): string {
  const spofs = all.map((one) => ({
    ...one,
    parts: one.parts.map((part) => ({
      ...part,
      why: whyOf(part, one),
      ways: part.ways.map((way) => ({ ...way, why: whyOf(way, one) })),
    })),
    pairs: one.pairs.map((pair) => ({ ...pair, why: whyOf(pair, one) })),
  }))
  return `${JSON.stringify({ version: 1, spofs }, null, 2)}\n`
}

/** One row a part. */
export const spofCsv = (all: readonly Spofs[]): string =>
  table(all.flatMap((one) => one.parts.map((part) => rowFor(part, one))))

function rowFor(part: SpofPart, spofs: Spofs): Row {
  const weight = spofs.importance?.parts.find((own) => own.part === part.part)
  return {
    scenario: spofs.scenario,
    part: part.part,
    what: part.what,
    how: part.how,
    severity: part.severity,
    hidden: part.hidden ? 'yes' : 'no',
    unanswered: part.unanswered.join(' '),
    ...estimate('availability', part.availability),
    ...estimate('good', part.good),
    ...estimate('outage_s', part.outage_s),
    ...estimate('no_answer_s', part.no_answer_s),
    ...estimate('good_back_s', part.good_back_s),
    ...estimate('lost_per_s', part.lost_per_s),
    ...estimate('p99_ms', part.p99_ms),
    ...estimate('added_p99_ms', part.added_p99_ms),
    lost_writes: part.lost_writes.value,
    stale_reads: part.stale_reads.value,
    removed_min_per_year: weight?.removed_min_per_year ?? null,
    why: whyOf(part, spofs),
  }
}

/** What `--out` gets: the text of each file by its name. */
export const spofFiles = (all: readonly Spofs[]): Record<string, string> => ({
  'spof.json': spofJson(all),
  'spof.csv': spofCsv(all),
})
