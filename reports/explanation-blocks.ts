import type { Explanation } from '../sim/experiments/explain/explained.js'
import type { RemedyTold } from '../sim/experiments/explain/remedies-told.js'
import type { Route } from '../sim/experiments/explain/routes.js'
import { type SpofPart, type Spofs, whyUntold } from '../sim/experiments/spof/spof-result.js'
import { listed } from '../sim/options/spell.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import type { Estimate } from '../sim/stats/estimate.js'
import { bySeverity } from './drawing/by-severity.js'
import { mermaid } from './drawing/mermaid.js'
import { readPreface } from './html/preface.js'
import { pointsOf, spofLine } from './spof-verdict.js'
import type { Block } from './words/blocks.js'
import { capacityLine, limitsLine, perSecond, rate, USUAL } from './words/capacity-words.js'
import { available, digits, digitsOfError, milliseconds, nines, percent, plusMinus } from './words/numbers.js'
import { areAll, askers } from './words/spof-who.js'
import { lossOf, whyOf } from './words/spof-why.js'
import { fixFirst } from './words/spof-words.js'

/** A stack told: the answer first, then what it is made of. */
export function blocksOf(explanation: Explanation, scenario: Scenario): Block[] {
  const { question, words, answer } = readPreface(scenario.preface)
  return [
    { text: answerOf(explanation) },
    ...[...words, question, ...answer].filter((text) => text !== '').map((text): Block => ({ text })),
    { diagram: mermaid(scenario, bySeverity(explanation.spofs)) },
    { heading: 'What stands there' },
    { list: explanation.components.map(componentLine) },
    { heading: 'Where a request goes' },
    { list: routesIn(explanation, scenario) },
    { heading: 'What is there twice, and what is not' },
    ...lossesIn(explanation),
    { heading: 'How much it carries' },
    ...carriedIn(explanation),
    { heading: 'What would bring more' },
    ...remediesIn(explanation),
    { heading: 'Words' },
    { list: glossaryOf(explanation, scenario) },
  ]
}

/** The stack in a sentence. */
function answerOf({ scenario, calm, capacity, spofs, remedies }: Explanation): string {
  const [best] = bestOf(remedies)
  const { offered, ok } = calm.requests
  if (offered === 0) return `Nobody asks ${scenario} for anything in the time that is measured.`
  if (ok === 0) return `${scenario} answers nobody, as it is.`
  const stops = stopping(spofs)
  const open = spofs.parts.some(({ severity }) => severity === 'undecided')
  const parts = [
    `${scenario} answers ${perSecond(calm.qps.ok.value ?? 0)}${offered === ok ? '' : ` (${available(calm)} of what is asked)`}`,
    capacity?.qps.value ? `could answer ${rate(capacity)} as well as is expected` : '',
    stops.length === 0
      ? `has no part ${open ? 'that is known ' : ''}without which all stops`
      : `stops without ${listed(stops, 'or')}`,
  ].filter((part) => part !== '')
  const more = best === undefined ? '' : ` Most would come of ${NAMES[best.remedy]}: ${moreOf(best.gain!)}.`
  return `${listed(parts)}.${more}`
}

/** What is lost with all that anybody asks for. */
function stopping(spofs: Spofs): string[] {
  const all = spofs.parts.filter((one) => areAll(one.unanswered_accounts, spofs))
  return pointsOf({ parts: all }, ['hard', 'writes'])
}

/** Where none is known to stop anybody. */
function noneIn(spofs: Spofs): string {
  if (whyUntold(spofs) !== null) return 'Here it cannot be told what is one'
  const open = spofs.parts.some(({ severity }) => severity === 'undecided')
  return `${spofs.scenario} has none${open ? ' that is known' : ''}`
}

/** What is lost with some of it, and with what. */
function stoppingSome(spofs: Spofs): string[] {
  const some = spofs.parts.filter(
    (one) => one.unanswered_accounts.length > 0 && !areAll(one.unanswered_accounts, spofs),
  )
  return pointsOf({ parts: some }, ['hard', 'writes']).map((point) => {
    const { unanswered_accounts: unanswered } =
      some.find(({ part }) => point === part || point.startsWith(`${part} (`)) ?? some[0]!
    return `${point} for ${askers(unanswered, spofs)}`
  })
}

function componentLine({ name, kind, host, cores, does }: Explanation['components'][number]): string {
  const place =
    host === null
      ? ''
      : `, on ${host}${cores === null ? '' : ` with ${cores} ${cores === 1 ? 'core' : 'cores'}`}`
  const what = name === kind ? '' : kind
  const beside = [what, place.replace(/^, /, '')].filter((part) => part !== '').join(', ')
  return `${name}${beside === '' ? '' : ` (${beside})`}: it ${does.join('; it ')}.`
}

function routesIn({ routes }: Explanation, { users, classes }: Scenario): string[] {
  const asking = users.filter(({ malicious }) => !malicious)
  const missing = asking.flatMap(({ name, mix }) =>
    classes
      .filter((one) => (mix.get(one) ?? 0) > 0)
      .filter((one) => routes.every((route) => route.class !== one || route.users !== name))
      .map((one) => `${one} of ${name}`),
  )
  return [
    ...routes.map(routeLine),
    ...missing.map((one) => `${one}: none of the first thousand requests was one that was answered.`),
  ]
}

/** Less than this of a way is told with the others. */
const LITTLE = 0.02

function routeLine({ users, class: named, way, latency_ms, spent, wires_ms, traced }: Route): string {
  const worth = spent.filter(({ ms }) => ms >= LITTLE * latency_ms).sort((a, b) => b.ms - a.ms)
  const where = [
    ...worth.map(
      ({ component, ms, wires }) => `${milliseconds(ms)} in ${component}${wires ? ' and on its wires' : ''}`,
    ),
    ...(wires_ms >= LITTLE * latency_ms ? [`${milliseconds(wires_ms)} on the way to and from it all`] : []),
  ]
  const steps = [users, ...way.map((names) => listed(names))].join(' → ')
  return `${named}: ${steps}, and back after ${milliseconds(latency_ms)}, of which ${listed(where)} (the middle one of ${traced} that were followed).`
}

function lossesIn({ spofs }: Explanation): Block[] {
  const { parts } = spofs
  if (whyUntold(spofs) !== null) return [{ text: spofLine(spofs) }]
  const boxes = parts.filter(({ what }) => what !== 'wire')
  const hurt = boxes.filter(({ severity }) => severity === 'hard' || severity === 'writes')
  const soft = boxes.filter(({ severity }) => severity === 'capacity' || severity === 'transient')
  const open = boxes.filter(({ severity }) => severity === 'undecided')
  const blind = boxes.filter(({ severity }) => severity === 'blind')
  const spared = boxes.filter(({ severity }) => severity === 'none')
  const line = (one: SpofPart) =>
    `If ${lossOf([one.part], one)}: ${whyOf(one, spofs)}${one.hidden ? ' The drawing does not show it: by the wiring another could do it.' : ''}`
  return [
    { text: spofLine(spofs) },
    ...(hurt.length > 0 ? [{ list: hurt.map(line) }] : []),
    ...(soft.length > 0
      ? [{ text: 'There twice or spared, and missed all the same:' }, { list: soft.map(line) }]
      : []),
    ...(open.length > 0
      ? [{ text: 'Lost and missed, nobody knows for how long:' }, { list: open.map(line) }]
      : []),
    ...(spared.length > 0
      ? [{ text: `Lost and hardly noticed by any visitor: ${listed(spared.map(({ part }) => part))}.` }]
      : []),
    ...blind.map((one): Block => ({ text: `If ${lossOf([one.part], one)}: ${whyOf(one, spofs)}` })),
    ...fixFirst(spofs).map((text): Block => ({ text })),
  ]
}

function carriedIn({ capacity, because }: Explanation): Block[] {
  if (capacity === null) return [{ text: `What it carries cannot be told: ${because}.` }]
  const limits = limitsLine(capacity)
  return [
    { text: capacityLine(capacity) },
    ...(capacity.assumed ? [{ text: USUAL }] : []),
    ...(limits === null ? [] : [{ text: limits }]),
  ]
}

const NAMES: Readonly<Record<RemedyTold['remedy'], string>> = {
  cache: 'a cache',
  balancing: 'balancing',
  database: 'the database',
  servers: 'more servers',
  'rate limit': 'a rate limit',
}

function remediesIn({ remedies, calm, capacity, interrupted }: Explanation): Block[] {
  const tried = remedies.filter((one) => one.p99_ms !== undefined)
  const limit = remedies.find((one) => one.above !== undefined)
  const not = remedies.filter((one) => one.because !== null)
  const told: Block[] = interrupted ? [{ text: 'It was interrupted: not all remedies were tried.' }] : []
  if (tried.length > 0) {
    told.push({ text: 'Each was tried on this file, alone:' })
    told.push({
      head: ['', 'carries', 'more', 'p99 at this load'],
      rows: [
        ['as it is', capacity === null ? '–' : rate(capacity), '', p99(calm.latency_ms.p99)],
        ...tried.map((one) => [
          NAMES[one.remedy],
          one.qps === undefined ? '–' : rate({ qps: one.qps }),
          one.gain === undefined ? '–' : gainCell(one.gain),
          p99(one.p99_ms!),
        ]),
      ],
    })
    told.push({ list: tried.map(({ remedy, says }) => `${NAMES[remedy]}: ${says}.`) })
  }
  if (limit !== undefined) told.push({ text: limitLine(limit) })
  if (not.length > 0)
    told.push({ list: not.map(({ remedy, because }) => `Not tried: ${NAMES[remedy]}, since ${because}.`) })
  return told
}

const p99 = (estimate: Estimate): string => (estimate.value === null ? '–' : `${plusMinus(estimate)} ms`)

/** `48% ±3% more`; what no more than chance explains is nothing. */
function moreOf(gain: Estimate): string {
  const { value } = gain
  const cell = gainCell(gain)
  return value === null || !/\d/.test(cell)
    ? 'no more that is certain'
    : `${cell.slice(1)} ${value < 0 ? 'less' : 'more'}`
}

/** `+48% ±3%` */
function gainCell({ value, low, high }: Estimate): string {
  if (value === null) return '–'
  if (low !== null && high !== null && low <= 0 && high >= 0) return 'not certain'
  const half = low === null || high === null ? '' : ` ±${digitsOfError(((high - low) / 2) * 100)}%`
  return `${value < 0 ? '−' : '+'}${digits(Math.abs(value * 100))}%${half}`
}

/** Those that bring more, the one that brings most first. */
const bestOf = (remedies: readonly RemedyTold[]): RemedyTold[] =>
  remedies
    .filter(({ gain }) => gain !== undefined && gain.value !== null && gain.low !== null && gain.low > 0)
    .sort((a, b) => b.gain!.value! - a.gain!.value!)

function limitLine({ above, says }: RemedyTold): string {
  const { offered_qps, without, with: limited } = above!
  const one = ({ good, ok_qps, p99_ms }: typeof without) =>
    `${nines(good)} of them are answered in time (${perSecond(ok_qps.value ?? 0)} are answered at all${p99_ms.value === null ? '' : `, 99% of these within ${milliseconds(p99_ms.value)}`})`
  const apart = (a: Estimate, b: Estimate) => a.low !== null && b.high !== null && a.low > b.high
  const verdict = apart(limited.good, without.good)
    ? 'It brings no more, but saves what there is'
    : apart(without.good, limited.good)
      ? 'It costs more answers than it saves here'
      : 'It makes no difference that is certain to how many are answered in time'
  return `A rate limit is for more than can be carried. When ${perSecond(offered_qps)} come, ${one(without)}; where ${says}, ${one(limited)}. ${verdict}.`
}

function glossaryOf({ components, calm, spofs }: Explanation, { hosts }: Scenario): string[] {
  const [stops, some] = [stopping(spofs), stoppingSome(spofs)]
  const alone = [...stops.map((one) => `${one} for all`), ...some]
  const lettered = (letters: readonly string[]) =>
    components.filter((one) => one.letters.some((letter) => letters.includes(letter))).map(({ name }) => name)
  const [web, program, data] = [lettered(['A', 'E']), lettered(['P']), lettered(['M'])]
  const engine = lettered(['E'])
  const lamp =
    web.length > 0 && program.length > 0 && data.length > 0
      ? [
          `LAMP: Linux, Apache, MySQL and PHP (or Python, or Perl), the classical web stack; LEMP with Nginx (engine x) in place of Apache. Here the web server is ${listed(web)}, the program ${listed(program)}, the database ${listed(data)}: ${engine.length > 0 ? 'a LEMP stack' : 'a LAMP stack'}${hosts.length === 1 ? ', all on one machine' : ''}.`,
        ]
      : []
  return [
    ...lamp,
    `QPS: queries per second, requests that are answered in a second. Here ${perSecond(calm.qps.ok.value ?? 0)}.`,
    `p99: 99% of the answers come sooner. Here ${calm.latency_ms.p99.value === null ? 'it is not known' : `${milliseconds(calm.latency_ms.p99.value)}, and half of them come within ${calm.latency_ms.p50.value === null ? 'less' : milliseconds(calm.latency_ms.p50.value)}`}.`,
    `SPOF: single point of failure, one part whose loss is enough that all is gone that anybody asks for, or all of one class${new Set(spofs.accounts.map(({ users }) => users)).size > 1 ? ', or of some users' : ''}. ${alone.length === 0 ? noneIn(spofs) : `Here ${listed(alone)}`}.`,
    `Availability: the share of those who asked that is answered. ${percent(0.999)} ("three nines") leaves some 44 minutes a month.`,
  ]
}
