import { readPreface } from '../../reports/html/preface.js'
import { grouped } from '../../sim/options/spell.js'
import type { Loaded, Text } from '../messages.js'

/** Characters of a link: beyond the first some programs cut it, beyond the second many servers and programs. */
const SHORT = 2000
const LONG = 8000

/** Whether a link of this length may be given, and what has to be said of it; empty for nothing. */
export function ofLength(characters: number): { readonly given: boolean; readonly says: string } {
  const long = `The link would have ${grouped(characters)} characters`
  if (characters > LONG)
    return { given: false, says: `${long}, more than most programs carry: give the file instead.` }
  if (characters <= SHORT) return { given: true, says: '' }
  return {
    given: true,
    says: `The link has ${grouped(characters)} characters. Some chats and mail programs cut it at 2,000: the file is safer there.`,
  }
}

/** The name of the scenario's file with another ending. */
export const fileNamed = ({ file }: Pick<Text, 'file'>, ending: string): string =>
  `${file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/, '') || 'scenario'}.${ending}`

/**
 * For pull requests and wikis: what it is, what it asks, the architecture as a picture, the text.
 * @param link null where it is too long
 */
export function markdownOf(loaded: Loaded | null, scenario: Text, link: string | null): string {
  const { question, words, answer } = readPreface(loaded?.preface ?? '')
  const fence = '`'.repeat(
    Math.max(3, ...[...scenario.text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)),
  )
  const parts = [
    `# ${inWords(loaded?.name ?? fileNamed(scenario, 'yaml'))}`,
    ...words.map(inWords),
    ...(question === '' ? [] : [`**${inWords(question)}**`]),
    ...answer.map(inWords),
    ...(loaded === null ? [] : [`\`\`\`mermaid\n${flowchartOf(loaded)}\n\`\`\``]),
    ...(link === null ? [] : [`[See it run](${link})`]),
    `${fence}yaml\n${scenario.text.trimEnd()}\n${fence}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** Signs that Markdown takes for its own. */
const inWords = (text: string): string => text.replace(/[\\`*_[\]<>#|]/g, '\\$&')

/** The drawing's boxes and arrows, as https://mermaid.js.org/syntax/flowchart has them; what copies is dotted. */
function flowchartOf({ places, arrows }: Loaded): string {
  const boxes = places.filter(({ type }) => type === 'users' || type === 'component')
  const hosts = places.filter(({ type }) => type === 'host')
  const ids = new Map(boxes.map(({ name }, i) => [name, `n${i}`]))
  const within = (name: string) => {
    const box = boxes.find((one) => one.name === name)!
    return hosts.find(
      (host) =>
        host.x <= box.x &&
        host.y <= box.y &&
        box.x + box.width <= host.x + host.width &&
        box.y + box.height <= host.y + host.height,
    )
  }
  const node = ({ name, type }: Loaded['places'][number]) =>
    type === 'users' ? `${ids.get(name)}(["${label(name)}"])` : `${ids.get(name)}["${label(name)}"]`
  const alone = boxes.filter(({ name, type }) => type === 'users' || within(name) === undefined)
  const lines = [
    'flowchart TB',
    ...alone.map((box) => `  ${node(box)}`),
    ...hosts.flatMap((host, i) => [
      `  subgraph f${i}["${label(host.name)}"]`,
      ...boxes
        .filter((box) => !alone.includes(box) && within(box.name) === host)
        .map((box) => `    ${node(box)}`),
      '  end',
    ]),
    ...arrows
      .filter(({ from, to }) => ids.has(from) && ids.has(to))
      .map(({ from, to, copies }) => `  ${ids.get(from)} ${copies ? '-.->' : '-->'} ${ids.get(to)}`),
  ]
  return lines.join('\n')
}

const label = (name: string): string => name.replace(/[#"&<>`\\[\](){}|]/g, (c) => `#${c.charCodeAt(0)};`)
