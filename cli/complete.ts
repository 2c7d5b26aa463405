import { readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { type Around, candidates } from './candidates.js'
import { commands, HIDDEN } from './commands.js'
import { shippedNames } from './files.js'
import { emptyProgram } from './program.js'

/** What the scripts of `nines completion` ask: one candidate a line, and after a tab what is said of it. */
export function completeCommand(): Command {
  return new Command('complete')
    .description('what can stand in the place of the last word: for the scripts of nines completion')
    .argument('[words...]', 'behind the name of the program, up to the one that is to be completed')
    .action(async (words: string[]) => {
      const [first = ''] = words
      const named = words.length > 1 && Object.hasOwn(commands, first) ? await commandOf(first) : null
      const program = emptyProgram()
      if (named === null)
        for (const name of Object.keys(commands))
          program.addCommand(await commandOf(name), { hidden: HIDDEN.includes(name) })
      const lines = candidates(program, named, words, around).map(
        ({ word, says }) => `${word}\t${brief(says)}\n`,
      )
      process.stdout.write(lines.join(''))
    })
}

const commandOf = async (name: string): Promise<Command> => (await commands[name]!())()

/** As much as has room beside a word. */
const brief = (says: string): string => says.split(/[:;(]/)[0]!.trim().slice(0, 70)

const around: Around = {
  shipped: shippedNames,
  files: (prefix, fits) => {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    const begun = prefix.slice(folder.length)
    return entriesOf(folder.replace(/^~(?=\/)/, homedir()) || '.')
      .filter(({ name }) => begun.startsWith('.') || !name.startsWith('.'))
      .flatMap(({ name, isFolder }) => (isFolder ? [`${folder}${name}/`] : fits(name) ? [folder + name] : []))
  },
}

/** Also behind a link. */
const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() === true

/** Nothing of a folder that cannot be read. */
function entriesOf(folder: string): { name: string; isFolder: boolean }[] {
  try {
    const at = path.resolve(folder)
    return readdirSync(at)
      .map((name) => ({ name, isFolder: isFolder(path.join(at, name)) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
