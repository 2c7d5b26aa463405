/*
 * Names of files, with `/` or, as Windows has them, `\\` between folders: the same on every machine, and where there are
 * no files at all.
 */

const isAbsolute = (name: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(name)

/** What `name` means in the file `from`: a file beside it, unless the name is absolute. */
export function besideOf(from: string, name: string): string {
  if (isAbsolute(name)) return normal(name)
  return normal(`${from.slice(0, from.length - baseOf(from).length)}${name}`)
}

/** Without the folders. */
export const baseOf = (name: string): string => /[^/\\]*$/.exec(name)![0]

/** Without `.`, `a/..` and doubled slashes. */
export function normal(name: string): string {
  const root = /^([A-Za-z]:)?[/\\]?/.exec(name)![0]
  const parts: string[] = []
  for (const part of name.slice(root.length).split(/[/\\]/)) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (root === '' && (parts.length === 0 || parts.at(-1) === '..'))) parts.push(part)
    else parts.pop()
  }
  return root + parts.join('/') || '.'
}
