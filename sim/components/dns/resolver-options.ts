import { realOptions } from '../../options/real.js'

/** Of resolv.conf, and of caching resolvers (BIND, Unbound), what people will try and is not simulated. */
export const resolverOptions = realOptions(
  `domain debug inet6 edns0 trust_ad no_tld_query no_reload no_check_names sortlist no_aaaa dnssec_validation
   max_cache_size`,
  {
    'search ndots': 'a lookup is of a whole name: no suffix is tried',
    'single_request single_request_reopen': 'a lookup is one query: A and AAAA are not told apart',
    'use_vc tcp_upstream': 'queries go by UDP',
    'serve_stale serve_expired stale_answer_enable stale_answer_ttl max_stale_ttl stale_answer_client_timeout':
      'what has expired is asked for, and not given',
    prefetch: 'what has expired is asked for when somebody comes, not before',
  },
  {
    'nameserver nameservers ns': 'name_servers: [ns-1, ns-2], components of kind nameserver',
    'records a servers upstream to': 'addresses',
    'cname alias dname': 'addresses: [another dns], with the ttl and the name servers of that',
    'max_cache_ttl min_cache_ttl cache_max_ttl cache_min_ttl':
      'ttl, the time for which resolvers keep an answer',
    'ncache_ttl max_ncache_ttl soa_minimum cache_max_negative_ttl': 'negative_ttl',
  },
)
