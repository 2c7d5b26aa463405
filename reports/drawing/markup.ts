/** A piece of HTML or SVG that is ready to stand in a page. */
export class Markup {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text
  }
}

export type Part = string | number | Markup | null | undefined | false | readonly Part[]

/** HTML from a template: what is put into it is escaped unless it is `Markup`; nothing at all for null and false. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, i) => text + shown(parts[i - 1]) + string))
}

/** Text that is trusted: what this program wrote itself. */
export const raw = (text: string): Markup => new Markup(text)

/** Data for a script, in a page: nothing in it can end the element that holds it. */
export const json = (data: unknown): Markup =>
  raw(
    JSON.stringify(data).replace(
      /[<\u2028\u2029]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )

function shown(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'object') return part instanceof Markup ? part.toString() : part.map(shown).join('')
  return String(part).replace(/[&<>"']/g, (c) => ESCAPES[c]!)
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
