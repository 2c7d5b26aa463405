import * as z from 'zod'
import { faultKind } from './fault.js'

/** Whoever opens a connection looks at the certificate: browsers do, and HAProxy with ssl: on. */
const isLookedAt = (tls: unknown): boolean => typeof tls === 'object' && tls !== null

/** The certificate expires: every new TLS handshake fails, connections that are open go on; until it is renewed. */
export const certificate = faultKind({
  kind: 'certificate',
  says: 'the certificate expires where TLS ends: new connections fail',
  targets: ['component', 'host', 'zone'],
  example: '{ kind: certificate, target: haproxy, at: 5min, for: 10min }',
  options: z.strictObject({}),
  fits: (aims) => {
    const plain = aims.find(({ components }) => components.every(({ options }) => !options.tls))
    if (plain) return ['target', `${plain.name} ends no TLS (no tls: option)`]
    // `tls: on`, without a word of the certificate.
    const unlooked = aims.find(({ components }) =>
      components.every(({ options }) => !isLookedAt(options.tls)),
    )
    return unlooked
      ? [
          'target',
          `whether clients look at the certificate of ${unlooked.name} is for them to say, and not simulated`,
        ]
      : null
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
