import type { Scenario } from '../../sim/scenario/scenario.js'
import { readYaml } from '../../sim/scenario/yaml.js'
import type { Loaded } from '../messages.js'

/**
 * Where each component stands in the text: from the line of its name to the last one before whatever comes next that is
 * neither empty nor a comment. Those that stand in another file, which this one extends, are left out.
 */
export function componentLines({ source, components }: Scenario): Loaded['lines'] {
  const { text, file } = source
  const top = readYaml(text, file, () => {})?.tree?.parts ?? new Map()
  const own = [...(top.get('components')?.parts ?? new Map())].filter(([, tree]) => tree.key.file === file)
  const lineOf = ([, tree]: [string, { key: { line: number } }]) => tree.key.line
  const starts = [...top, ...own].map(lineOf)
  const lines = text.split('\n')
  return own.flatMap((entry) => {
    const [name] = entry
    const spec = components.find((one) => one.name === name)
    if (spec === undefined) return []
    const from = lineOf(entry)
    let to = Math.min(lines.length + 1, ...starts.filter((line) => line > from)) - 1
    while (to > from && /^\s*(#.*)?$/.test(lines[to - 1]!)) to--
    return [{ name, kind: spec.kind.kind, from, to: Math.max(from, to) }]
  })
}
