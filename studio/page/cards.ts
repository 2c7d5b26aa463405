import { heat, roughly } from '../../reports/drawing/view.js'
import { digits, whole } from '../../reports/words/numbers.js'
import { BOX, HOST, type Place, STATES } from '../messages.js'

/** How a component is, in words and as a class of the style sheet. */
interface Condition {
  readonly word: string
  readonly look: 'gone' | 'starting' | 'hanging' | 'slow' | 'amiss' | 'out' | ''
}

/** @param box the numbers of one component in a frame */
export function conditionOf(box: Float32Array): Condition {
  const state = STATES[box[BOX.state]!]
  if (state === 'gone') return { word: 'down', look: 'gone' }
  if (state === 'starting') return { word: 'starting', look: 'starting' }
  if (state === 'hanging') return { word: 'hangs', look: 'hanging' }
  const speed = box[BOX.speed]!
  if (speed < 0.999) return { word: slower(speed), look: 'slow' }
  const sound = box[BOX.soundness]!
  if (sound < 0.9999) return { word: `${digits((1 - sound) * 100)}% errors`, look: 'amiss' }
  if (box[BOX.rotation]! < 0.5) return { word: 'drains', look: 'out' }
  return { word: '', look: '' }
}

const slower = (speed: number): string => (speed > 0 ? `${digits(1 / speed)} times slower` : 'stands still')

/** What stands over a place in the drawing: a button with its name alone, and its figures beside it. */
export class Card {
  readonly element = document.createElement('div')
  readonly button = document.createElement('button')
  private readonly kind = document.createElement('span')
  private readonly says = document.createElement('span')
  private readonly waits = document.createElement('span')
  private readonly level = document.createElement('i')
  private readonly share = document.createElement('span')
  private look = ''
  private heat = ''
  private fullness = -1

  constructor(
    readonly place: Place,
    id: string,
    icon: string | null,
  ) {
    const { element, button, kind, says, waits, level, share } = this
    element.className = `card ${place.type}`
    button.type = 'button'
    button.textContent = place.name
    button.setAttribute('aria-haspopup', 'menu')
    button.setAttribute('aria-describedby', id)
    const figures = document.createElement('span')
    figures.className = 'figures'
    figures.id = id
    const line = document.createElement('span')
    line.className = 'says'
    kind.className = 'kind'
    line.append(kind, says)
    waits.className = 'waits'
    share.className = 'used'
    figures.append(line, waits, share)
    const bar = document.createElement('span')
    bar.className = 'bar'
    bar.setAttribute('aria-hidden', 'true')
    bar.append(level)
    element.append(button, figures)
    if (place.type === 'component' || place.type === 'host') element.append(bar)
    if (icon !== null) element.prepend(iconOf(icon))
    kind.textContent = place.kind
  }

  fit(scale: number): void {
    const { x, y, width, height } = this.place
    const style = this.element.style
    style.setProperty('left', `${x * scale}px`)
    style.setProperty('top', `${y * scale}px`)
    style.setProperty('width', `${width * scale}px`)
    if (this.place.type !== 'host' && this.place.type !== 'zone')
      style.setProperty('height', `${height * scale}px`)
  }

  component(box: Float32Array): void {
    const { word, look } = conditionOf(box)
    this.paint(look)
    const rate = box[BOX.rate]!
    put(this.kind, word === '' ? `${this.place.kind} · ` : '')
    put(this.says, word === '' ? `${digits(rate)}/s` : word)
    const waiting = box[BOX.waiting]!
    put(this.waits, waiting > 0 ? `${whole(waiting)} wait` : '')
    this.use(look === 'gone' ? 0 : box[BOX.used]!)
  }

  host(numbers: Float32Array): void {
    const up = numbers[HOST.up]! > 0
    const speed = numbers[HOST.speed]!
    this.paint(up ? (speed < 0.999 ? 'slow' : '') : 'gone')
    put(this.says, up ? (speed < 0.999 ? slower(speed) : '') : 'down')
    this.use(up ? numbers[HOST.used]! : 0)
  }

  users(rate: number | null): void {
    put(this.says, rate === null ? '' : `${digits(rate)}/s`)
  }

  struck(is: boolean): void {
    this.element.classList.toggle('struck', is)
  }

  private paint(look: string): void {
    if (look === this.look) return
    if (this.look !== '') this.element.classList.remove(this.look)
    if (look !== '') this.element.classList.add(look)
    this.look = look
  }

  private use(share: number): void {
    const full = Math.round(Math.max(0, Math.min(1, share)) * 100)
    if (full === this.fullness) return
    this.fullness = full
    this.level.style.setProperty('width', `${full}%`)
    put(this.share, roughly(share))
    const tone = heat(share)
    if (tone === this.heat) return
    this.level.className = tone
    this.heat = tone
  }
}

function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

const SVG = 'http://www.w3.org/2000/svg'

function iconOf(lines: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 18 18')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'icon')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', lines)
  svg.append(path)
  return svg
}
