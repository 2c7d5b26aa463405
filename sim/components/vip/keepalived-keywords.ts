import { realOptions } from '../../options/real.js'

/** Keywords of keepalived that people will try, and that are not simulated. */
export const keepalivedKeywords = realOptions(
  `interface virtual_router_id virtual_ipaddress virtual_ipaddress_excluded authentication auth_type auth_pass
   router_id notification_email notification_email_from smtp_server smtp_connect_timeout smtp_alert notify
   notify_master notify_backup notify_fault mcast_src_ip unicast_src_ip unicast_peer script_user
   enable_script_security vrrp_strict static_routes static_rules virtual_routes global_defs`,
  {
    'virtual_server real_server delay_loop lb_algo lb_kind persistence_timeout sorry_server':
      'IPVS is not simulated; haproxy or balancer stand behind the address',
    'garp_master_delay garp_master_refresh vrrp_garp_interval vrrp_gna_interval':
      'the new place of the address is known to all at once',
    preempt_delay: 'who comes back and is of higher priority takes over at once, or with nopreempt never',
    'track_interface vrrp_sync_group track_process track_file': 'only track_script: lowers a priority',
  },
  {
    state: 'who has the highest priority begins as master',
    nopreempt: 'preempt: off',
    vrrp_script: 'track_script: { interval: 2s, weight: -20 }',
    vrrp_instance: 'servers: [{ name: lb-1, priority: 101 }, lb-2]',
    version: 'vrrp_version',
  },
)
