import { realOptions } from '../../options/real.js'

/** Of named.conf, and of name servers like it, what people will try and is not simulated. */
export const namedOptions = realOptions(
  `directory listen_on listen_on_v6 allow_query allow_transfer allow_recursion recursion notify also_notify version
   hostname server_id dnssec_validation zone type file masters primaries pid_file`,
  {
    'rate_limit responses_per_second': 'answers have no limit but its CPU',
    'tcp_clients tcp_listen_queue': 'queries go by UDP',
    'recursive_clients clients_per_query forwarders': 'it knows the zone itself, and asks nobody',
    'max_udp_size edns_udp_size': 'an answer fits into a datagram',
  },
  {
    'n server_count udp_workers receiver_threads worker_threads': 'threads',
    'rmem_default so_rcvbuf receive_buffer udp_receive_buffer backlog': 'queue, in queries',
    'ttl addresses records': 'of the dns that names it among its name_servers',
    'cpu time lookup': 'service',
  },
)
