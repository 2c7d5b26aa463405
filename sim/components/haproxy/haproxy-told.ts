import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { haproxy } from './haproxy.js'
import { passesTls } from './misfits.js'

const WAYS: Readonly<Record<string, string>> = {
  roundrobin: 'in turn',
  'static-rr': 'in turn',
  leastconn: 'the one with the fewest connections',
  random: 'by chance',
  first: 'the first that has a free slot',
}

/** Whom it chooses, how it learns that one is gone, what it does then. */
export const haproxyTold: Telling<typeof haproxy> = ({ options }, { all }) => {
  const { mode, servers, default_server, balance, redispatch, tls, maxconn, redirect } = options
  const names = servers.map(({ name }) => name.name)
  const way = WAYS[balance.by] ?? `by ${balance.by}`
  const lines = servers.map((own) => ({ check: false, inter: 2, fall: 3, ...default_server, ...own }))
  const checked = lines.filter(({ check }) => check)
  const [one] = checked
  const alike =
    one !== undefined && checked.every(({ inter, fall }) => inter === one.inter && fall === one.fall)
  const looking = alike ? ` every ${timeSaid(one.inter!)}` : ''
  const after = alike ? `${counting(one.fall!, 'failed check')} in a row` : 'some failed checks in a row'
  const what = mode === 'tcp' ? 'connection' : 'request'
  const secret = passesTls(options) && all.some(({ name, options: { tls } }) => names.includes(name) && tls)
  return [
    names.length > 1
      ? `sends each ${what} to one of ${listed(names, 'or')} (${way})`
      : `passes each ${what} on to ${names[0]}`,
    ...(mode === 'tcp'
      ? ['looks at no request: what comes on a connection goes where that leads, and a failure closes it']
      : []),
    ...(secret ? [`passes TLS on: requests can be read at ${listed(names)} only`] : []),
    checked.length === lines.length
      ? `checks${looking} whether ${names.length > 1 ? 'each of them is' : 'it is'} there, and until ${after} goes on trusting one that is dead`
      : checked.length > 0
        ? `checks some of them: a dead one of the others is sent its share for ever`
        : `checks nobody: a dead server is sent its share for ever`,
    ...(redispatch && names.length > 1 ? ['tries another one when a server takes no connection'] : []),
    ...(tls === undefined ? [] : ['ends TLS: from here on requests can be read']),
    ...(redirect === undefined
      ? []
      : [`answers ${redirect.code} to those who come in clear, and sends them to TLS`]),
    ...(maxconn > 0 ? [`takes ${counting(maxconn, 'connection')} at a time, and lets others wait`] : []),
  ]
}
