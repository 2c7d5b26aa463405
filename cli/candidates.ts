import type { Argument, Command, Option } from 'commander'
import { suggestionsFor } from './suggestions.js'

/** What may stand at the place, and what is to be said of it. */
interface Candidate {
  readonly word: string
  readonly says: string
}

/** Beside the program: scenarios that come with it, and files that begin so, folders with a slash. */
export interface Around {
  shipped(): readonly string[]
  files(prefix: string, fits: (name: string) => boolean): readonly string[]
}

/**
 * What can take the place of the last of `words`, which stand behind the name of the program: from the commands,
 * their options and arguments, as they are declared.
 * @param command that the first of them names; null where it names none
 */
export function candidates(
  program: Command,
  command: Command | null,
  words: readonly string[],
  around: Around,
): Candidate[] {
  const whole = joined(words)
  const last = whole.at(-1) ?? ''
  // A shell that parts words at an equals sign has only what comes after it to be replaced.
  const parted = words.at(-1) === '=' || (words.at(-2) === '=' && words.length > 2)
  const begun = (all: readonly Candidate[], prefix: string) =>
    all.filter(({ word }) => word.startsWith(prefix))
  if (command === null) {
    const helped = whole.length === 2 && whole[0] === 'help'
    if (whole.length > 1) return helped ? begun(commandsOf(program), last) : []
    return begun([...commandsOf(program), ...optionsOf(program)], last)
  }

  const [, name, value] = /^(--[\w-]+)=(.*)$/.exec(last) ?? []
  const assigned = name === undefined ? undefined : taking(command, name)
  if (assigned !== undefined) {
    const values = begun(valuesOf(assigned, value!, around), value!)
    return parted ? values : values.map(({ word, says }) => ({ word: `${name}=${word}`, says }))
  }
  const before = whole.length > 2 ? taking(command, whole.at(-2)!) : undefined
  if (before !== undefined) return begun(valuesOf(before, last, around), last)
  if (last.startsWith('-')) return begun(optionsOf(command), last)
  const argument = argumentAt(command, operandsIn(command, whole.slice(1, -1)))
  return argument === undefined ? [] : begun(argumentsOf(argument, last, around), last)
}

/** Bash parts words at = and @: `--format=te` comes as three, and `@02` as two. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = []
  words.forEach((word, i) => {
    const before = words[i - 1]
    const isValue = before === '=' && i > 1 && words[i - 2]!.startsWith('--')
    const isEquals = word === '=' && before?.startsWith('--')
    if (i > 0 && (isValue || isEquals || before === '@')) whole.push(`${whole.pop()}${word}`)
    else whole.push(word)
  })
  return whole
}

/** The option that is called so and takes a value. */
const taking = (command: Command, word: string): Option | undefined =>
  command.options.find((one) => (one.long === word || one.short === word) && (one.required || one.optional))

/** How many of the words are neither options nor their values. */
function operandsIn(command: Command, words: readonly string[]): number {
  return words.filter((word, i) => !word.startsWith('-') && !(i > 0 && taking(command, words[i - 1]!))).length
}

function argumentAt({ registeredArguments: all }: Command, place: number): Argument | undefined {
  return all[place] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
}

const commandsOf = (program: Command): Candidate[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .map((one) => ({ word: one.name(), says: one.description() }))

const optionsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ word: long ?? short!, says: description }))

function valuesOf(option: Option, prefix: string, around: Around): Candidate[] {
  if (option.argChoices !== undefined) return plain(option.argChoices)
  if (option.flags.endsWith('<dir>')) return plain(around.files(prefix, () => false))
  return option.flags.endsWith('<file>') ? plain(around.files(prefix, () => true)) : []
}

function argumentsOf(argument: Argument, prefix: string, around: Around): Candidate[] {
  if (argument.argChoices !== undefined) return plain(argument.argChoices)
  if (!/^files?$/.test(argument.name())) return plain(suggestionsFor(argument))
  const shipped = prefix === '' || prefix.startsWith('@') ? around.shipped() : []
  return plain([...around.files(prefix, (name) => /\.ya?ml$/.test(name)), ...shipped])
}

const plain = (words: readonly string[]): Candidate[] => words.map((word) => ({ word, says: '' }))
