import type { Explanation } from '../sim/experiments/explain/explained.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { blocksOf } from './explanation-blocks.js'
import { literal, tableOf } from './markdown.js'
import { rows, wrap } from './text.js'
import type { Look } from './words/look.js'

/** For a terminal. */
export function explanationText(explanation: Explanation, scenario: Scenario, look: Look): string {
  const lines = blocksOf(explanation, scenario).flatMap((block, i): string[] => {
    if ('heading' in block) return ['', block.heading, '']
    if ('text' in block) return [wrap(block.text, look.width), ...(i === 0 ? [''] : [])]
    if ('list' in block) return block.list.map((item) => wrap(`- ${item}`, look.width))
    if ('diagram' in block) return []
    return [
      '',
      rows(
        [...block.head],
        block.rows.map((row) => [...row]),
        [],
        look.width,
      ),
      '',
    ]
  })
  return `${lines.join('\n')}\n`
}

/** For a wiki, with the drawing inside. */
export function explanationMarkdown(explanation: Explanation, scenario: Scenario): string {
  const [answer, ...blocks] = blocksOf(explanation, scenario)
  const parts = [{ heading: scenario.name, top: true }, answer!, ...blocks].map((block): string => {
    if ('heading' in block) return `${'top' in block ? '#' : '##'} ${literal(block.heading)}`
    if ('text' in block) return literal(block.text)
    if ('list' in block) return block.list.map((item) => `- ${literal(item)}`).join('\n')
    if ('diagram' in block) return `\`\`\`mermaid\n${block.diagram}\`\`\``
    return tableOf(
      block.head.map(literal),
      block.rows.map((row) => row.map(literal)),
    )
  })
  return `${parts.join('\n\n')}\n`
}
