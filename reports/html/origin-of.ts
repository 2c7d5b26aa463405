import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Origin } from './assets.js'

/** What a page says of where its results came from: the same, byte for byte, for the same results. */
export function originOf(scenarios: readonly Scenario[], command: string | null): Origin {
  const files = new Map<string, string>()
  for (const { source } of scenarios) {
    files.set(source.file, source.text)
    for (const [name, text] of Object.entries(source.files)) files.set(name, text)
  }
  return { command, files: [...files].map(([name, text]) => ({ name, text })) }
}
