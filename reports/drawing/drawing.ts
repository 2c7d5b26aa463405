import { isBeside } from '../../sim/options/types.js'
import type { Kind } from '../../sim/parts/kind.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { kindsOf } from '../words/counts.js'
import { digits } from '../words/numbers.js'
import { ATTACKERS, EYE, PLAIN, USERS } from './icons.js'
import { BOX_HEIGHT, type Box, type Layout, layOut, type Rect, type Way } from './layout.js'
import { type Link, linksOf } from './links.js'
import { html, type Markup, type Part } from './markup.js'
import { heat, roughly, type Shown, type View } from './view.js'

const MOST_LETTERS = 22
const NARROWEST = 136

interface Arrow extends Way {
  /** Requests per second; null if nobody counted. */
  readonly rate: number | null
  readonly role: Link['role']
}

/** Where something of a scenario stands in its drawing. */
interface Placed extends Rect {
  readonly name: string
  readonly type: 'users' | 'component' | 'host' | 'zone'
}

/** A drawing, and where everything stands in it, for who draws on top of it. */
export interface Drawn {
  readonly svg: Markup
  readonly width: number
  readonly height: number
  /** Zones and hosts, then users, then components in the order of the file. */
  readonly places: readonly Placed[]
  readonly arrows: readonly { from: string; to: string; copies: boolean; path: string }[]
}

/** The architecture as SVG: boxes in their hosts and zones, and what `view` shows of each. */
export const drawing = (scenario: Scenario, view: View): Markup => drawn(scenario, view).svg

/** The same, and where everything is in it. */
export function drawn(scenario: Scenario, view: View): Drawn {
  const links = linksOf(scenario)
  const watchersOf = (name: string) =>
    links.filter(({ to, role }) => role === 'watches' && to === name).map(({ from }) => from)
  const arrows = arrowsOf(links, view)

  const kinds = kindsOf(scenario)
  const host = new Map(scenario.hosts.map((h) => [h.name, h]))
  const zones = [...new Set(scenario.hosts.flatMap((h) => (h.zone === null ? [] : [h.zone])))]
  const labels = new Map([
    ...zones.map((zone) => [zone, widthOf(`zone ${zone}`) + 90] as const),
    ...scenario.hosts.map((h) => [h.name, widthOf(hostLabel(h, view)) + 32 + room(h.name, view)] as const),
  ])
  const users = scenario.users.map(({ name, arriveText }): Box => {
    const says = view.asked(name) === null ? shorten(arriveText).length * 6 + 70 : 0
    return { name, width: Math.max(boxWidth(name, ''), says), frames: [], from: 0 }
  })
  const boxes = scenario.order.map((name): Box => {
    const spec = scenario.components.find((c) => c.name === name)!
    const zone = spec.host === null ? null : host.get(spec.host)!.zone
    const frames = [zone, spec.host].filter((frame) => frame !== null)
    return { name, width: boxWidth(name, spec.kind.kind), frames, from: 1 }
  })
  const layout = layOut([...users, ...boxes], labels, arrows)

  const parts: Part[] = []
  for (const [name, rect] of layout.frames) {
    const own = host.get(name)
    parts.push(own ? hostFrame(rect, own, view) : zoneFrame(rect, name, view))
  }
  const most = Math.max(...arrows.map((arrow) => arrow.rate ?? 0))
  const ports = new Ports(arrows, layout)
  const paths = arrows.map((arrow, i) => ports.path(arrow, layout.bends[i]!))
  arrows.forEach((arrow, i) => {
    parts.push(drawArrow(arrow, paths[i]!, most, view))
  })
  // Over the arrows, so that they can be read.
  for (const [name, { x, y }] of layout.frames) {
    const own = host.get(name)
    parts.push(
      html`<text class="label" x="${x + 14}" y="${y + 18}">${own ? hostLabel(own, view) : `zone ${name}`}</text>`,
    )
  }
  for (const { name, malicious, arriveText } of scenario.users) {
    parts.push(usersBox(layout.boxes.get(name)!, name, malicious, arriveText, view))
  }
  for (const name of scenario.order) {
    parts.push(componentBox(layout.boxes.get(name)!, name, kinds.get(name)!, view, watchersOf(name)))
  }
  const { width, height } = layout
  const svg = html`<svg class="drawing" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${inWords(scenario, arrows)}">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 .5L8 4L0 7.5z"/></marker></defs>
${parts.map((part) => html`${part}\n`)}</svg>`
  return {
    svg,
    width,
    height,
    places: [
      ...[...layout.frames].map(
        ([name, rect]): Placed => ({ ...rect, name, type: host.has(name) ? 'host' : 'zone' }),
      ),
      ...scenario.users.map(({ name }): Placed => ({ ...layout.boxes.get(name)!, name, type: 'users' })),
      ...scenario.order.map((name): Placed => ({ ...layout.boxes.get(name)!, name, type: 'component' })),
    ],
    arrows: arrows.map(({ from, to, level }, i) => ({ from, to, copies: level, path: paths[i]! })),
  }
}

/** Of who watches whom a box says it itself. */
const arrowsOf = (links: readonly Link[], view: View): Arrow[] =>
  links
    .filter(({ role }) => role === 'informs' || !isBeside(role))
    .map(({ from, to, role }) => ({ from, to, level: role !== 'serves', role, rate: view.rate(from, to) }))

/** What who stands at the beginning of an arrow does with the other. */
const DOES: Partial<Record<string, string>> = { serves: 'calls', copies: 'is copied to' }

function inWords(scenario: Scenario, arrows: readonly Arrow[]): string {
  const calls = arrows.map(({ from, to, role }) => `${from} ${DOES[role] ?? role} ${to}`)
  const hosts = scenario.hosts.map(({ name }) => {
    const carried = scenario.components.filter((c) => c.host === name).map((c) => c.name)
    return `${name} carries ${carried.length > 0 ? carried.join(', ') : 'nothing'}`
  })
  return `Architecture: ${[...calls, ...hosts].join('; ')}.`
}

// ---- Arrows ---------------------------------------------------------------------------------------------------

/** Where arrows begin and end: side by side along the edges of the boxes, so that they cross as little as possible. */
class Ports {
  private readonly offsets = new Map<string, number>()

  constructor(
    arrows: readonly Arrow[],
    private readonly layout: Layout,
  ) {
    for (const name of layout.boxes.keys()) {
      this.spread(
        name,
        arrows.filter((arrow) => arrow.from === name && !arrow.level),
        (arrow) => arrow.to,
        'out',
      )
      this.spread(
        name,
        arrows.filter((arrow) => arrow.to === name && !arrow.level),
        (arrow) => arrow.from,
        'in',
      )
    }
  }

  path(arrow: Arrow, bends: readonly Rect[]): string {
    const from = this.layout.boxes.get(arrow.from)!
    const to = this.layout.boxes.get(arrow.to)!
    if (arrow.level) return this.across(from, to)
    let x = middle(from) + this.offsets.get(key(arrow, 'out'))!
    let y = from.y + BOX_HEIGHT
    let path = `M${x} ${y}`
    const end = { x: middle(to) + this.offsets.get(key(arrow, 'in'))!, y: to.y - 2 }
    for (const next of [...bends.map((bend) => ({ x: middle(bend), y: bend.y })), end]) {
      const pull = Math.max(18, (next.y - y) / 2)
      path +=
        next.x === x ? `L${x} ${next.y}` : `C${x} ${y + pull} ${next.x} ${next.y - pull} ${next.x} ${next.y}`
      x = next.x
      y = next.y
      if (next !== end) path += `V${(y += BOX_HEIGHT)}`
    }
    return path
  }

  /** From side to side; below what stands between. */
  private across(from: Rect, to: Rect): string {
    const right = to.x > from.x
    const [left, far] = right ? [from, to] : [to, from]
    const between = [...this.layout.boxes.values()].some(
      (box) => box.x > left.x && box.x < far.x && box.y < left.y + BOX_HEIGHT && box.y + BOX_HEIGHT > left.y,
    )
    if (between || from.y !== to.y) {
      const [a, b] = [from.x + from.width * 0.75, to.x + to.width * 0.25]
      const [ya, yb] = [from.y + BOX_HEIGHT, to.y + (from.y === to.y ? BOX_HEIGHT : 0)]
      return `M${a} ${ya}C${a} ${ya + 30} ${b} ${yb + (from.y === to.y ? 30 : -30)} ${b} ${yb}`
    }
    const y = from.y + BOX_HEIGHT / 2
    return right ? `M${from.x + from.width} ${y}H${to.x - 2}` : `M${from.x} ${y}H${to.x + to.width + 2}`
  }

  private spread(
    name: string,
    arrows: readonly Arrow[],
    far: (arrow: Arrow) => string,
    side: 'in' | 'out',
  ): void {
    const box = this.layout.boxes.get(name)!
    const at = (arrow: Arrow) => middle(this.layout.boxes.get(far(arrow))!)
    const step = Math.min(20, (box.width - 40) / arrows.length)
    const sorted = [...arrows].sort((a, b) => at(a) - at(b))
    sorted.forEach((arrow, i) => {
      this.offsets.set(key(arrow, side), Math.round((i - (arrows.length - 1) / 2) * step))
    })
  }
}

const key = ({ from, to }: Arrow, side: 'in' | 'out'): string => `${from} -> ${to} ${side}`
const middle = (rect: Rect): number => Math.round(rect.x + rect.width / 2)

function drawArrow(arrow: Arrow, path: string, most: number, view: View): Markup {
  const { from, to, level, role, rate } = arrow
  const name = `${from} -> ${to}`
  const struck = view.struck(name)
  const idle = rate !== null && view.isIdle(rate)
  const width = level || idle || rate === null ? 1.25 : 1.25 + 2.75 * Math.sqrt(rate / most)
  const line = view.state(name, 'wire')
  const classes = ['arrow', line, level && 'copies', idle && 'idle', struck.length > 0 && 'struck'].filter(
    Boolean,
  )
  const title = [
    `${from} → ${to}`,
    role === 'copies' && 'replication',
    rate !== null && (idle ? 'no requests' : `${digits(rate)} requests/s`),
    view.words(name, 'wire'),
    ...struck,
  ].filter(Boolean)
  return html`<path class="${classes.join(' ')}" data-from="${from}" data-to="${to}" d="${path}" stroke-width="${width.toFixed(2)}" marker-end="url(#tip)"><title>${title.join(', ')}</title></path>`
}

// ---- Boxes ------------------------------------------------------------------------------------------------------

function componentBox(
  rect: Rect,
  name: string,
  { kind, icon = PLAIN }: Kind,
  view: View,
  watchers: readonly string[],
): Markup {
  const struck = view.struck(name)
  const { x, y, width } = rect
  const used = view.used(name, 'component')
  const throughput = view.throughput(name)
  const bar = width - 62
  const says = [
    `${name} (${kind})`,
    used !== null && `${roughly(used)} used`,
    ...view.says(name, 'component'),
    ...struck,
    ...watchers.map((w) => `watched by ${w}`),
  ]
  return html`<g class="box ${view.state(name, 'component')} ${struck.length > 0 && 'struck'}" data-component="${name}"><title>${says.filter(Boolean).join(', ')}</title>
<rect class="shape" x="${x}" y="${y}" width="${width}" height="${BOX_HEIGHT}" rx="8"/>
${drawIcon(icon, x + 11, y + 10)}
<text class="name" x="${x + 37}" y="${y + 20}">${shorten(name)}</text>
<text class="small" x="${x + 37}" y="${y + 36}">${kind}${throughput !== null && ` · ${digits(throughput)}/s`}</text>
${
  used !== null &&
  html`<rect class="trough" x="${x + 12}" y="${y + 47}" width="${bar}" height="6" rx="3"/>
<rect class="level ${heat(used)}" x="${x + 12}" y="${y + 47}" width="${Math.round(bar * Math.min(1, used))}" height="6" rx="3"/>
<text class="small number" x="${x + width - 10}" y="${y + 54}" text-anchor="end">${roughly(used)}</text>`
}
${watchers.length > 0 && html`<path class="eye" transform="translate(${x + width - 21} ${y + 11})" d="${EYE}"/>`}
${badges(rect, name, 'component', view)}</g>`
}

function usersBox(rect: Rect, name: string, malicious: boolean, arrive: string, view: View): Markup {
  const { x, y, width } = rect
  const rate = view.asked(name)
  const struck = view.struck(name)
  return html`<g class="box users ${struck.length > 0 && 'struck'}" data-users="${name}"><title>${[name, arrive, ...struck].join(', ')}</title>
<rect class="shape" x="${x}" y="${y}" width="${width}" height="${BOX_HEIGHT}" rx="${BOX_HEIGHT / 2}"/>
${drawIcon(malicious ? ATTACKERS : USERS, x + 22, y + 21)}
<text class="name" x="${x + 48}" y="${y + 28}">${shorten(name)}</text>
<text class="small" x="${x + 48}" y="${y + 44}">${rate === null ? shorten(arrive) : `${digits(rate)}/s`}</text>
${badges(rect, name, 'users', view)}</g>`
}

function hostFrame(rect: Rect, host: Scenario['hosts'][number], view: View): Markup {
  const { x, y, width, height } = rect
  const struck = view.struck(host.name)
  const used = view.used(host.name, 'host')
  return html`<g class="frame host ${view.state(host.name, 'host')} ${struck.length > 0 && 'struck'}" data-host="${host.name}"><title>${[`host ${hostLabel(host, view)}`, ...view.says(host.name, 'host'), ...struck].join(', ')}</title>
<rect class="shape" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>
${used !== null && html`<rect class="level ${heat(used)}" x="${x + 14}" y="${y + 22.5}" width="${((width - 28) * used).toFixed(1)}" height="2"/>`}
${badges(rect, host.name, 'host', view)}</g>`
}

function zoneFrame(rect: Rect, name: string, view: View): Markup {
  const { x, y, width, height } = rect
  const struck = view.struck(name)
  return html`<g class="frame zone ${[view.state(name, 'zone'), struck.length > 0 && 'struck'].filter(Boolean).join(' ')}" data-zone="${name}"><title>${[`zone ${name}`, ...view.says(name, 'zone'), ...struck].join(', ')}</title>
<rect class="shape" x="${x}" y="${y}" width="${width}" height="${height}" rx="12"/>
${badges(rect, name, 'zone', view)}</g>`
}

/** Words on the upper edge: what limits, to the left; what breaks, to the right. */
function badges(rect: Rect, name: string, type: Shown, view: View): Part {
  const parts: Part[] = []
  const words = view.words(name, type)
  const inset = type === 'users' ? 26 : 10
  if (words !== '') {
    const left = type === 'host' ? rect.x + rect.width - width(words) - 10 : rect.x + inset
    parts.push(badge(words, left, rect.y, view.badge(name, type)))
  }
  const struck = [...new Set(view.struck(name))]
  if (struck.length > 0) {
    const text = struck.length > 2 ? `${struck.length} faults` : struck.join(', ')
    const shift = words !== '' && type === 'host' ? width(words) + 16 : 0
    parts.push(
      badge(`⚡ ${text}`, rect.x + rect.width - inset - shift - width(`⚡ ${text}`), rect.y, 'fault'),
    )
  }
  return parts
}

function badge(text: string, x: number, y: number, type: string): Markup {
  const w = width(text)
  return html`<g class="badge ${type}"><rect x="${x}" y="${y - 8}" width="${w}" height="16" rx="8"/><text x="${x + w / 2}" y="${y + 3.5}" text-anchor="middle">${text}</text></g>`
}

const width = (text: string): number => Math.round([...text].length * 5.6 + 14)

function drawIcon(lines: string, x: number, y: number): Markup {
  return html`<path class="icon" transform="translate(${x} ${y})" d="${lines}"/>`
}

// ---- What is known of a name --------------------------------------------------------------------------------------

function hostLabel({ name, cores }: Scenario['hosts'][number], view: View): string {
  const used = view.used(name, 'host')
  return `${shorten(name)} · ${cores} ${cores === 1 ? 'core' : 'cores'}${used === null ? '' : ` · ${roughly(used)}`}`
}

/** Width for the badges of a host beside its label: these stand on its edge, and need none unless they are many. */
const room = (name: string, view: View): number =>
  view.struck(name).length > 0 && view.words(name, 'host') !== '' ? 40 : 0

function boxWidth(name: string, kind: string): number {
  const text = Math.max(widthOf(shorten(name)) + 62, kind.length * 6 + 110)
  return Math.max(NARROWEST, Math.ceil(text))
}

/** About as wide as text of 13 pixels is. */
const widthOf = (text: string): number => [...text].length * 7.4

function shorten(name: string): string {
  const letters = [...name]
  return letters.length <= MOST_LETTERS ? name : `${letters.slice(0, MOST_LETTERS - 1).join('')}…`
}
