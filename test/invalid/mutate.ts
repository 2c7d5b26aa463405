/** Numbers from 0 to 1, by mulberry32: the same from the same seed, and none of the program's own. */
export class Dice {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  /** A whole number below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n)
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

type Mutation = (text: string, dice: Dice) => string

const numbers = '0 -1 1 2 0.5 1e3 1e9 1e12 1e300 1e400 -0 007 0x10 99999999999999999999 .inf .nan 3.14'.split(
  ' ',
)
const units = 'us ms s min h d w y m sec % /s /min k/s M/s /y k M'.split(' ')
const values = [
  ...'null true on ~ [] {} "" x q unlimited none auto "exponential(1ms)" exponential( closed(users=5) <<'.split(
    ' ',
  ),
  ...'"closed(users=3, think=10ms)",[a, b],{ a: 1 },*a,&a 3,!!int 3,{ a: { b: [c] } },__proto__,>= 3%,| x'.split(
    ',',
  ),
  '"lognormal(mean=40ms, cv=1.5)"',
  '"hyperexponential(mean=1ms, cv=3)"',
  '"mmpp(10/s, 100/s, 1s, 1s)"',
]
const keys =
  'kind host to servers upstream service workers retries timeout at for mtbf mttr target zone queue'.split(
    ' ',
  )

const byLine =
  (change: (lines: string[], dice: Dice) => void): Mutation =>
  (text, dice) => {
    const lines = text.split('\n')
    change(lines, dice)
    return lines.join('\n')
  }

/** Replaces one of what `pattern` finds. */
const instead =
  (pattern: RegExp, by: (found: string, dice: Dice, all: readonly string[]) => string): Mutation =>
  (text, dice) => {
    const found = [...text.matchAll(pattern)]
    if (found.length === 0) return text
    const { 0: part, index } = dice.of(found)
    const all = found.map((one) => one[0])
    return text.slice(0, index) + by(part, dice, all) + text.slice(index! + part.length)
  }

/** From a line on, all that is indented deeper. */
function blockAt(lines: readonly string[], from: number): number {
  const indent = (line: string) => line.search(/\S|$/)
  let to = from + 1
  while (to < lines.length && indent(lines[to]!) > indent(lines[from]!)) to++
  return to - from
}

const mutations: readonly Mutation[] = [
  byLine((lines, dice) => lines.splice(dice.below(lines.length), 1)),
  byLine((lines, dice) => {
    const line = dice.of(lines)
    lines.splice(dice.below(lines.length), 0, line)
  }),
  byLine((lines, dice) => {
    const [a, b] = [dice.below(lines.length), dice.below(lines.length)]
    ;[lines[a], lines[b]] = [lines[b]!, lines[a]!]
  }),
  byLine((lines, dice) => {
    const from = dice.below(lines.length)
    const block = lines.splice(from, blockAt(lines, from))
    lines.splice(dice.below(lines.length + 1), 0, ...block)
  }),
  byLine((lines, dice) => {
    const from = dice.below(lines.length)
    lines.splice(from, blockAt(lines, from))
  }),
  byLine((lines, dice) => {
    const at = dice.below(lines.length)
    lines[at] = dice.of([`  ${lines[at]}`, lines[at]!.replace(/^ {2}/, ''), `\t${lines[at]}`])
  }),
  byLine((lines, dice) => {
    const at = dice.below(lines.length)
    const indent = /^ */.exec(lines[at]!)![0]
    lines.splice(at, 0, `${indent}${dice.of(keys)}: ${dice.of(values)}`)
  }),
  (text, dice) => text.slice(0, dice.below(text.length + 1)),
  (text, dice) => {
    const at = dice.below(text.length + 1)
    const noise = Array.from({ length: 1 + dice.below(6) }, () => String.fromCharCode(dice.below(256)))
    return text.slice(0, at) + noise.join('') + text.slice(at + dice.below(4))
  },
  (text, dice) => {
    const at = dice.below(text.length)
    return text.slice(0, at) + text.slice(at + 1)
  },
  instead(/\d+(\.\d+)?/g, (_, dice) => dice.of(numbers)),
  instead(/\d+(\.\d+)?/g, (found, dice) => String(Number(found) * dice.of([0, 0.001, 0.1, 2, 10, 1000, -1]))),
  instead(/(?<=\d)(us|ms|s|min|h|d|%|\/s|k)\b/g, (_, dice) => dice.of(units)),
  instead(/[a-z][a-z_0-9-]*/g, (_, dice, all) => dice.of(all)),
  instead(/(?<=: )[^\s,{}[\]][^,{}[\]\n]*/g, (_, dice) => dice.of(values)),
  instead(/(?<=: )[^\s,{}[\]][^,{}[\]\n]*/g, (_, dice, all) => dice.of(all)),
  instead(/[{}[\](),:"]/g, (_, dice) => dice.of([...'{}[](),:"', ''])),
]

/** `text` with some slips in it: mostly few, so that what is left can still be read. */
export function mutate(text: string, dice: Dice): string {
  let mutant = text
  for (let slips = 1 + dice.below(dice.next() < 0.7 ? 1 : 4); slips > 0; slips--)
    mutant = dice.of(mutations)(mutant, dice)
  return mutant
}
