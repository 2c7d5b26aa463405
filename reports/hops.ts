import type { TracedRequest } from '../sim/model/tracing.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { digits } from './words/numbers.js'

/** One line for each request, and one for each box that it was in, indented by how far down it is. */
export function traceText(scenario: Scenario, requests: readonly TracedRequest[]): string {
  const lines = [
    `${scenario.name}: the first ${requests.length} requests of the measured span, replication 0`,
  ]
  for (const request of requests) {
    const latency = request.latency_ms === null ? 'unanswered' : `${digits(request.latency_ms)} ms`
    lines.push(
      '',
      `#${request.id} ${request.class} at ${seconds(request.arrived_s)}: ${request.outcome ?? 'in flight'}, ${latency}`,
    )
    const depth = new Map<string, number>(scenario.users.map((u) => [u.name, 0]))
    for (const span of request.spans) {
      const level = (depth.get(span.parent) ?? 0) + 1
      depth.set(span.component, level)
      const stay = span.end_s === null ? 'still there' : `${digits((span.end_s - span.start_s) * 1000)} ms`
      const wait = span.wait_ms > 0 ? `, waited ${digits(span.wait_ms)} ms` : ''
      lines.push(
        `${'  '.repeat(level)}${span.component}  ${seconds(span.start_s)}  ${stay}${wait}  ${span.outcome ?? ''}`.trimEnd(),
      )
    }
  }
  return `${lines.join('\n')}\n`
}

const seconds = (s: number): string => `${s.toFixed(4)} s`
