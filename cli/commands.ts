import type { Command } from 'commander'

/** Each command is a line here and a file beside this one, which is loaded when it is asked for. */
export const commands: Readonly<Record<string, () => Promise<() => Command>>> = {
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
  init: async () => (await import('./init.js')).initCommand,
  schema: async () => (await import('./schema.js')).schemaCommand,
  mcp: async () => (await import('./mcp.js')).mcpCommand,
  completion: async () => (await import('./completion.js')).completionCommand,
  complete: async () => (await import('./complete.js')).completeCommand,
}

/** For scripts: `nines --help` says nothing of them. */
export const HIDDEN: readonly string[] = ['complete']
