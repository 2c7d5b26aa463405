import { SEGMENT } from './line.js'

/**
 * How much TCP sends before it knows what has become of it, in segments.
 *
 * Sources: RFC 6928 (ten segments to begin with); RFC 5681 (slow start); net/ipv4/tcp_cubic.c (HyStart: slow start
 * is over when a round trip takes longer by an eighth, 4 to 16 ms, from 16 segments on; 0.7 of the window after a loss);
 * tcp_slow_start_after_idle; measured on Linux 6.18.
 */

/** Of a new connection, and of one that was idle for longer than its retransmission timeout. */
export const FIRST = 10
/** Below this no wait ends slow start. */
const LOW = 16
const AFTER_LOSS = 0.7

/** Seconds by which a round trip is longer, for the line to be full. */
const delay = (roundTrip: number): number => Math.min(0.016, Math.max(0.004, roundTrip / 8))

/** Whether segments that waited so long on the way say that it is full. */
export const isFull = (window: number, waited: number, roundTrip: number): boolean =>
  window >= LOW && waited > delay(roundTrip)

/**
 * Of a connection that is in use all the time: as wide as slow start has made it.
 * @param rate of content on the way, bytes a second
 */
export const grown = (rate: number, roundTrip: number): number =>
  Math.max(LOW, (rate * (roundTrip + delay(roundTrip))) / SEGMENT)

export const narrowed = (window: number): number => Math.max(2, Math.floor(AFTER_LOSS * window))
