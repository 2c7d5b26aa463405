import { PerClass } from '../options/types.js'
import { Recorded } from '../random/distribution.js'
import type { Recording } from '../traffic/arrivals/recording.js'
import type { ComponentSpec, UsersSpec } from './scenario.js'

/** What is recorded of users; null where they are drawn. */
export const recordingOf = ({ arrive }: Pick<UsersSpec, 'arrive'>): Recording | null =>
  ('open' in arrive ? arrive.open.recorded : null) ?? null

/** Whether a component takes from the recording how long it serves requests of a class (`service: trace`). */
export function readsTrace({ options }: ComponentSpec, name: string): boolean {
  const { service } = options
  return service instanceof PerClass && service.for([name])[0] instanceof Recorded
}
