import {
  type Lost,
  SEVERITIES,
  type SpofPair,
  type SpofPart,
  type Spofs,
  whyUntold,
} from '../sim/experiments/spof/spof-result.js'
import { isAmong } from '../sim/experiments/structure.js'
import { estimate, type Row, table } from './csv.js'
import type { Assets } from './html/assets.js'
import { type Drawn, spofHtml } from './html/spof-page.js'
import { spofJson } from './json.js'
import { hiddenIn, labelOf, spofLine } from './spof-verdict.js'
import { isWithin, rows, wrap } from './text.js'
import { capital } from './words/capital.js'
import { type Look, PLAIN_LOOK, tinted } from './words/look.js'
import { moment, nines, plusMinus } from './words/numbers.js'
import { askers, nobody, othersThan, unseenIn } from './words/spof-who.js'
import { isUnnoticed, lossOf, outageIn, whyOf } from './words/spof-why.js'
import { cutSetsIn, fixFirst, howTried, tiersIn } from './words/spof-words.js'

/** One scenario after the other: the answer, a table, why, and what to do first. */
export function spofText(all: readonly Spofs[], look: Look = PLAIN_LOOK): string {
  return `${all.map((one) => textOf(one, look)).join('\n\n')}\n`
}

function textOf(spofs: Spofs, look: Look): string {
  const told = (text: string) => wrap(text, look.width)
  const safe = !spofs.parts.some(({ severity }) => ['hard', 'writes', 'undecided'].includes(severity))
  if (whyUntold(spofs) !== null) return [told(spofLine(spofs)), '', told(cutSetsIn(spofs))].join('\n')
  const worth = look.verbose ? spofs.parts : spofs.parts.filter(({ severity }) => severity !== 'none')
  const sections = [
    [tinted(told(spofLine(spofs)), safe ? 'good' : 'bad', look)],
    [
      ...(worth.length === 0 ? [] : [partsTable(worth.map(rowOf), look.width)]),
      ...[howTried(spofs), ...unseenIn(spofs)].map(told),
    ],
    [...whyEach(spofs, worth, look), ...unnoticed(spofs)].map(told),
    [...hiddenLines(spofs), ...softer(spofs)].map(told),
    pairsIn(spofs, look),
    [cutSetsIn(spofs), ...tiersIn(spofs), ...fixFirst(spofs)].map(told),
    spofs.untold.map(({ part, reason }) => told(`Note: nothing can be told of ${part}: ${reason}.`)),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

/** Why, of each way in which a part is lost; else of the worst, and of wires only where that says something new. */
function whyEach(spofs: Spofs, worth: readonly SpofPart[], { verbose }: Look): string[] {
  if (verbose)
    return worth.flatMap(({ part, ways }) =>
      ways.map((way) => `${capital(lossOf([part], way))}: ${whyOf(way, spofs)}`),
    )
  const hidden = hiddenIn(spofs)
  const names = new Set(
    worth.flatMap(({ part, what, carries }) => (what === 'wire' ? [] : [part, ...carries])),
  )
  const likewise = worth.filter(
    ({ part, what }) => what === 'wire' && part.split(' -> ').some((end) => names.has(end)),
  )
  return [
    ...worth
      .filter((one) => !likewise.includes(one) && !hidden.includes(one))
      .map((one) => `${capital(lossOf([one.part], one))}: ${whyOf(one, spofs)}`),
    ...(likewise.length === 0 ? [] : ['Why of the wires at these boxes: --verbose.']),
  ]
}

/** What can be lost: so that nobody notices, or within what is borne. */
function unnoticed(spofs: Spofs): string[] {
  const spared = spofs.parts.filter(({ severity }) => severity === 'none')
  const missed = spared.filter((one) => !isUnnoticed(one, spofs))
  const others = spared.filter((one) => isUnnoticed(one, spofs)).map(({ part }) => part)
  const figures = missed.map(({ part, good }) => `${part} (${nines(good)})`)
  return [
    ...(missed.length === 0 ? [] : [`Within what is borne, good answers without it: ${figures.join(', ')}.`]),
    ...(others.length === 0 ? [] : [`Nobody misses: ${others.join(', ')}.`]),
  ]
}

/** What a drawing does not show, and why. */
function hiddenLines(spofs: Spofs): string[] {
  const hidden = hiddenIn(spofs)
  const wires = spofs.parts.filter((one) => one.hidden && !hidden.includes(one))
  return [
    ...hidden.map(
      (one) =>
        `Hidden, for the wiring has another way${one.structural_accounts.length === 0 ? '' : ` for some of them (for ${askers(one.structural_accounts, spofs)} it has none)`}: ${lossOf([one.part], one)}: ${whyOf(one, spofs)}`,
    ),
    ...(wires.length === 0 ? [] : [`Hidden as well, wires: ${wires.map(({ part }) => part).join(', ')}.`]),
  ]
}

/** Where traffic goes on though the wiring says that it cannot. */
const softer = (spofs: Spofs): string[] =>
  spofs.parts.flatMap((one) => {
    const { part, structural_accounts, unanswered_accounts, undecided_accounts } = one
    const gone = [...unanswered_accounts, ...undecided_accounts]
    const left = othersThan(gone, spofs).filter((own) => isAmong(structural_accounts, own))
    return left.length === 0
      ? []
      : [
          `The wiring says that without ${part} ${nobody(left, spofs, 'is answered')}; some are, for ${moment(spofs.lost_s)} s at least.`,
        ]
  })

function pairsIn(spofs: Spofs, look: Look): string[] {
  const { pairs, parts } = spofs
  if (pairs.length === 0) return []
  const rank = ({ severity }: Lost) => SEVERITIES.indexOf(severity)
  const alone = (name: string) => Math.min(...parts.filter(({ part }) => part === name).map(rank))
  const worse = pairs.filter((one) => one.parts.every((name) => rank(one) < alone(name)))
  const worth = look.verbose ? pairs : worse
  const others = pairs.length - worse.length
  return [
    wrap(
      `Two at once, of ${pairs.length} pairs of machines that can be lost alone: ${worse.length === 0 ? 'no two are' : `${worse.length} ${worse.length === 1 ? 'is' : 'are'}`} worse than each of the two${others === 0 || worse.length === 0 ? '' : `, and ${others} no worse`}.`,
      look.width,
    ),
    ...(worth.length === 0 ? [] : [partsTable(worth.map(rowOf), look.width)]),
    ...worth.map((one) => wrap(`${capital(lossOf(one.parts, one))}: ${whyOf(one, spofs)}`, look.width)),
  ]
}

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
  outage: outageIn,
  'lost/s': ({ lost_per_s }) => plusMinus(lost_per_s),
  'late/s': ({ delayed_per_s }) => (delayed_per_s === null ? '–' : plusMinus(delayed_per_s)),
  p99: ({ p99_ms }) => plusMinus(p99_ms),
  'lost writes': ({ lost_writes }) => plusMinus(lost_writes),
  'stale reads': ({ stale_reads }) => plusMinus(stale_reads),
}

/** One row a part. */
export const spofCsv = (all: readonly Spofs[]): string =>
  table(all.flatMap((one) => one.parts.map((part) => rowFor(part, one))))

function rowFor(part: SpofPart, spofs: Spofs): Row {
  const weight = spofs.importance?.parts.find((own) => own.part === part.part)
  return {
    scenario: spofs.scenario,
    file: spofs.file,
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
    settles_s: part.settles_s,
    ...estimate('lost_per_s', part.lost_per_s),
    ...estimate('p99_ms', part.p99_ms),
    ...estimate('added_p99_ms', part.added_p99_ms),
    lost_writes: part.lost_writes.value,
    stale_reads: part.stale_reads.value,
    removed_min_per_year: weight?.removed_min_per_year ?? null,
    unanswered_accounts: part.unanswered_accounts.map((one) => `${one.users}:${one.class}`).join(' '),
    why: whyOf(part, spofs),
  }
}

/** What `--out` gets: the text of each file by its name. */
export function spofFiles(all: readonly Drawn[], assets: Assets): Record<string, string> {
  const spofs = all.map((one) => one.spofs)
  return { 'spof.json': spofJson(spofs), 'spof.csv': spofCsv(spofs), 'spof.html': spofHtml(all, assets) }
}
