import type { State } from './state.js'

const DARK = '(prefers-color-scheme: dark)'

/** The rules of the style sheets that are for dark pages, found once. */
const found: CSSMediaRule[] = []

function darkRules(): readonly CSSMediaRule[] {
  if (found.length === 0)
    for (const sheet of document.styleSheets)
      for (const rule of sheet.cssRules)
        if (rule instanceof CSSMediaRule && rule.conditionText.includes(DARK)) found.push(rule)
  return found
}

/** Light or dark as the reader wishes, or as his system has it. */
export function setTheme(theme: State['theme']): void {
  const media = { system: `screen and ${DARK}`, dark: 'screen', light: 'not all' }[theme]
  for (const rule of darkRules()) rule.media.mediaText = media
  const scheme = theme === 'system' ? 'light dark' : theme
  document.documentElement.style.setProperty('color-scheme', scheme)
}

/** What a press of the button leads to. */
export const nextTheme = (theme: State['theme']): State['theme'] =>
  ({ system: isDark() ? 'light' : 'dark', light: 'dark', dark: 'light' })[theme] as State['theme']

const isDark = (): boolean => matchMedia(DARK).matches
