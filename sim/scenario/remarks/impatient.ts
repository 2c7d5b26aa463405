import { refsIn } from '../../options/walk.js'
import { spelled } from '../length.js'
import { reached } from '../reached.js'
import type { Remark } from './remark.js'

/** What boxes call the time that they give a connection. */
const CONNECTING = ['timeout_connect', 'proxy_connect_timeout', 'connect_timeout']

/** Users who give up before a proxy turns from a silent server to another. */
export const impatient: Remark = (scenario) =>
  scenario.users.flatMap((users) => {
    const { name: who, timeout, malicious } = users
    if (malicious || timeout === Number.POSITIVE_INFINITY) return []
    const behind = reached(scenario, (one) => one === users)
    return scenario.components.flatMap(({ name, options }) => {
      const option = CONNECTING.find((one) => typeof options[one] === 'number')
      const several = refsIn(options).filter(({ role }) => role === 'serves').length > 1
      if (option === undefined || !several || !behind.has(name)) return []
      const patience = options[option] as number
      if (timeout >= patience) return []
      const said = patience === Number.POSITIVE_INFINITY ? 'none' : spelled(patience)
      return [
        `${who} give up after ${spelled(timeout)}, before ${name} gives up a silent server (${option}: ${said}): they never get the answer of another one`,
      ]
    })
  })
