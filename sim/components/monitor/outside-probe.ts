import { PageProbe } from '../../parts/page-probe.js'

/**
 * A probe from outside, as the blackbox exporter of Prometheus makes it (prober http, module http_2xx): each
 * `scrape_interval` a visitor's page is asked for, on a connection of its own, and TLS with it where that ends there.
 * `probe_success` is 1 if it is answered within `scrape_timeout`, else 0. It stands outside of all machines, and stops
 * with its monitor only (an assumption: as a service that is bought).
 */
export class Probe extends PageProbe {
  /** The last of them, 1 or 0; NaN before the first. */
  success = Number.NaN
}
