import { powerOfTwo } from '../arithmetic/elementary.js'

/**
 * When Linux sends a packet again that nobody has acknowledged. Seconds; `resends` counts how often that was done.
 *
 * Sources: tcp(7); net/ipv4/tcp_timer.c; Documentation/networking/ip-sysctl.rst (tcp_syn_retries, tcp_retries2,
 * tcp_syn_linear_timeouts); measured on Linux 6.18.
 */

/** The longest wait for a retransmission: TCP_RTO_MAX. */
const RTO_MAX = 120
/**
 * What a retransmission timeout is longer than the round trip, at least: TCP_RTO_MIN of 200 ms and two ticks of 4 ms
 * (measured: 207, 216 and 227 ms at round trips of 0.4, 10 and 20 ms).
 */
const RTO_MIN = 0.208
/** Exponential waits for the answer to a SYN, the last for no further one: tcp_syn_retries = 6. */
const SYN_WAITS = 7

/**
 * tcp_retries2 = 15: a segment that was sent again so often, beside the tail loss probe, is given up after the next wait,
 * and its connection with it.
 */
export const RETRIES = 16

/** The retransmission timeout of a connection: tcp_slow_start_after_idle counts in it, too. */
export const timeoutOf = (roundTrip: number): number => RTO_MIN + roundTrip

/**
 * From one sending of a segment of an open connection to the next: it is sent at 0, R, 2R, 4R, 8R, ... after the
 * first time, R being the round trip and 200 ms. The first repetition is the tail loss probe, which does not count as
 * a backoff (measured: 0.227, 0.456, 0.926, 1.86, 3.68, 7.38 s at a round trip of 20 ms).
 */
export function segmentWait(resends: number, roundTrip: number): number {
  return Math.min(RTO_MAX, timeoutOf(roundTrip) * powerOfTwo(Math.max(0, resends - 1)))
}

/**
 * When the SYN of a new connection is sent for the `resends`-th time again, after the first: at 1, 3, 7, 15, ...
 * With `linear` waits of a second before they double (tcp_syn_linear_timeouts: 4 from Linux 6.5 on) at 1, 2, 3, 4, 5,
 * 7, 11, 19, ...
 */
export function synTime(resends: number, linear: number): number {
  return resends <= linear ? resends : linear + powerOfTwo(resends - linear) - 1
}

/** From the first SYN until the kernel gives the attempt up: 127 s; 131 s with four linear waits. */
export const synGivesUp = (linear: number): number => synTime(SYN_WAITS + linear, linear)

/** From one SYN to the next. */
export const synWait = (resends: number, linear: number): number =>
  synTime(resends + 1, linear) - synTime(resends, linear)

/** When a segment that was first sent `since` seconds ago is sent again: the first time from now on. */
export function nextSending(since: number, roundTrip: number): number {
  let sent = 0
  for (let resends = 0; sent < since && resends <= RETRIES; resends++) sent += segmentWait(resends, roundTrip)
  return sent
}
