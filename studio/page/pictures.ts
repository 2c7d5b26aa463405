/** A drawing is easier to look at on a dense screen with so many dots for each of its units. */
const DENSE = 2
const TYPE = 'image/svg+xml'

/** A drawing as a file of its own, with the rules that the page has for it. */
export function pictureOf(drawing: string, sort: 'screen' | 'paper'): Blob {
  const from = drawing.indexOf('>') + 1
  const head = drawing
    .slice(0, from)
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('class="drawing', sort === 'paper' ? 'class="paper drawing' : 'class="drawing')
  const named = head.includes('xmlns="http')
    ? head
    : head.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  return new Blob([named, `\n<style>${rules()}</style>`, drawing.slice(from)], { type: TYPE })
}

/** What the page's style sheets say of drawings and of colours, and what the page itself gives them. */
function rules(): string {
  const found: string[] = []
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules)
      if (/(^|,\s*)(:root|\.drawing)/.test(selectorOf(rule))) found.push(rule.cssText)
  const { fontFamily } = getComputedStyle(document.body)
  return [...found, `.drawing { background: var(--card); font-family: ${fontFamily}; }`].join('\n')
}

function selectorOf(rule: CSSRule): string {
  if (rule instanceof CSSStyleRule) return rule.selectorText
  return rule instanceof CSSMediaRule && rule.cssRules[0] !== undefined ? selectorOf(rule.cssRules[0]) : ''
}

/** The same as dots, on white ground. */
export async function dotsOf(drawing: string): Promise<Blob> {
  const address = URL.createObjectURL(pictureOf(drawing, 'paper'))
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth * DENSE
    canvas.height = image.naturalHeight * DENSE
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (blob === null) throw new Error('This browser makes no picture of that size.')
    return blob
  } finally {
    URL.revokeObjectURL(address)
  }
}

/** Gives the reader a file. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser takes its time to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
