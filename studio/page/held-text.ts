import type { Text } from '../messages.js'
import type { Top, Written } from './editor-contract.js'
import { withChanged, withFault } from './text-edits.js'

/** The text of a scenario that no editor shows, with what is struck by hand. */
export class HeldText implements Written {
  private now: string

  /** @param changed called when a line has been written */
  constructor(
    private readonly scenario: Text,
    private readonly changed: () => void,
  ) {
    this.now = scenario.text
  }

  text(): string {
    return this.now
  }

  insertFault(line: string, top: readonly Top[]): boolean {
    const after = withFault({ ...this.scenario, text: this.now }, line, top)
    if (after === null) return false
    this.now = after
    this.changed()
    return true
  }

  changeFault(line: string, anew: string): void {
    this.now = withChanged(this.now, line, anew)
    this.changed()
  }
}
