import { digits } from '../../reports/words/numbers.js'
import { BOX, type Frame, HOST, LINE, type Loaded } from '../messages.js'
import { svgOf } from './adopted.js'
import { Dots } from './canvas.js'
import { Card } from './cards.js'
import type { TargetSort } from './fault-lines.js'
import { Track } from './flights.js'
import type { Menu } from './state.js'

const SVG = 'http://www.w3.org/2000/svg'
/** Smaller than so much of its size a drawing cannot be read: it scrolls. Larger it is not made. */
const SCALES = { least: 0.6, most: 1.3 } as const
/** Requests a second that a wire is taken to have until one is counted. */
const UNKNOWN = 200
/** Widths of arrows, in pixels: of one that nobody uses, and what the busiest has more. */
const WIDTHS = { least: 1, more: 5 } as const

let stages = 0

interface StageHost {
  /** Something was chosen: where, in pixels of the room. */
  chosen(target: string, sort: TargetSort, beside: Menu['beside']): void
}

interface Wire {
  readonly name: string
  readonly path: SVGPathElement
  readonly track: Track
  readonly button: HTMLButtonElement
  readonly says: HTMLSpanElement
}

/** The architecture as it is now: frames and arrows as SVG, boxes as buttons over it, and dots over both. */
export class Stage {
  /** What identifiers in it are told from others by. */
  private readonly number = ++stages
  private readonly sheet = document.createElement('div')
  private readonly dots = new Dots()
  private svg: SVGSVGElement | null = null
  private cards: Card[] = []
  private components: Card[] = []
  private hosts: Card[] = []
  private users: Card[] = []
  private wires: Wire[] = []
  private loaded: Loaded | null = null
  /** Of the busiest arrow, requests a second. */
  busiest = UNKNOWN

  constructor(
    private readonly place: HTMLElement,
    private readonly host: StageHost,
  ) {
    this.sheet.className = 'sheet'
    place.append(this.sheet)
    new ResizeObserver(() => this.fit()).observe(place)
  }

  /** Another architecture, with nothing happening yet. */
  show(loaded: Loaded): void {
    this.loaded = loaded
    this.busiest = UNKNOWN
    const svg = svgOf(loaded.drawing)
    const icons = new Map(
      [...svg.querySelectorAll('.box')].map((box) => [
        box.getAttribute('data-component') ?? box.getAttribute('data-users') ?? '',
        box.querySelector('.icon')?.getAttribute('d') ?? null,
      ]),
    )
    for (const drawn of svg.querySelectorAll('.box, .arrow, .label')) drawn.remove()
    svg.setAttribute('aria-hidden', 'true')
    svg.removeAttribute('role')
    svg.removeAttribute('aria-label')
    this.svg = svg
    this.cards = loaded.places.map((place, i) => this.cardOf(place, i, icons.get(place.name) ?? null))
    const of = (type: string) => this.cards.filter(({ place }) => place.type === type)
    this.components = of('component')
    this.hosts = of('host')
    this.users = of('users')
    this.wires = loaded.arrows.map((arrow, i) => this.wireOf(arrow, i))
    const boxes = group(
      'Components',
      [...this.users, ...this.components].map(({ element }) => element),
    )
    const frames = group(
      'Hosts and zones',
      [...of('zone'), ...this.hosts].map(({ element }) => element),
    )
    const wires = group(
      'Wires',
      this.wires.flatMap(({ button, says }) => [button, says]),
    )
    this.sheet.replaceChildren(svg, this.dots.canvas, frames, wires, boxes)
    this.dots.clear()
    this.fit()
  }

  private cardOf(place: Loaded['places'][number], i: number, icon: string | null): Card {
    const card = new Card(place, `figures-${this.number}-${i}`, icon)
    card.button.addEventListener('click', () => this.choose(card.button, place.name, place.type))
    return card
  }

  private wireOf({ from, to, path: d, copies }: Loaded['arrows'][number], i: number): Wire {
    const path = document.createElementNS(SVG, 'path')
    path.setAttribute('d', d)
    const track = new Track(path.cloneNode() as SVGPathElement)
    path.setAttribute('class', copies ? 'wire copies' : 'wire')
    path.setAttribute('marker-end', `url(#${this.svg!.querySelector('marker')!.id})`)
    this.svg!.append(path)
    const name = `${from} -> ${to}`
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'wire-button'
    button.setAttribute('aria-haspopup', 'menu')
    button.setAttribute('aria-label', name)
    button.setAttribute('aria-describedby', `wire-${this.number}-${i}`)
    button.addEventListener('click', () => this.choose(button, name, 'wire'))
    const says = document.createElement('span')
    says.className = 'wire-says'
    says.id = `wire-${this.number}-${i}`
    return { name, path, track, button, says }
  }

  private choose(button: HTMLElement, name: string, sort: TargetSort): void {
    const [room, box] = [this.place.closest('.room')!, button].map((one) => one.getBoundingClientRect())
    this.host.chosen(name, sort, {
      left: box!.left - room!.left,
      right: box!.right - room!.left,
      top: box!.top - room!.top,
    })
  }

  holds(element: Element): boolean {
    return this.place.contains(element)
  }

  /** The button of something, for the focus. */
  buttonOf(name: string): HTMLElement | null {
    return (
      this.cards.find(({ place }) => place.name === name)?.button ??
      this.wires.find((wire) => wire.name === name)?.button ??
      null
    )
  }

  /** The box or users that lie in a direction of another: along the wires down and up, beside it to the sides. */
  nextTo(name: string, direction: 'up' | 'down' | 'left' | 'right'): string | null {
    const all = [...this.users, ...this.components].map(({ place }) => place)
    const here = all.find((place) => place.name === name)
    if (here === undefined) return null
    const { arrows } = this.loaded!
    const along = {
      down: arrows.filter(({ from }) => from === name).map(({ to }) => to),
      up: arrows.filter(({ to }) => to === name).map(({ from }) => from),
    }
    const middle = ({ x, width }: { x: number; width: number }) => x + width / 2
    const far = (place: typeof here) => Math.abs(middle(place) - middle(here)) + Math.abs(place.y - here.y)
    const side = direction === 'left' ? -1 : 1
    const some =
      direction === 'up' || direction === 'down'
        ? all.filter((place) => along[direction].includes(place.name))
        : all.filter(
            (place) => (middle(place) - middle(here)) * side > 0 && Math.abs(place.y - here.y) < here.height,
          )
    return some.sort((a, b) => far(a) - far(b))[0]?.name ?? null
  }

  /** As large as the room allows. */
  fit(): void {
    const { loaded, svg, sheet, place } = this
    if (loaded === null || svg === null || !place.isConnected) return
    const style = getComputedStyle(place)
    const room = (side: string) => Number.parseFloat(style.getPropertyValue(side))
    const width = place.clientWidth - room('padding-left') - room('padding-right')
    const height = place.clientHeight - room('padding-top') - room('padding-bottom')
    const wanted = Math.min(width / loaded.width, height / loaded.height, SCALES.most)
    const scale = Math.max(SCALES.least, wanted)
    svg.setAttribute('width', String(loaded.width * scale))
    svg.setAttribute('height', String(loaded.height * scale))
    sheet.style.setProperty('width', `${loaded.width * scale}px`)
    sheet.style.setProperty('height', `${loaded.height * scale}px`)
    sheet.classList.toggle('small', scale < 0.85)
    for (const card of this.cards) card.fit(scale)
    for (const { track, button, says } of this.wires) {
      const { middle } = track
      for (const { style } of [button, says]) {
        style.setProperty('left', `${middle.x * scale}px`)
        style.setProperty('top', `${middle.y * scale}px`)
      }
    }
    this.dots.fit(
      this.wires.map(({ track }) => track),
      scale,
      loaded.width * scale,
      loaded.height * scale,
    )
  }

  /** What a frame says of all that stands here. */
  frame(frame: Frame): void {
    const { boxes, hosts, lines } = frame
    this.components.forEach((card, i) => {
      card.component(boxes.subarray(i * BOX.size, (i + 1) * BOX.size))
    })
    this.hosts.forEach((card, i) => {
      const numbers = hosts.subarray(i * HOST.size, (i + 1) * HOST.size)
      card.host(numbers)
      this.drawnFrame('data-host', card.place.name)?.classList.toggle('gone', numbers[HOST.up]! <= 0)
    })
    const struck = new Set(frame.strikes.flatMap(({ targets }) => targets))
    for (const card of this.cards) card.struck(struck.has(card.place.name))
    this.traffic(lines)
  }

  private drawnFrame(attribute: string, name: string): Element | null {
    return this.svg!.querySelector(`[${attribute}=${JSON.stringify(name)}]`)
  }

  private traffic(lines: Float32Array): void {
    let most = 0
    for (let i = 0; i < this.wires.length; i++) most = Math.max(most, lines[i * LINE.size + LINE.rate]!)
    if (most > 0) this.busiest = most
    const asked = new Map<string, number>()
    this.wires.forEach((wire, i) => {
      const of = (what: number) => lines[i * LINE.size + what]!
      const rate = of(LINE.rate)
      const { from, copies } = this.loaded!.arrows[i]!
      if (!copies) asked.set(from, (asked.get(from) ?? 0) + rate)
      const share = most > 0 ? Math.sqrt(rate / most) : 0
      setOnce(wire.path, 'stroke-width', (WIDTHS.least + WIDTHS.more * share).toFixed(1))
      const cut = of(LINE.open) <= 0
      wire.path.classList.toggle('cut', cut)
      wire.path.classList.toggle('idle', rate === 0 && !copies)
      wire.path.classList.toggle('worse', of(LINE.loss) > 0 || of(LINE.latency) > 0)
      const says = cut ? 'cut' : `${digits(rate)}/s${ills(of(LINE.latency), of(LINE.loss))}`
      if (wire.says.textContent !== says) wire.says.textContent = says
    })
    for (const card of this.users) card.users(asked.get(card.place.name) ?? null)
  }

  /** Hops of a frame that begins now. */
  fly(dots: Float32Array, speed: number): void {
    this.dots.add(dots, speed)
  }

  clearDots(): void {
    this.dots.clear()
  }

  animate(elapsed: number): void {
    this.dots.draw(elapsed)
  }
}

/** What a wire suffers. Seconds added, and a share. */
const ills = (latency: number, loss: number): string =>
  `${latency > 0 ? ` +${digits(latency * 1000)} ms` : ''}${loss > 0 ? ` ${digits(loss * 100)}% lost` : ''}`

function group(name: string, elements: readonly Element[]): HTMLElement {
  const made = document.createElement('div')
  made.setAttribute('role', 'group')
  made.setAttribute('aria-label', name)
  made.append(...elements)
  return made
}

function setOnce(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}
