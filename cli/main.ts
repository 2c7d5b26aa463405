#!/usr/bin/env node
import { CommanderError } from 'commander'
import { commands, HIDDEN } from './commands.js'
import { exitCodes } from './exit.js'
import { emptyProgram } from './program.js'
import { reasonOf } from './reasons.js'

const program = emptyProgram()

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A pipe that was closed (nines list | head) is no failure: the command goes on, and its exit code counts.
    if (error.code === 'EPIPE') return
    if (stream === process.stdout)
      process.stderr.write(`cannot write to standard output: ${reasonOf(error)}\n`)
    process.exit(exitCodes.unusable)
  })
}

try {
  for (const name of asked(process.argv[2])) {
    const command = (await commands[name]!())()
    command.exitOverride().showHelpAfterError('(--help shows the options)')
    program.addCommand(command, { hidden: HIDDEN.includes(name) })
  }
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.unusable
  else await (await import('./failure.js')).end(error)
}

/** The command that the first argument names; for help and for whatever is misspelled, all of them. */
function asked(first = ''): readonly string[] {
  if (['-V', '--version'].includes(first)) return []
  return Object.hasOwn(commands, first) ? [first] : Object.keys(commands)
}
