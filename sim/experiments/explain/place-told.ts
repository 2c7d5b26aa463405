import { counting } from '../../options/spell.js'
import type { EveryComponent } from '../../parts/every-component.js'
import type { HostSpec } from '../../scenario/scenario.js'

/** What a component has of its machine beside cores: memory, and a disk that has a limit. Completes `It ...`. */
export function placeTold(
  { memory = 0, memory_per_request = 0 }: EveryComponent,
  readsDisk: boolean,
  host: HostSpec | undefined,
): string[] {
  const [all, depth] = [host?.memory, host?.disk_queue_depth]
  const each = memory_per_request > 0 ? `${sizeSaid(memory_per_request)} for each request in it` : null
  const has = [memory > 0 ? sizeSaid(memory) : null, each].filter((one) => one !== null)
  return [
    ...(all === undefined || has.length === 0
      ? []
      : [`has ${has.join(', and ')}, of the ${sizeSaid(all)} of memory of its machine`]),
    ...(depth === undefined || !readsDisk
      ? []
      : [`waits for its turn at the disk of its machine, which does ${counting(depth, 'thing')} at a time`]),
  ]
}

const sizeSaid = (bytes: number): string =>
  bytes >= 1e9 ? `${+(bytes / 1e9).toPrecision(3)} GB` : `${+(bytes / 1e6).toPrecision(3)} MB`
