import { hint } from '../options/nearest.js'
import { quoted, shown, unseenIn } from '../options/shown.js'
import type { Overrides } from './scenario.js'
import { at, deepest, isMap, leaf, type Path, type Place, type Tree, withPart } from './tree.js'
import { readYaml, type Tell } from './yaml.js'

/** What the command line says, over what the file says. */
export function overridden(
  tree: Tree,
  { set = [], load: _, lost: __, ...top }: Overrides,
  file: string,
  tell: Tell,
): Tree {
  let whole = tree
  for (const [key, value] of Object.entries(top)) {
    if (value !== undefined) whole = withPart(whole, [key], leaf(value, commandLine(`--${key}`)))
  }
  for (const setting of set) whole = withSetting(whole, setting, file, tell)
  return whole
}

/** The tree with `path=value` in it; as it was, and a problem told, where that does not fit. */
function withSetting(tree: Tree, setting: string, file: string, tell: Tell): Tree {
  const place = commandLine('--set')
  const equals = setting.indexOf('=')
  const path = setting.slice(0, equals).trim().split('.')
  if (equals < 0 || path.includes('')) {
    tell(place, `expected path=value, such as users.web.retries=2, not ${quoted(setting)}`)
    return tree
  }
  const unfit = path.find((step) => step === '__proto__' || unseenIn(step) !== null)
  if (unfit !== undefined) {
    tell(place, `${quoted(unfit)} cannot be a key`)
    return tree
  }
  const parent = at(tree, path.slice(0, -1))
  const fits =
    parent !== undefined &&
    (isMap(parent) || (Array.isArray(parent.value) && Number(path.at(-1)) <= parent.value.length))
  if (!fits) {
    tell(place, missing(tree, path, file), path.join('.'))
    return tree
  }
  const text = setting.slice(equals + 1)
  const told: string[] = []
  const content = readYaml(text, '--set', (_, message) => told.push(message), place)
  if (told.length > 0 && /^\s*[[{]/.test(text)) {
    for (const message of told) tell(place, message, path.join('.'))
    return tree
  }
  // What is no YAML is a text: `>= 99%` needs no quotes here.
  const part = told.length > 0 ? leaf(text, place) : (content?.tree ?? leaf(null, place))
  return withPart(tree, path, part)
}

/** Why there is no place for `path`. */
function missing(whole: Tree, path: Path, file: string): string {
  const { tree, steps } = deepest(whole, path.slice(0, -1))
  const known = isMap(tree) ? [...tree.parts!] : []
  // What another file has is not told to who did not name that file.
  const isOther = ({ key }: Tree) => key.file !== file && !key.file.startsWith('--')
  if (steps === path.length - 1) {
    const found =
      tree.parts === null
        ? `is ${isOther(tree) ? 'one value' : shown(tree.value)}, and can only be set as a whole`
        : `has ${tree.parts.size} entries, counted from 0`
    return `there is no place for ${quoted(path.join('.'))} in ${file}: ${path.slice(0, -1).join('.')} ${found}`
  }
  const name = String(path[steps])
  const guess = hint(
    name,
    known.map(([key]) => key),
  )
  const told = known.some(([, part]) => isOther(part)) ? guess.replace(/ \(known: .*/s, '') : guess
  return `there is no ${quoted(path.slice(0, steps + 1).join('.'))} in ${file}${told}`
}

const commandLine = (option: string): Place => ({ file: option, line: 0, column: 0 })
