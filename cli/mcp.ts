import { availableParallelism } from 'node:os'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { Command, Option } from 'commander'
import * as z from 'zod'
import { hint } from '../sim/options/nearest.js'
import { Overload } from '../sim/parts/request.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import { Unusable } from './exit.js'
import { type Tool, tools } from './mcp-tools.js'
import { type Limits, SECONDS } from './mcp-within.js'
import { wholeNumberTo } from './options.js'
import { version } from './version.js'

const INSTRUCTIONS = `nines simulates the traffic of a web stack, request by request, from a scenario file in YAML.
Begin with list (what a scenario can say; list with a name has options and an example) and check (what is wrong with a text).
Scenarios that come with the program are called @01-simple-web-stack, @02-distributed, ...: list with the name scenarios.`

export function mcpCommand(): Command {
  return new Command('mcp')
    .description('a server of the Model Context Protocol on standard input and output, for assistants')
    .addOption(
      new Option('--seconds <n>', 'that one question may take; what is there then is the answer')
        .argParser(wholeNumberTo(SECONDS.most))
        .default(SECONDS.usual),
    )
    .option('--jobs <n>', 'replications at a time', wholeNumberTo(256), availableParallelism())
    .addHelpText(
      'after',
      `
Questions: ${Object.keys(tools).join(', ')}. It reads the scenarios that it is given as texts, and those that come with the program;
it opens no other file and writes none. It ends when its input does. docs/mcp.md tells how to register it.`,
    )
    .action(serve)
}

async function serve(bounds: Pick<Limits, 'seconds' | 'jobs'>): Promise<void> {
  const server = new Server(
    { name: 'nines', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: Object.entries(tools).map(described) }))
  const closed = new AbortController()
  // One after the other: each takes all cores.
  let last: Promise<unknown> = Promise.resolve()
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal, sendNotification, _meta }) => {
    const token = _meta?.progressToken
    const progress = (done: number) => {
      if (token === undefined) return
      const method = 'notifications/progress'
      const message = `${done} replications`
      void sendNotification({ method, params: { progressToken: token, progress: done, message } }).catch(
        () => {},
      )
    }
    const stops = [signal, closed.signal]
    const answer = last.then(() =>
      called(params.name, params.arguments ?? {}, { ...bounds, stops, progress }),
    )
    last = answer.catch(() => {})
    return answer
  })
  process.stdin.on('end', () => closed.abort())
  await server.connect(new StdioServerTransport())
}

const described = ([name, { says, input }]: [string, Tool]) => ({
  name,
  description: says,
  inputSchema: z.toJSONSchema(input, { io: 'input', target: 'draft-7' }) as { type: 'object' },
  annotations: { readOnlyHint: true, openWorldHint: false },
})

/** What went wrong is an answer, too: in the words of the command line. */
async function called(name: string, given: object, limits: Limits): Promise<CallToolResult> {
  try {
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
    if (tool === undefined) throw new Unusable(`there is no tool "${name}"${hint(name, Object.keys(tools))}`)
    const { text, notes } = await tool.answer(parsed(tool, given) as never, limits)
    return { content: [text, ...notes].map(asText) }
  } catch (error) {
    return { isError: true, content: [asText(saidOf(error))] }
  }
}

function parsed({ input }: Tool, given: object): unknown {
  const result = input.safeParse(given)
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => {
    const where = issue.path.join('.')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `there is no ${key}${hint(key, Object.keys(input.shape))}`).join('\n')
    return where === '' ? issue.message : `${where}: ${issue.message}`
  })
  throw new Unusable(lines.join('\n'))
}

const asText = (text: string) => ({ type: 'text' as const, text })

function saidOf(error: unknown): string {
  const known = [ScenarioError, Unusable, Overload].some((kind) => error instanceof kind)
  if (known) return (error as Error).message
  return `nines itself failed, which is a defect: ${(error as Error)?.stack ?? error}`
}
