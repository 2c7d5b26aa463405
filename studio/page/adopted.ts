/**
 * What workers have made of escaped parts, as nodes of this page. Their `style` attributes, which the page's policy
 * does not let pass, are set from here.
 */
function adopted(source: string, type: 'image/svg+xml' | 'text/html'): Element {
  const held = source.replace(/(<[a-z][^>]*?)\sstyle="/g, '$1 data-style="')
  const made = new DOMParser().parseFromString(held, type)
  const root = document.adoptNode(type === 'text/html' ? made.body : made.documentElement)
  for (const element of [root, ...root.querySelectorAll('[data-style]')]) {
    const style = element.getAttribute('data-style')
    if (style === null) continue
    ;(element as HTMLElement | SVGElement).style.cssText = style
    element.removeAttribute('data-style')
  }
  return root
}

let drawings = 0

/** A drawing; it needs the namespace that a page leaves out, and a tip of its own for its arrows. */
export function svgOf(source: string): SVGSVGElement {
  const tip = `tip-${++drawings}`
  const own = source.replace('id="tip"', `id="${tip}"`).replaceAll('url(#tip)', `url(#${tip})`)
  const named = own.includes('xmlns=') ? own : own.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  return adopted(named, 'image/svg+xml') as unknown as SVGSVGElement
}

export const nodesOf = (source: string): Node[] => [...adopted(source, 'text/html').childNodes]
