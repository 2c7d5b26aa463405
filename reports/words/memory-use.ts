import type { Result } from '../../sim/experiments/result.js'
import { timeSaid } from '../../sim/options/spell.js'
import { counted } from './numbers.js'

const percent = (share: number): string => `${Math.round(share * 100)}%`

/** `web 84%`, `web 100%, 12% more in swap, 3 OOM kills`: of one host, as a share of its memory. */
export function memoryUse([name, { memory, swap, oom_kills: kills = 0 }]: [
  string,
  Result['hosts'][string],
]): string {
  const more = swap?.value ? `, ${percent(swap.value)} more in swap` : ''
  const killed = kills > 0 ? `, OOM kills: ${counted(kills)}` : ''
  return `${name} ${percent(memory?.value ?? 0)}${more}${killed}`
}

/** `db 97%`, `db 100%, full for 3.2 min`: how full the disk of one host is at the end. */
export function diskUse([name, { disk_used: used, disk_full_s: full }]: [
  string,
  Result['hosts'][string],
]): string {
  const filled = full?.value ? `, full for ${timeSaid(full.value)}` : ''
  return `${name} ${percent(used?.value ?? 0)}${filled}`
}
