import * as z from 'zod'
import { duration, flag, size, timeout } from '../../options/types.js'

/** What nginx does with those who come to it, beside their limits. */
export const clientOptions = {
  client_max_body_size: size()
    .transform((bytes) => bytes || Number.POSITIVE_INFINITY)
    .prefault('1.048576MB')
    .describe('a request that is larger (sizes:) is answered 413, before it has come; 0: any size'),
  http: z
    .strictObject({
      keepalive_timeout: duration()
        .prefault('75s')
        .describe('how long a connection of a client is kept that is idle; 0: none is'),
    })
    .prefault({})
    .describe('what keepalive_timeout says in http { }, about clients'),
  client_body_timeout: timeout()
    .prefault('60s')
    .describe(
      'closes the connection when so long nothing more has come of a request (sizes:), without an answer',
    ),
  proxy_buffering: flag()
    .prefault('on')
    .describe('takes in the whole answer of a server at once; off: as the client reads it'),
  proxy_request_buffering: flag()
    .prefault('on')
    .describe('asks a server when all of a request is there; off: at once, and then no other one (sizes:)'),
} as const
