import { realOptions } from '../../options/real.js'

/** Keywords of keepalived that people will try, and that are not simulated. */
export const keepalivedKeywords = realOptions(
  `interface virtual_router_id authentication auth_type auth_pass
   router_id notification_email notification_email_from smtp_server smtp_connect_timeout smtp_alert notify
   notify_master notify_backup notify_fault mcast_src_ip unicast_src_ip unicast_peer script_user
   enable_script_security vrrp_strict static_routes static_rules static_ipaddress virtual_routes virtual_rules
   global_defs vrrp_skip_check_adv_addr use_vmac debug`,
  {
    'virtual_server real_server real_server_weight delay_loop lb_algo lb_kind persistence_timeout persistence_granularity sorry_server protocol nat_mask inhibit_on_failure notify_up notify_down http_get ssl_get tcp_check url path digest status_code connect_timeout connect_port bindto retry nb_get_retry delay_before_retry lvs_sync_daemon_interface':
      'IPVS is not simulated; haproxy or balancer stand behind the address',
    'garp_master_delay garp_master_repeat garp_master_refresh_repeat vrrp_garp_master_delay vrrp_garp_master_repeat vrrp_garp_master_refresh_repeat vrrp_garp_interval vrrp_gna_interval':
      'the new place of the address is known to all at once',
    'garp_lower_prio_delay garp_lower_prio_repeat lower_prio_no_advert vrrp_garp_lower_prio_delay vrrp_garp_lower_prio_repeat vrrp_lower_prio_no_advert':
      'a master that hears a lower priority answers with an advert and gratuitous ARP, as it does unless told otherwise',
    down_timer_adverts: 'a backup waits for three adverts',
    'track_interface dont_track_primary vrrp_sync_group group track_process vrrp_track_process process track_file':
      'only track_script: lowers a priority',
  },
  {
    'virtual_ipaddress virtual_ipaddress_excluded':
      'the vip itself: it is one address, or with mode: active-active one for each server',
    script: 'track_script: { script: process } as killall -0, request or page as curl',
    timeout: 'track_script: { script: request, timeout: 1s }',
    state: 'who has the highest priority begins as master',
    nopreempt: 'preempt: off',
    vrrp_garp_master_refresh: 'garp_master_refresh: 60s',
    vrrp_higher_prio_send_advert: 'higher_prio_send_advert: on',
    vrrp_script: 'track_script: { interval: 2s, weight: -20 }',
    vrrp_instance: 'servers: [{ name: lb-1, priority: 101 }, lb-2]',
    version: 'vrrp_version',
  },
)
