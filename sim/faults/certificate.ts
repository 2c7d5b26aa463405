import * as z from 'zod'
import { faultKind } from './fault.js'

/**
 * Whoever opens a connection looks at the certificate: browsers do, HAProxy with ssl: on, and applications unless told
 * otherwise (ssl_verify_server_cert).
 */
export const certificate = faultKind({
  kind: 'certificate',
  says: 'the certificate expires where TLS ends: new connections fail',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: certificate, target: haproxy, at: 5min, for: 10min }',
  options: z.strictObject({}),
  fits: (aims) => {
    const plain = aims.find(({ components }) => components.every(({ options }) => !options.tls))
    return plain ? ['target', `${plain.name} ends no TLS (no tls: option)`] : null
  },
  foretells: ({ components }, at) => {
    for (const { certificate, expiries } of components) if (certificate !== null) expiries.push(at)
  },
  steps: ([target], _options, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.components.flatMap(({ certificate }) =>
        certificate === null ? [] : [{ dial: certificate, by: 0 }],
      ),
    },
  ],
})
