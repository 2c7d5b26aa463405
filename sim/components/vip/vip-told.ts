import { listed } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { vip } from './vip.js'

/** Who has the address, and what makes it move. */
export const vipTold: Telling<typeof vip> = ({ options: { servers, mode, track_script } }) => {
  const names = servers.map(({ name }) => name.name)
  const gone =
    track_script === undefined
      ? 'its machine is gone (a dead process alone is not noticed)'
      : track_script.script === 'process'
        ? 'its machine or its process is gone'
        : track_script.page === undefined
          ? 'its machine is gone or its process does not answer'
          : `its machine is gone or does not answer ${track_script.page.names[0]} well`
  if (names.length === 1) return [`is an address that ${names[0]} has, and nobody else can take`]
  return [
    mode === 'active-active'
      ? `is an address for each of ${listed(names)}; one moves to another of them when ${gone}`
      : `is one address for ${listed(names)}: one of them has it, and another takes it when ${gone}`,
  ]
}
