import type { AccountResult, ComponentResult, Result } from '../../sim/experiments/result.js'
import { outcomeMeanings } from '../../sim/parts/outcome.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { html, type Markup, type Part } from '../drawing/markup.js'
import { heat } from '../drawing/view.js'
import { groupOf, worthTelling } from '../words/causal-chains.js'
import { classRows } from '../words/class-rows.js'
import { lost, recovered } from '../words/costs.js'
import { countedBy, foundIn, kindsOf } from '../words/counts.js'
import { endings, IN_FLIGHT, partOf } from '../words/endings.js'
import { counted, digits, whole } from '../words/numbers.js'
import { pagesOf } from '../words/page-rows.js'
import { delayed, detected, goodAgain, unanswered } from '../words/what-followed.js'
import { noticeTable } from '../words/who-noticed.js'
import { availability, inItsUnit, latencyIn, many, NOTHING, quantity, share, time } from './figures.js'

interface Column {
  readonly head: Part
  /** Words are aligned to the left, numbers to the right. */
  readonly words?: boolean
  /** Sentences, which are wide enough to be read. */
  readonly long?: boolean
}

/** A table that scrolls by itself where the page is too narrow for it. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Part[])[],
): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ head, words }) => html`<th scope="col"${words && html` class="words"`}>${head}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${columns[i]!.long ? html` class="words long"` : columns[i]!.words && html` class="words"`}>${cell}</td>`))}</tr>\n`)}</tbody></table></div>`
}

export function componentsTable({ components, replications, simulated_s }: Result): Markup {
  const rate = (n: number) => `${digits(n / replications / simulated_s)}/s`
  return table(
    'Components',
    [
      { head: 'component', words: true },
      { head: 'host', words: true },
      { head: 'in use' },
      { head: 'waiting' },
      { head: 'wait ms' },
      { head: 'in service' },
      { head: 'answered /s' },
      { head: replications > 1 ? 'refused a run' : 'refused' },
      { head: 'sent on', words: true },
    ],
    Object.entries(components).map(([name, c]) => [
      html`${name} <span class="kind">${c.kind}</span>`,
      c.host === null ? html`<span class="none">own</span>` : html`<span class="host">${c.host}</span>`,
      meter(c.utilization),
      queued(c, c.queue, quantity),
      queued(c, c.wait_ms, quantity),
      quantity(c.in_service),
      quantity(c.throughput),
      c.refused > 0 ? counted(c.refused / replications) : html`<span class="none">0</span>`,
      list(dispatched(c).map(([to, n, part]) => html`${to} ${rate(n)} <span class="error">${part}</span>`)),
    ]),
  )
}

/** What the kinds count beyond what all components have. */
export function countsTable(result: Result, scenario: Scenario): Part {
  const kinds = kindsOf(scenario)
  const rows = Object.entries(result.components).flatMap(([component, c]) =>
    countedBy(c, kinds.get(component)!).map(({ name, estimate, count, found }) => [
      html`${component} <span class="kind">${c.kind}</span>`,
      `${count.says}${foundIn(found, result.replications)}`,
      inItsUnit(estimate, count),
      html`<code>${name}</code>`,
    ]),
  )
  if (rows.length === 0) return null
  return table(
    result.replications > 1 ? 'Counted besides, in a run' : 'Counted besides',
    [
      { head: 'component', words: true },
      { head: 'what', words: true },
      { head: '' },
      { head: 'in results', words: true },
    ],
    rows,
  )
}

export function hostsTable(result: Result, scenario: Scenario): Part {
  if (scenario.hosts.length === 0) return null
  const bounded = Object.values(result.hosts).some(({ memory }) => memory)
  const disks = Object.values(result.hosts).some(({ disk_used }) => disk_used)
  return table(
    'Hosts',
    [
      { head: 'host', words: true },
      { head: 'zone', words: true },
      { head: 'cores' },
      { head: 'CPU in use' },
      ...(bounded ? [{ head: 'memory in use' }] : []),
      ...(disks ? [{ head: 'disk in use at the end' }] : []),
      { head: 'carries', words: true },
    ],
    scenario.hosts.map(({ name, zone, cores, speed }) => [
      name,
      zone ?? html`<span class="none">–</span>`,
      speed === 1 ? cores : html`${cores} <span class="error">× ${digits(speed)}</span>`,
      meter(result.hosts[name]!.utilization),
      ...(bounded ? [shareIn(result.hosts[name]!.memory)] : []),
      ...(disks ? [shareIn(result.hosts[name]!.disk_used)] : []),
      result.hosts[name]!.components.join(', ') || html`<span class="none">nothing</span>`,
    ]),
  )
}

const shareIn = (share: Estimate | undefined) =>
  share === undefined ? html`<span class="none">–</span>` : meter(share)

export function outcomesTable(result: Result): Markup {
  const { replications } = result
  return table(
    'How the requests ended',
    [
      { head: 'outcome', words: true },
      { head: `requests${inRuns(replications)}` },
      { head: 'share' },
      { head: 'mean ms' },
      { head: 'p50 ms' },
      { head: 'max ms' },
      { head: 'which means', words: true },
    ],
    endings(result).map(({ outcome, requests: n, part, spent: { mean, p50, max } }) => [
      outcome,
      whole(n),
      partOf({ outcome, part }),
      quantity(mean),
      quantity(p50),
      quantity({ value: max, low: null, high: null }),
      outcome === IN_FLIGHT ? 'still on their way when the run ended' : (outcomeMeanings.get(outcome) ?? ''),
    ]),
  )
}

/** Latency and availability by class of requests and by kind of users, where there are several, and of pages. */
export function accountsTable(result: Result, scenario: Scenario): Part {
  const { users, replications } = result
  const row = (name: string, a: AccountResult, what: string, scope: Parameters<typeof latencyIn>[2]) => [
    html`${name} <span class="kind">${what}</span>`,
    whole(a.requests.offered),
    whole(a.requests.failed),
    availability(a.availability),
    availability(a.good),
    latencyIn(a, 'mean', scope),
    latencyIn(a, 'p50', scope),
    latencyIn(a, 'p99', scope),
  ]
  const people = Object.entries(users)
  const rows = [
    ...classRows(result, scenario).map(([name, a]) => row(name, a, 'class', result)),
    ...(people.length > 1 || people.some(([, u]) => u.malicious)
      ? people.map(([name, u]) => row(name, u, u.malicious ? 'attackers' : 'users', result))
      : []),
    ...pagesOf(result).map(({ users, pages, scope }) => row(users, pages, 'pages', scope)),
  ]
  if (rows.length === 0) return null
  return table(
    'By request class and users',
    [
      { head: '', words: true },
      { head: `asked${inRuns(replications)}` },
      { head: `failed${inRuns(replications)}` },
      { head: 'availability' },
      { head: 'good' },
      { head: 'mean ms' },
      { head: 'p50 ms' },
      { head: 'p99 ms' },
    ],
    rows,
  )
}

export function faultsTable(result: Result): Part {
  const { faults, replications, requests } = result
  if (faults.length === 0) return null
  const offered = requests.offered / replications
  const none = (what: string) => html`<span class="none">${what}</span>`
  return table(
    'Faults, and what each cost',
    [
      { head: 'fault', words: true },
      { head: 'struck (first replication)', words: true },
      { head: replications > 1 ? 'requests lost a run' : 'requests lost' },
      { head: 'of those asked' },
      { head: 'how long the service was away', words: true, long: true },
      { head: 'without any answer', words: true, long: true },
      { head: 'good answers', words: true, long: true },
      { head: 'delayed', words: true, long: true },
      { head: 'who learned of it', words: true, long: true },
      { head: 'data lost', words: true },
    ],
    faults.map((one) => {
      const { fault, strikes, cost } = one
      const chance = cost?.value != null && cost.low !== null && cost.low <= 0 && cost.high! >= 0
      return [
        fault,
        struck(strikes),
        cost === null
          ? html`<span class="none" title="too many faults to run the scenario without each">–</span>`
          : chance
            ? none('none beyond chance')
            : many(cost),
        cost?.value == null || chance ? none('–') : portion(cost.value, offered),
        recovered(one, result) ?? none(one.recovery_max_s === null ? '–' : 'never'),
        unanswered(one) ?? none('never'),
        goodAgain(one, result) ?? none('as before'),
        delayed(one, result) ?? none('none'),
        detected(one, result) ?? none('nobody'),
        lost(one) ?? none(one.lost_writes.value === null ? '–' : 'none'),
      ]
    }),
  )
}

/** Who told people of each fault, and how late; null where no more than one could. */
export function noticesTable(result: Result): Part {
  const found = noticeTable(result)
  if (found === null) return null
  const [fault, first, ...names] = found.head
  return table(
    'Who noticed, and how late',
    [
      { head: fault!, words: true },
      { head: first!, words: true },
      ...names.map((head) => ({ head, words: true })),
    ],
    found.rows.map((row) =>
      row.map((cell) =>
        cell === 'never' || cell === 'nobody' ? html`<span class="none">${cell}</span>` : cell,
      ),
    ),
  )
}

function struck(strikes: Result['faults'][number]['strikes']): Part {
  const one = ({ from_s, to_s }: (typeof strikes)[number]) =>
    to_s === null
      ? `from ${time(from_s)} to the end`
      : to_s === from_s
        ? `at ${time(from_s)}`
        : `${time(from_s)} to ${time(to_s)}`
  if (strikes.length === 0) return html`<span class="none">did not happen</span>`
  const shown = strikes.slice(0, 3).map(one).join('; ')
  return strikes.length > 3 ? `${strikes.length} times: ${shown}; …` : shown
}

/** Which figures are sums. */
const inRuns = (replications: number): string => (replications > 1 ? ` in ${replications} runs` : '')

/** A bar and its percentage. */
function meter(estimate: Estimate): Markup {
  if (estimate.value === null) return NOTHING
  const width = Math.min(100, estimate.value * 100).toFixed(1)
  return html`<svg class="meter" width="56" height="6" aria-hidden="true"><rect class="${heat(estimate.value)}" width="${width}%" height="6"/></svg> ${share(estimate)}`
}

/** What only a box with a queue has. */
function queued(c: ComponentResult, estimate: Estimate, show: (e: Estimate) => Markup): Markup {
  const queues = c.wait_ms.value !== null
  return queues || estimate.value === null ? show(estimate) : html`<span class="none">no queue</span>`
}

function dispatched({ dispatched }: ComponentResult): [string, number, string][] {
  const entries = Object.entries(dispatched ?? {})
  const all = entries.reduce((sum, [, n]) => sum + n, 0)
  return entries.map(([to, n]) => [to, n, entries.length > 1 ? portion(n, all) : ''])
}

const list = (items: readonly Part[]): Part =>
  items.length > 0 ? html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>` : null

/** `0.04%`; `<0.001%` for what is there and hardly any. */
function portion(n: number, all: number): string {
  if (all === 0) return '–'
  const percent = (n / all) * 100
  return n > 0 && percent < 0.001 ? '<0.001%' : `${digits(percent)}%`
}

/** Where the time of those that were followed went; nothing where all were good. */
export function timesTable(result: Result): Part {
  const rows = worthTelling(result)
  if (rows.length === 0) return false
  const ms = (value: number) => (value >= 0.005 ? digits(value) : html`<span class="none">0</span>`)
  return table(
    'Where the time of a request went, in ms',
    [
      { head: 'requests', words: true },
      { head: 'at', words: true },
      { head: 'waited' },
      { head: 'served' },
      { head: 'on the wire' },
      { head: 'timed out' },
      { head: `followed${inRuns(result.replications)}` },
    ],
    rows.map((row) => [
      groupOf(row),
      row.component,
      ms(row.waited_ms),
      ms(row.served_ms),
      ms(row.wire_ms),
      ms(row.timed_out_ms),
      whole(row.requests),
    ]),
  )
}
