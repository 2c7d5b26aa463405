import type { Span } from '../../sim/model/tracing.js'

/** The stay of a request at a box, in seconds, that was answered ok if it ended. */
export const span = (
  component: string,
  parent: string,
  start_s: number,
  end_s: number | null,
  more: Partial<Span> = {},
): Span => ({
  component,
  parent,
  start_s,
  end_s,
  wait_ms: 0,
  outcome: end_s === null ? null : 'ok',
  ...more,
})
