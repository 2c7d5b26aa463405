import type { Mistake } from '../../messages.js'
import type { EditorHost, MountEditor, Top } from '../editor-contract.js'

/** The text in a plain field. */
export const mountEditor: MountEditor = (place, text, host: EditorHost) => {
  const field = document.createElement('textarea')
  field.className = 'plain-text'
  field.setAttribute('aria-label', 'Text of the scenario')
  field.spellcheck = false
  field.value = text
  const list = document.createElement('ul')
  list.className = 'mistakes'
  place.append(field, list)
  field.addEventListener('input', () => host.changed(field.value, 'hand'))
  const put = (text: string) => {
    field.value = text
    host.changed(text, 'strike')
  }
  return {
    text: () => field.value,
    open: (text) => {
      field.value = text
    },
    setMistakes: (mistakes: readonly Mistake[]) => {
      list.replaceChildren(
        ...mistakes.map(({ line, message }) => {
          const item = document.createElement('li')
          item.textContent = line > 0 ? `Line ${line}: ${message}` : message
          return item
        }),
      )
    },
    setLines: () => {},
    insertFault: (line, top) => put(withTop(withFault(field.value, line), top)),
    changeFault: (line, anew) => {
      if (field.value.includes(line)) put(field.value.replace(line, anew))
    },
    focus: () => field.focus(),
  }
}

/** With one more item at the end of the section `faults:`. */
function withFault(text: string, line: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((one) => /^faults:\s*(#.*)?$/.test(one))
  if (start < 0) return `${text.replace(/\n*$/, '\n')}\nfaults:\n  - ${line}\n`
  let end = start + 1
  for (let i = end; i < lines.length && /^(\s|$|#|- )/.test(lines[i]!); i++)
    if (lines[i]!.trim() !== '') end = i + 1
  lines.splice(end, 0, `  - ${line}`)
  return lines.join('\n')
}

/** With what it leaves open said before its first section. */
function withTop(text: string, top: readonly Top[]): string {
  const said = top.filter(({ option }) => !new RegExp(`^${option}:`, 'm').test(text))
  const before = text.search(/^(hosts|users|components):/m)
  return before < 0
    ? text
    : `${text.slice(0, before)}${said.map(({ option, value }) => `${option}: ${value}\n`).join('')}${text.slice(before)}`
}
