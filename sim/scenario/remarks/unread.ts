import { reached } from '../reached.js'
import { readsTrace, recordingOf } from '../replay.js'
import type { Remark } from './remark.js'

/** Service that is recorded, and that nothing on the way of the requests reads. */
export const unread: Remark = (scenario) =>
  scenario.users.flatMap((one) => {
    const recording = recordingOf(one)
    if (!recording?.service) return []
    const way = reached(scenario, (other) => other === one)
    const reads = scenario.components.some(
      (spec) => way.has(spec.name) && [...one.mix.keys()].some((name) => readsTrace(spec, name)),
    )
    return reads
      ? []
      : [
          `the service times of ${recording.path} are not used: nothing that ${one.name} come to says service: trace`,
        ]
  })
