import type { Judgement } from '../../sim/experiments/result.js'
import { html, type Part } from '../drawing/markup.js'
import { measured } from '../words/objectives.js'

const SIGNS: Record<Judgement['verdict'], { sign: string; className: string }> = {
  met: { sign: '✓', className: 'better' },
  'not met': { sign: '✗', className: 'worse' },
  undecided: { sign: '?', className: 'same' },
}

/** What was expected, each with its verdict and what was found; nothing where nothing was. */
export function objectivesList(expectations: readonly Judgement[] | undefined): Part {
  if (expectations === undefined) return null
  return html`<ul class="objectives">
${expectations.map(({ text, verdict, value, unit, reason }) => {
  const { sign, className } = SIGNS[verdict]
  const found = measured(value, unit)
  const told = [found && `was ${found}`, reason].filter(Boolean).join(': ')
  return html`<li><span class="chip ${className}">${sign} ${verdict}</span> <b>${text}</b> <span class="found">${told}</span></li>\n`
})}</ul>`
}
