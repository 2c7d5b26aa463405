import type { Result } from '../../sim/experiments/result.js'
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
