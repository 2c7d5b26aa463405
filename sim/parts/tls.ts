import * as z from 'zod'
import { text } from '../options/texts.js'
import { count, duration, oneOf, share } from '../options/types.js'
import type { Stream } from '../random/stream.js'
import type { Dial } from './dial.js'
import type { Request } from './request.js'

export const tlsOptions = z.strictObject({
  certificate: oneOf('rsa2048', 'ecdsa_p256')
    .prefault('rsa2048')
    .describe('its key decides what a full handshake costs'),
  version: z
    .union([text(), z.number()])
    .transform(String)
    .pipe(oneOf('1.2', '1.3'))
    .prefault('1.3')
    .meta({ type: '1.2 | 1.3' })
    .describe('protocol version'),
  resumption: share().prefault('0%').describe('handshakes that resume an earlier session'),
  requests_per_connection: count(1)
    .prefault(1)
    .describe('requests that share a connection, and its handshake, where users say nothing of it'),
  keepalive: duration().prefault('1min').describe('how long connections are kept (an assumption)'),
  lifetime: duration().prefault('300s').describe('how long sessions can be resumed (tune.ssl.lifetime)'),
  // OpenSSL 3.0.22 on an AMD EPYC: openssl speed -evp aes-128-gcm, 16 kB at a time, 3.1 GB/s. There, with 3.0.19, best of
  // four: aes-128-gcm 3.66, aes-256-gcm 3.20, chacha20-poly1305 2.18 GB/s.
  cpu_per_mb: duration()
    .prefault('0.32ms')
    .describe(
      'CPU time to encrypt or decrypt 1 MB, where something has a size: of a core with AES-NI, by AES-128-GCM; AES-256-GCM takes 1.15 times, ChaCha20-Poly1305 1.7 times as long',
    ),
})

/** Whether a request brings a handshake with it. */
export const Handshake = { none: 0, full: 1, resumed: 2 } as const
export type Handshake = (typeof Handshake)[keyof typeof Handshake]

/**
 * Seconds of CPU of HAProxy 2.6.12 with OpenSSL 3.0 for a connection with one request, over those without TLS;
 * measured on one thread of an AMD EPYC.
 */
const cpu = {
  rsa2048: { '1.2': { full: 1.785e-3, resumed: 0.316e-3 }, '1.3': { full: 1.859e-3, resumed: 0.766e-3 } },
  ecdsa_p256: { '1.2': { full: 0.711e-3, resumed: 0.306e-3 }, '1.3': { full: 0.824e-3, resumed: 0.732e-3 } },
} as const

/**
 * The same of whoever opens a connection with TLS 1.3 whose session it knows from before, as HAProxy does to its servers
 * (0.745 ms a request over 0.088 ms in clear, measured), and of a full one at a MariaDB 10.11.
 */
export const CLIENT_SECONDS = 0.657e-3
export const SERVER_SECONDS = cpu.rsa2048['1.3'].full

/** Seconds of CPU for a byte where there is no `tls:` to say it: HAProxy to its servers. */
export const SECONDS_PER_BYTE = 0.32e-9

/** Where TLS ends: which requests bring a handshake, and what it costs. */
export class Tls {
  private readonly seconds: readonly number[]
  private readonly trips: readonly number[]
  /** Connections and sessions from before are gone. */
  private started = Number.NEGATIVE_INFINITY
  /** When the last request came. */
  private latest = 0
  /** From when the certificate expired until it was renewed nobody has opened a connection. */
  private expired = Number.POSITIVE_INFINITY
  private renewed = Number.POSITIVE_INFINITY

  constructor(
    private readonly options: z.output<typeof tlsOptions>,
    certificate: Dial,
    now: () => number,
    private readonly stream: Stream,
  ) {
    const { full, resumed } = cpu[options.certificate][options.version]
    this.seconds = [0, full, resumed]
    // RFC 5246 and RFC 8446, beside the round trip of TCP.
    this.trips = [0, options.version === '1.2' ? 2 : 1, 1]
    certificate.watch(() => {
      if (certificate.value === 0) this.expired = now()
      this.renewed = certificate.value === 0 ? Number.POSITIVE_INFINITY : now()
    })
  }

  /** Seconds of CPU. */
  cost(handshake: number): number {
    return this.seconds[handshake]!
  }

  /** Seconds of CPU to encrypt or decrypt so many bytes. */
  costOf(bytes: number): number {
    return bytes * (this.options.cpu_per_mb / 1e6)
  }

  /** Seconds on the way before `request` itself can be sent, beside the round trip of TCP. */
  delay(request: Request, handshake: number): number {
    const trips = this.trips[handshake]!
    return trips === 0 ? 0 : trips * 2 * request.wire!.tlsDistance(request)
  }

  /**
   * What `request`, which comes at `now`, brings. One that rides on an open connection: that is up to `keepalive` old,
   * so that a restart, or an expired certificate, is felt by all within that time. Where nobody says whether it does,
   * one in `requests_per_connection` opens a connection, and each that is tried again: a failure leaves none.
   */
  handshake(request: Request, now: number): Handshake {
    const { requests_per_connection, keepalive, resumption, lifetime } = this.options
    const told = request.opens || request.rides
    // A standby that has had no visitors knows nobody.
    if (now - this.latest > keepalive) this.started = now
    this.latest = now
    const draws = request.draws(this.stream)
    const opens = told ? request.opens : draws.next() * requests_per_connection < 1 || request.again
    const opened = now - draws.next() * keepalive
    if (!opens && this.possible(opened)) return Handshake.none
    const resumes = draws.next() < resumption
    const session = now - draws.next() * lifetime
    return resumes && this.possible(session) ? Handshake.resumed : Handshake.full
  }

  /** Whether a connection or session of that time can be known still. */
  private possible(since: number): boolean {
    return since >= this.started && (since < this.expired || since >= this.renewed)
  }

  restart(now: number): void {
    this.started = now
  }
}
