import type { Kernel } from '../../kernel/kernel.js'
import type { Site } from '../../parts/kind.js'
import type { Stream } from '../../random/stream.js'

/** Of Linux, `net.ipv4.neigh.*`: `delay_first_probe_time`, and three `ucast_solicit` a `retrans_time` apart. */
const DELAY = 5
const PROBES = 3

/**
 * Who has the address, as those know who send packets to it: the neighbour table of Linux, for a machine that always
 * has some to send. An entry that was announced is asked about after `delay_first_probe_time`; the answer holds for
 * `base_reachable_time`, times 0.5 to 1.5, and is used for `delay_first_probe_time` more. That question goes to whoever is
 * in the entry: if he does not have the address any longer, three of them are not answered, and all are asked.
 * Sources: arp(7), net/core/neighbour.c; of 12 splits that healed (keepalived 2.2.7) 6 left an entry behind, for 23 to
 * 49 s.
 */
export class Neighbours {
  private readonly kernel: Kernel
  private readonly stream: Stream

  /** @param base `base_reachable_time`, seconds */
  constructor(
    { context, name }: Site,
    private readonly base: number,
  ) {
    this.kernel = context.kernel
    this.stream = context.stream(name, 'arp')
  }

  /** Seconds until all are asked, about an address that was announced at `since` and has just been given up. */
  renewal(since: number): number {
    const known = this.kernel.now - since - DELAY
    const holds = this.base * (0.5 + this.stream.next()) + DELAY
    return PROBES + (known < 0 ? -known : holds - (known % holds))
  }
}
