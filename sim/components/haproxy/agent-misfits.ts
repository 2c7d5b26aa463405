import type { Words } from './agent-says.js'
import { isFixed } from './backend.js'
import type { Options } from './haproxy-options.js'
import { linesOf, type Misfit, type OfServer, type ServerLine, whereSaid } from './server-lines.js'

/** What an agent says, or is asked, that has no effect: each place in the file once. */
export function unheard(options: Options): Misfit[] {
  const found = new Map<string, Misfit>()
  for (const line of linesOf(options)) {
    for (const [option, message] of wrongWith(line, options)) {
      const path = whereSaid(line, option, options)
      found.set(`${path.join()} ${option}`, { path, message: `${option}: ${message}` })
    }
  }
  return [...found.values()]
}

function* wrongWith(line: ServerLine, options: Options): Iterable<[OfServer, string]> {
  const { agent_check, agent_says, agent_inter, maxconn, minconn, slowstart } = line.said
  if (!agent_check) {
    if (agent_says !== undefined) yield ['agent_says', 'is for agent_check: on: nobody asks the agent']
    if (agent_inter !== 2) yield ['agent_inter', 'is for agent_check: on: nobody asks the agent']
    return
  }
  if (agent_says === undefined) {
    yield ['agent_check', 'and an agent that says nothing: expected agent_says:, such as cpu']
    return
  }
  const { balance, hash_type = options.hash_type } =
    line.backend === null ? options : options.backends![line.backend]!
  const said = (is: (words: Words) => boolean) => agent_says.some(({ words }) => is(words))
  const fixed = isFixed(balance.by, hash_type === 'consistent')
  if (fixed && said(({ weight }) => weight !== null && weight !== 0 && weight !== 100))
    yield ['agent_says', `with balance: ${balance.by} HAProxy takes no percent but 0% and 100%`]
  if (!said((words) => words.maxconn !== null)) return
  if (maxconn === 0) yield ['agent_says', 'maxconn: is for a server that has a maxconn itself']
  else if (minconn !== undefined || slowstart > 0)
    yield ['agent_says', 'maxconn: is for a server without minconn and slowstart']
}
