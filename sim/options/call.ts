import { Unreadable } from './units.js'

/** `name(argument, key=argument, ...)`: how laws and arrival processes are written. */
export interface Call {
  name: string
  args: { key: string | null; text: string }[]
}

/** Reads `name(...)`; arguments stay text, since they may be calls themselves. Null if `text` is no call at all. */
export function parseCall(text: string): Call | null {
  const trimmed = text.trim()
  const head = /^([A-Za-z][\w-]*)\s*\(/.exec(trimmed)
  if (!head) return null
  if (!trimmed.endsWith(')')) throw new Unreadable(`a closing parenthesis at the end of "${trimmed}"`)
  const inner = trimmed.slice(head[0].length, -1)
  const args: Call['args'] = []
  for (const part of splitArguments(inner)) {
    const pair = /^([A-Za-z]\w*)\s*=\s*([\s\S]*)$/.exec(part)
    args.push(pair ? { key: pair[1]!, text: pair[2]!.trim() } : { key: null, text: part })
  }
  return { name: head[1]!, args }
}

function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i <= text.length; i++) {
    const c = text[i]
    if (c === '(') depth++
    else if (c === ')') depth--
    if (depth < 0) throw new Unreadable(`balanced parentheses in "${text}"`)
    if (i === text.length || (c === ',' && depth === 0)) {
      const part = text.slice(from, i).trim()
      if (part !== '' || parts.length > 0 || i < text.length) parts.push(part)
      from = i + 1
    }
  }
  if (depth !== 0) throw new Unreadable(`balanced parentheses in "${text}"`)
  return parts
}
