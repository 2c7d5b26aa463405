import { notes } from '../../parts/notes.js'

/**
 * What HAProxy notes on a request, and on a health check: which handshake it brought; its server; further attempts to
 * connect; how the server was chosen; what it alone meets.
 */
export const visit = notes({
  handshake: 'note1',
  server: 'note2',
  tries: 'note3',
  chosen: 'note4',
  fate: 'note5',
})

/** How a request has got its server. */
export const Chosen = {
  /** In mode tcp by the connection that it came on. */
  usual: 0,
  /** In mode tcp by balancing: it needs a connection. */
  anew: 1,
  byCookie: 2,
} as const

/** What a request alone meets. */
export const Fate = {
  usual: 0,
  /** Turned away. */
  tooOften: 1,
  queueFull: 2,
  /** It is sent once: HAProxy has not kept all of it. */
  unkept: 3,
} as const
