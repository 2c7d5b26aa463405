export type Command =
  | 'toggle'
  | 'step'
  | 'back'
  | 'slower'
  | 'faster'
  | 'start'
  | 'editor'
  | 'keys'
  | 'escape'
  | 'crash'
  | 'heal'
  | { readonly tab: number }
  | { readonly go: 'up' | 'down' | 'left' | 'right' }

/** What each key does, in the words of the list that `?` shows. */
export const KEYS: readonly (readonly [key: string, shown: string, does: string, command: Command])[] = [
  [' ', 'Space', 'play and pause', 'toggle'],
  ['.', '.', 'one window on', 'step'],
  [',', ',', 'one window back', 'back'],
  ['[', '[', 'slower', 'slower'],
  [']', ']', 'faster', 'faster'],
  ['Home', 'Home', 'to the start', 'start'],
  ['Delete', 'Delete', 'crash the box that has the focus', 'crash'],
  ['h', 'H', 'heal it', 'heal'],
  ['e', 'E', 'to the text', 'editor'],
  ['?', '?', 'this list', 'keys'],
  ['Escape', 'Escape', 'back', 'escape'],
]
const ARROWS: Readonly<Record<string, 'up' | 'down' | 'left' | 'right'>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

/** What a key means where nothing is being typed; null for nothing. */
export function commandOf(key: string): Command | null {
  if (/^[1-6]$/.test(key)) return { tab: Number(key) - 1 }
  if (ARROWS[key] !== undefined) return { go: ARROWS[key] }
  const wanted = key.length === 1 ? key.toLowerCase() : key
  return KEYS.find(([name]) => name === wanted)?.[3] ?? null
}
