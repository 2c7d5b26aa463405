import type { Scenario } from '../../sim/scenario/scenario.js'
import { drawing } from './drawing.js'
import { raw } from './markup.js'
import type { View } from './view.js'

/** The drawing as a file of its own: SVG with its style sheet, light and dark. */
export function standalone(scenario: Scenario, view: View, style: string): string {
  const svg = String(drawing(scenario, view))
  const from = svg.indexOf('>') + 1
  const head = svg.slice(0, from).replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
  return `${head}\n${raw(`<style>${style}</style>`)}${svg.slice(from)}\n`
}
