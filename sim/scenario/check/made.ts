import type { ComponentSpec, HostSpec, UsersSpec } from '../scenario.js'

/** What is sound in itself, each sort in the order of the file. */
export interface Made {
  readonly hosts: readonly HostSpec[]
  readonly users: readonly UsersSpec[]
  readonly components: readonly ComponentSpec[]
}
