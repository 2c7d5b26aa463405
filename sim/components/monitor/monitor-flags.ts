import { realOptions } from '../../options/real.js'

/** Flags and settings of Prometheus and Alertmanager that people will try and that are not simulated. */
export const alertmanagerFlags = realOptions(
  `storage_path data_retention cluster_listen_address cluster_advertise_address cluster_label cluster_tls_config
   web_listen_address web_external_url log_level config_file external_labels honor_labels sample_limit metrics_path
   scheme scrape_protocols cluster_peer_name`,
  {
    'cluster_probe_interval cluster_probe_timeout':
      'a peer that is silent is taken for dead after 5 s to 6 s',
    'cluster_gossip_interval cluster_pushpull_interval cluster_tcp_timeout':
      'gossip takes the latency of the wires, and no more',
    'cluster_reconnect_interval cluster_reconnect_timeout': 'who comes back is a member at once',
    cluster_settle_timeout: 'who was started notifies without waiting for gossip to settle',
    'group_by group_interval': 'the alert of each target is a group of its own',
    'repeat_interval send_resolved': 'people are told once of an outage, and not that it is over',
    resend_delay: 'alerts are told again after a minute',
    keep_firing_for: 'an alert is resolved at the first evaluation that finds all well',
    'labels annotations': 'people are told the name of the alert and of the target',
    'routes route receivers receiver inhibit_rules mute_time_intervals': 'whoever is told is told at once',
  },
  {
    'rule_files groups alerts alert expr': 'rules: [{ alert: Errors, expr: error_rate > 5%, for: 1min }]',
    'peers peer cluster cluster_peers': 'cluster_peer',
    'interval every': 'scrape_interval',
    'timeout scrape_timeout_seconds': 'scrape_timeout',
    peer_timeout: 'cluster_peer_timeout',
    'watches watch hosts scrape_configs static_configs': 'targets',
  },
)
