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
    group_by: 'the alert of each target is a group of its own',
    send_resolved: 'people are not told that it is over',
    resend_delay: 'alerts are told again after a minute',
    keep_firing_for: 'an alert is resolved at the first evaluation that finds all well',
    annotations: 'people are told the name of the alert and of the target',
    'inhibit_rules mute_time_intervals active_time_intervals time_intervals':
      'whoever a route leads to is told of all that takes it, at any time',
  },
  {
    'rule_files groups alerts alert expr': 'rules: [{ alert: Errors, expr: error_rate > 5%, for: 1min }]',
    labels: 'severity: critical',
    'routes group_interval repeat_interval':
      'route: { receiver: mail, group_interval: 5min, repeat_interval: 4h, routes: [...] }, one level deep',
    'receiver continue matchers':
      'route: { receiver: mail, routes: [{ matchers: [severity = critical], receiver: pager, continue: on }] }',
    'match match_re': 'matchers: [severity =~ "critical|page"]',
    'email_configs pagerduty_configs opsgenie_configs slack_configs webhook_configs telegram_configs victorops_configs':
      'receivers: [{ name: mail, delay: exponential(10min) }]',
    'peers peer cluster cluster_peers': 'cluster_peer',
    'interval every': 'scrape_interval',
    'timeout scrape_timeout_seconds': 'scrape_timeout',
    peer_timeout: 'cluster_peer_timeout',
    'watches watch hosts scrape_configs static_configs': 'targets',
  },
)
