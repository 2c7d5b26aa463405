/**
 * Runs in the page: where somebody points at a chart, a line stands in all its panels, and beside it what each line says
 * there. Charts are whole without it.
 */
import type { Chart } from './chart.js'
import { readingAt } from './reading.js'

const SVG = 'http://www.w3.org/2000/svg'

function follow(figure: HTMLElement): void {
  const chart: Chart = JSON.parse(figure.querySelector('script')!.textContent!)
  const plot = figure.querySelector<SVGSVGElement>('svg.plot')!
  const tops = [...plot.querySelectorAll<SVGGElement>('[data-top]')].map((panel) => Number(panel.dataset.top))
  const cursor = plot.appendChild(document.createElementNS(SVG, 'g'))
  // Over the chart, so that its title is not shown as well.
  const canvas = plot.parentElement!
  const glass = canvas.appendChild(document.createElement('div'))
  glass.className = 'glass'
  const tip = canvas.appendChild(document.createElement('div'))
  tip.className = 'tip'
  tip.hidden = true

  const mark = (name: string, attributes: Record<string, string | number>): void => {
    const one = cursor.appendChild(document.createElementNS(SVG, name))
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, String(value))
  }
  const say = (className: string, ...texts: string[]): void => {
    const line = tip.appendChild(document.createElement('div'))
    line.className = className
    for (const text of texts) line.appendChild(document.createElement('span')).textContent = text
  }
  const clear = (): void => {
    cursor.replaceChildren()
    tip.replaceChildren()
    tip.hidden = true
  }
  const show = ({ clientX, clientY }: PointerEvent): void => {
    const { left, top, width } = plot.getBoundingClientRect()
    const reading = readingAt(chart, (clientX - left) / width)
    clear()
    if (reading === null) return
    const x = `${reading.place * 100}%`
    mark('line', { class: 'cursor', x1: x, x2: x, y1: tops[0]!, y2: tops.at(-1)! + chart.tall })
    say('tip-head', reading.head)
    for (const [i, { panel, tone, name, text, height }] of reading.rows.entries()) {
      if (tops.length > 1 && panel !== reading.rows[i - 1]?.panel)
        say('tip-panel', chart.panels[panel]!.title)
      mark('circle', { class: `tone-${tone}`, cx: x, cy: tops[panel]! + chart.tall * (1 - height), r: 3.5 })
      say(`tip-row tone-${tone}`, name, text)
    }
    for (const label of reading.bands) say('tip-band', label)
    tip.hidden = false
    // Beside the pointer, on the side where there is room.
    const room = canvas.getBoundingClientRect()
    const [at, half] = [clientX - room.left, room.width / 2]
    const free = at > half ? at - tip.offsetWidth - 14 : at + 14
    tip.style.left = `${Math.max(0, Math.min(free, room.width - tip.offsetWidth))}px`
    tip.style.top = `${Math.max(0, Math.min(clientY - top - tip.offsetHeight / 2, room.height - tip.offsetHeight))}px`
  }
  for (const event of ['pointermove', 'pointerdown'] as const) glass.addEventListener(event, show)
  glass.addEventListener('pointerleave', clear)
}

// Last, when everything above is defined.
for (const figure of document.querySelectorAll<HTMLElement>('figure.chart')) follow(figure)
