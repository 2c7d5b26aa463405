import type { Scenario } from '../../sim/scenario/scenario.js'
import { digits } from '../words/numbers.js'
import { labelsIn } from './labels.js'
import { framesOf, linksAsWritten } from './links.js'
import { TINTS } from './tints.js'
import type { View } from './view.js'

/** The architecture in the language of Graphviz: https://graphviz.org/doc/info/lang.html. Dotted arrows copy or watch. */
export function dot(scenario: Scenario, view: View): string {
  const { zones, hosts, on } = framesOf(scenario)
  const { box, users, host } = labelsIn(scenario, view)
  let frames = 0
  const frame = (label: string, inside: readonly string[], style: string): string[] => [
    `subgraph cluster_${frames++} {`,
    ...[`label=${quoted([label])}`, style, ...inside].map((line) => `  ${line}`),
    '}',
  ]
  const node = (name: string) => {
    const tint = TINTS[view.state(name, 'component')]
    const color = tint === undefined ? '' : `, color=${quoted([tint])}, penwidth=3`
    return `${quoted([name])} [label=${quoted(box(name))}${color}]`
  }
  const hostLines = (name: string) =>
    frame(host(name), on(name).map(node), 'style="rounded,filled"; color="#eef0f3"')
  const lines = [
    'rankdir=TB',
    'node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=11]',
    'edge [fontname="Helvetica", fontsize=9, color="#5b6776"]',
    'graph [fontname="Helvetica", fontsize=10, labeljust=l]',
    ...scenario.users.map(({ name }) => `${quoted([name])} [shape=oval, label=${quoted(users(name))}]`),
    ...on(null).map(node),
    ...zones.flatMap(({ name, hosts: inside }) =>
      frame(`zone ${name}`, inside.flatMap(hostLines), 'style="rounded,dotted"'),
    ),
    ...hosts.flatMap(hostLines),
    ...linksAsWritten(scenario).map(({ from, to, role }) => {
      const rate = view.rate(from, to)
      const looks =
        role === 'serves'
          ? rate === null
            ? ''
            : ` [label=${quoted([`${digits(rate)}/s`])}]`
          : ` [style=dotted, constraint=false, label=${quoted([role])}]`
      return `${quoted([from])} -> ${quoted([to])}${looks}`
    }),
  ]
  return `digraph ${quoted([scenario.name])} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`
}

/** Lines of a text, in the quotes of the language. */
const quoted = (lines: readonly string[]): string =>
  `"${lines.map((line) => line.replace(/["\\]/g, (c) => `\\${c}`)).join('\\n')}"`
