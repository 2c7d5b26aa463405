#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { exitCodes } from './exit.js'
import { reasonOf } from './reasons.js'
import { version } from './version.js'

/** Each command is a line here and a file beside this one, which is loaded when it is asked for. */
const commands: Readonly<Record<string, () => Promise<() => Command>>> = {
  run: async () => (await import('./run.js')).runCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  check: async () => (await import('./check.js')).checkCommand,
  sweep: async () => (await import('./sweep.js')).sweepCommand,
  availability: async () => (await import('./availability.js')).availabilityCommand,
  spof: async () => (await import('./spof.js')).spofCommand,
  capacity: async () => (await import('./capacity.js')).capacityCommand,
  worker: async () => (await import('./worker.js')).workerCommand,
  validate: async () => (await import('./validate.js')).validateCommand,
  trace: async () => (await import('./trace.js')).traceCommand,
  draw: async () => (await import('./draw.js')).drawCommand,
  studio: async () => (await import('./studio.js')).studioCommand,
  explain: async () => (await import('./explain.js')).explainCommand,
  list: async () => (await import('./list.js')).listCommand,
}

const program = new Command('nines')
  .description('Simulates the traffic of a web stack, request by request: QPS, latency and availability.')
  .version(version)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(nines --help shows the commands and options)')
  .addHelpText(
    'after',
    `
Files:
  @02-distributed is the scenario of that name that comes with the program; nines list scenarios shows them all

Exit codes:
  0  done                                      2  a bad scenario file, option or usage
  1  an expectation was not met, with --check  3  the simulator itself failed
                                           130  interrupted: what was there is printed`,
  )

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
  for (const command of await asked(process.argv[2])) {
    program.addCommand(command().exitOverride().showHelpAfterError('(--help shows the options)'))
  }
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.unusable
  else await (await import('./failure.js')).end(error)
}

/** The command that the first argument names; for help and for whatever is misspelled, all of them. */
function asked(first = ''): Promise<(() => Command)[]> {
  if (['-V', '--version'].includes(first)) return Promise.resolve([])
  const names = Object.hasOwn(commands, first) ? [first] : Object.keys(commands)
  return Promise.all(names.map((name) => commands[name]!()))
}
