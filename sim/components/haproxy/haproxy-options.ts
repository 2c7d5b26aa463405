import * as z from 'zod'
import { mapOf, text } from '../../options/texts.js'
import {
  classNames,
  count,
  duration,
  flag,
  flagOrClass,
  interval,
  limit,
  oneOf,
  redirection,
  refsWith,
  servicePerClass,
  timeout,
} from '../../options/types.js'
import { tlsOptions } from '../../parts/tls.js'
import { algorithms, type Balance } from '../balance/algorithms.js'
import { agentSays } from './agent-says.js'
import { httpRequest } from './http-request.js'
import { cookieInsert, cookieValue } from './persistence.js'
import { redispatch, retryOn } from './retries.js'
import { stickTable } from './stick-table.js'

const names = Object.keys(algorithms)
const plain = names.filter((name) => name !== 'hdr')

/** `roundrobin`, ..., `random`, `random(3)`. */
const balance = () =>
  text()
    .transform((given, ctx): { by: Balance; draws: number } => {
      const drawn = /^random(?:\(\s*([1-9]\d{0,2})\s*\))?$/.exec(given)
      if (drawn) return { by: 'random', draws: Number(drawn[1] ?? 2) }
      if (/^hdr\(\s*[\w-]+\s*\)$/.test(given)) return { by: 'hdr', draws: 1 }
      if (given !== 'hdr' && names.includes(given)) return { by: given as Balance, draws: 1 }
      ctx.addIssue({
        code: 'custom',
        message: `expected one of ${plain.join(', ')}, hdr(name), random(n), not "${given}"`,
      })
      return z.NEVER
    })
    .meta({ type: [...plain, 'hdr(name)', 'random(n)'].join(' | ') })

/** The options of a `server` line, and of `default-server`, which has the real defaults. */
const given = {
  weight: count(0, 256).describe('share of the requests; 0: none'),
  maxconn: limit(0).describe(
    'requests at a time (in mode tcp connections, idle ones too), others wait in the queue of the backend; 0: no limit',
  ),
  minconn: count(1)
    .optional()
    .describe('with fullconn of its backend: so many of the slots of maxconn while few requests are there'),
  maxqueue: count(0).describe(
    'places in its own queue, where those wait whom a hash or a cookie sends to it; one more gets 503 at once; 0: no limit',
  ),
  check: flag().describe('health checks: without them a server is taken to be up for ever'),
  inter: interval().describe('from the end of a check to the next'),
  fastinter: interval().optional().describe('the same while it is going up or down; default inter'),
  downinter: interval().optional().describe('the same while it is down; default inter'),
  fall: count(1).describe('failed checks that take it down'),
  rise: count(1).describe('passed checks that bring it up'),
  observe: oneOf('none', 'layer4', 'layer7').describe(
    'with check: on, what requests meet counts too: connections that are not made (layer4), or answers of 5xx and none as well (layer7)',
  ),
  error_limit: count(1).describe('error-limit, with observe: so many errors in a row are one too many'),
  on_error: oneOf('fastinter', 'fail-check', 'sudden-death', 'mark-down').describe(
    'on-error, what these then do: bring the next check forward to fastinter (which all of them do), count as a failed check, leave one failure to go, or take the server down',
  ),
  on_marked_down: oneOf('shutdown-sessions')
    .optional()
    .describe(
      'on-marked-down: who waits for its answer when it is marked down gets 502 (in mode tcp all its connections are closed); default: what is under way goes on',
    ),
  agent_check: flag().describe(
    'agent-check: an agent beside the server is asked what the server is to get; it answers while the server hangs, or is dead',
  ),
  agent_inter: interval().describe('agent-inter: from the end of one look at the agent to the next'),
  agent_says: agentSays()
    .optional()
    .describe(
      'what the agent says: 75% (of weight, rounded down: of a weight of 100), cpu (the percent that its machine is idle), maxconn:30, ready, drain, maint, up, down; or by time, { 0s: up 100%, 5min: drain }',
    ),
  backup: flag().describe('used only while no other is up'),
  slowstart: duration().describe(
    'after it was down or in maintenance, weight and maxconn grow to the whole for so long; 0: at once (static-rr and first have no growing weight, only maxconn)',
  ),
  ssl: flag().describe('TLS again from here to the server, which has tls: too'),
  check_ssl: flag().describe(
    'check-ssl: checks that ask for an answer speak TLS, where requests do so without ssl: those that are passed on',
  ),
}
export const defaultServer = z.strictObject({
  ...given,
  weight: given.weight.prefault(1),
  maxconn: given.maxconn.prefault(0),
  maxqueue: given.maxqueue.prefault(0),
  check: given.check.prefault('off'),
  inter: given.inter.prefault('2s'),
  fall: given.fall.prefault(3),
  rise: given.rise.prefault(2),
  observe: given.observe.prefault('none'),
  error_limit: given.error_limit.prefault(10),
  on_error: given.on_error.prefault('fail-check'),
  agent_check: given.agent_check.prefault('off'),
  agent_inter: given.agent_inter.prefault('2s'),
  backup: given.backup.prefault('off'),
  slowstart: given.slowstart.prefault('0s'),
  ssl: given.ssl.prefault('off'),
  check_ssl: given.check_ssl.prefault('off'),
})
const ownOptions = z.strictObject(given).partial()
const server = {
  ...ownOptions.shape,
  cookie: cookieValue()
    .optional()
    .describe('the value of the cookie that names it; with cookie: of its backend'),
}

/** `hash-type`. */
const hashType = () => oneOf('map-based', 'consistent').optional()

const COOKIE =
  'cookie NAME insert: who was answered comes back to the same server (cookie: of each) as long as it is up; closed users each for himself, else all of one address (addresses: of users)'

const backendOptions = z.strictObject({
  balance: balance()
    .prefault('roundrobin')
    .describe(
      'how a server is chosen; source: by the address of the visitor (addresses: of users); uri: by what he asks for (objects: of users), and so hdr(name), of a header that names it',
    ),
  hash_type: hashType().describe(
    'with balance: source, uri or hdr; default as in hash_type of the component',
  ),
  cookie: cookieInsert().optional().describe(COOKIE),
  fullconn: count(1).optional().describe('with minconn of servers; default as in fullconn of the component'),
  servers: refsWith(server).describe('its servers'),
  default_server: ownOptions
    .optional()
    .describe('what holds for all its servers, and else as in default_server of the component'),
  allbackups: flag()
    .prefault('off')
    .describe('option allbackups: all backups share the work, not the first alone'),
})

export const haproxyOptions = z.strictObject({
  mode: oneOf('tcp', 'http')
    .prefault('http')
    .describe(
      'tcp: each connection is passed on to one server as it is, TLS with it; HAProxy takes that where nothing is said, and configurations nearly always say http',
    ),
  balance: balance()
    .prefault('roundrobin')
    .describe(
      'how a server is chosen; source: by the address of the visitor (addresses: of users); uri: by what he asks for (objects: of users), and so hdr(name), of a header that names it',
    ),
  hash_type: hashType().describe(
    'with balance: source, uri or hdr, which keys go elsewhere when a server comes or goes: most of all (map-based, the default), or only those of that one (consistent)',
  ),
  cookie: cookieInsert().optional().describe(COOKIE),
  fullconn: count(1)
    .optional()
    .describe(
      'with minconn of servers: so many requests in the backend, at servers and in queues, give them all slots of maxconn, fewer in proportion; default a tenth of maxconn of the component',
    ),
  servers: refsWith(server).describe(
    'the servers of the backend; what one does not say is as in default_server',
  ),
  default_server: defaultServer.optional().describe('default-server: what holds for all servers'),
  backends: mapOf(backendOptions, 'expected a map of backends, such as { api: { servers: [api-1, api-2] } }')
    .optional()
    .meta({ type: 'backends by name', role: 'serves', entry: backendOptions })
    .describe('backends beside that of servers:, which is the default_backend; the rest is as said here'),
  use_backend: mapOf(
    classNames(),
    'expected a map from backends to request classes, such as { api: [search] }',
  )
    .optional()
    .meta({ type: 'classes by backend' })
    .describe('use_backend: which request classes go to which of backends:; the others to servers:'),
  http_request: mapOf(
    httpRequest(),
    'expected a map from request classes to what is done, such as { admin: deny }',
  )
    .optional()
    .meta({ type: 'actions by class' })
    .describe(
      'http-request: request classes that HAProxy answers itself: deny, deny deny_status 429, return status 200, redirect code 301, silent-drop, tarpit',
    ),
  stick_table: stickTable
    .optional()
    .describe(
      'stick-table type ip, http-request track-sc0 src and deny: who asks too often is denied, by his address (addresses: of users); or so with connections, which are closed',
    ),
  timeout_tarpit: timeout()
    .optional()
    .describe('how long who is tarpitted is held, then 500; default timeout_connect'),
  allbackups: flag()
    .prefault('off')
    .describe('option allbackups: all backups share the work, not the first alone'),
  maxconn: limit(0)
    .prefault(0)
    .describe('connections of clients at a time, others wait in the kernel; 0: no limit'),
  backlog: limit(1).optional().describe('places in the kernel, at most 4096; default maxconn'),
  timeout_client: timeout()
    .prefault('none')
    .describe('for an idle client, where the two that follow say nothing'),
  timeout_http_request: timeout()
    .optional()
    .describe('the same, where the next says nothing; requests come whole'),
  timeout_http_keep_alive: timeout()
    .optional()
    .describe('after an answer, for the next request of a client: an idle connection has a place of maxconn'),
  timeout_connect: timeout().prefault('none').describe('for the connection to a server'),
  timeout_server: timeout()
    .prefault('none')
    .describe('for the answer of a server, then 504; in mode tcp for a silent one, then it closes'),
  timeout_tunnel: timeout()
    .optional()
    .describe(
      'with mode: tcp, for a connection on which nothing passes; default the shorter of timeout_client and timeout_server',
    ),
  timeout_queue: timeout()
    .optional()
    .describe('for a free slot, then 503, or in mode tcp the end; default timeout_connect'),
  timeout_check: timeout()
    .optional()
    .describe('for the answer to a check once connected; default inter for all of it'),
  resolvers: z
    .strictObject({
      // Measured on 2.6.12: a query each second, whatever hold valid says.
      timeout_resolve: interval().prefault('1s').describe('how often names of servers are asked for'),
    })
    .optional()
    .meta({ type: 'options' })
    .describe('of all servers: their names are asked for again and again; default: once, when it starts'),
  hard_stop_after: timeout()
    .prefault('none')
    .describe(
      'after a reload, how long the old process may take to finish what it has; then it is cut, with 502',
    ),
  retries: count(0).prefault(3).describe('further attempts, to connect, and after whatever retry_on says'),
  retry_on: retryOn()
    .prefault('conn-failure')
    .describe(
      'retry-on: what is tried again: conn-failure, empty-response (the server closed), response-timeout (timeout_server), statuses such as 503, all-retryable-errors (all of these that are errors), none; writes too, be they done twice (408, 425, 501, junk-response and 0rtt-rejected happen to nobody here)',
    ),
  disable_l7_retry: classNames()
    .optional()
    .describe(
      'http-request disable-l7-retry: request classes (POST) that are not sent again once a server has taken them',
    ),
  redispatch: redispatch()
    .prefault('off')
    .describe(
      'option redispatch: a retry may go to another server: at once, where none is named by a cookie or a hash and several are up; else the last (on, -1), one before (-2), each (1), each second (2), none (0)',
    ),
  spread_checks: count(0, 50)
    .prefault(0)
    .describe('spread-checks, percent: checks, and looks at agents, come by chance so much sooner or later'),
  option_httpchk: flagOrClass()
    .prefault('off')
    .describe(
      'a check asks for an answer, not only for a connection: on for a light one, which the server gives at once; a request class for a page that costs what it costs a visitor',
    ),
  // Measured on HAProxy 2.6.12: a connection with one request.
  service: servicePerClass().prefault('85us').describe('CPU time of a request'),
  http_reuse: oneOf('never', 'safe', 'aggressive', 'always')
    .optional()
    .describe(
      'http-reuse: which requests may use an idle connection to a server; default safe: all but the first of a client',
    ),
  option_http_server_close: flag()
    .prefault('off')
    .describe('option http-server-close: a connection to a server for each request'),
  option_abortonclose: flag()
    .prefault('off')
    .describe(
      'option abortonclose: whose client has closed waits in no queue any more, and leaves its slot; default: a server works for nobody',
    ),
  option_httpclose: flag()
    .prefault('off')
    .describe('option httpclose: a connection for each request, of clients and to servers'),
  nbthread: limit(1).prefault('unlimited').describe('event loops; default one for each core'),
  tls: tlsOptions.optional().describe('TLS ends here'),
  redirect: redirection(
    /^scheme\s+https(?:\s+code\s+(30[12378]))?(?:\s+(?:if\s+!\s*|unless\s+)\{\s*ssl_fc\s*\})?$/,
    {
      usual: 302,
      example: 'scheme https code 301',
    },
  )
    .optional()
    .describe(
      'redirect scheme https [code 301]: who comes in clear (scheme: http of users) is sent to TLS; default code 302',
    ),
})
export type Options = z.output<typeof haproxyOptions>
