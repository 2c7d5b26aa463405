import type { Files } from '../../options/files.js'
import type { Given } from './top.js'

/** What the options of a scenario may name: all that the file speaks of, sound or broken in itself. */
export interface Known {
  readonly hosts: readonly string[]
  readonly users: readonly string[]
  readonly components: readonly string[]
  readonly files: Files
}

export const knownFrom = (given: Given, files: Files): Known => ({
  hosts: Object.keys(given.hosts),
  users: Object.keys(given.users),
  components: Object.keys(given.components),
  files,
})
