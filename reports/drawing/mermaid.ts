import type { Scenario } from '../../sim/scenario/scenario.js'
import { digits } from '../words/numbers.js'
import { labelsIn } from './labels.js'
import { framesOf, linksAsWritten } from './links.js'
import { TINTS } from './tints.js'
import type { View } from './view.js'

/**
 * The architecture as a Mermaid flowchart, as wikis and repositories render it: https://mermaid.js.org/syntax/flowchart.
 * Nodes and frames are numbered, since names may be words of its own; dotted arrows copy or watch.
 */
export function mermaid(scenario: Scenario, view: View): string {
  const { zones, hosts, on } = framesOf(scenario)
  const { box, users, host } = labelsIn(scenario, view)
  const ids = new Map(
    [...scenario.users.map(({ name }) => name), ...scenario.order].map((name, i) => [name, `n${i}`]),
  )
  let frames = 0
  const frame = (label: string, inside: readonly string[], indent: string): string[] => [
    `${indent}subgraph f${frames++}["${escaped([label])}"]`,
    ...inside,
    `${indent}end`,
  ]
  const node = (name: string, indent: string) => `${indent}${ids.get(name)}["${escaped(box(name))}"]`
  const hostLines = (name: string, indent: string) =>
    frame(
      host(name),
      on(name).map((one) => node(one, `${indent}  `)),
      indent,
    )
  const lines = [
    'flowchart TB',
    ...scenario.users.map(({ name }) => `  ${ids.get(name)}(["${escaped(users(name))}"])`),
    ...on(null).map((name) => node(name, '  ')),
    ...zones.flatMap(({ name, hosts: inside }) =>
      frame(
        `zone ${name}`,
        inside.flatMap((one) => hostLines(one, '    ')),
        '  ',
      ),
    ),
    ...hosts.flatMap((name) => hostLines(name, '  ')),
    ...linksAsWritten(scenario).map(({ from, to, role }) => {
      const rate = view.rate(from, to)
      const says = role === 'serves' ? (rate === null ? '' : `${digits(rate)}/s`) : role
      const arrow = role === 'serves' ? '-->' : '-.->'
      return `  ${ids.get(from)} ${arrow}${says === '' ? '' : `|"${says}"|`} ${ids.get(to)}`
    }),
  ]
  const tinted = scenario.order.flatMap((name) => {
    const tint = TINTS[view.state(name, 'component')]
    return tint === undefined ? [] : [`  style ${ids.get(name)} stroke:${tint},stroke-width:3px`]
  })
  return `${[...lines, ...tinted].join('\n')}\n`
}

/** Lines of a label, in quotes. */
const escaped = (lines: readonly string[]): string =>
  lines.map((line) => line.replace(/[#"&<>`\\[\](){}|]/g, (c) => `#${c.charCodeAt(0)};`)).join('<br/>')
