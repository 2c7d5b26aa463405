import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Drawn } from '../drawing/drawing.js'
import { html, type Markup } from '../drawing/markup.js'

/** Of its width, what a drawing needs so that it can be read. */
const LEAST = 0.72

/** A drawing that gets smaller where there is less room, and scrolls where it could not be read any more. */
export const scrolling = ({ svg, width }: Pick<Drawn, 'svg' | 'width'>, label: string): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><div class="sized"><svg class="least" width="${Math.round(LEAST * width)}" height="0" aria-hidden="true"></svg>${svg}</div></div>`

/** The scenario that an answer is about: of those of one name one is as the other. */
export const askedIn = (answer: { readonly file: string }, scenarios: readonly Scenario[]): Scenario =>
  scenarios.find(({ file }) => file === answer.file)!
