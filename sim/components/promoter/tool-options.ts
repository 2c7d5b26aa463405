import { realOptions } from '../../options/real.js'

const SEVERAL = 'a tool stands on one machine'
const FENCE = 'nobody makes sure that the old primary is dead'

/** Of what the tools that promote can say, what people will try and is not simulated. */
export const toolOptions = realOptions(
  `manager_log manager_workdir user password repl_user ssh_user module listen_address debug http_auth_user
   mysql_topology_user mysql_topology_password mysql_orchestrator_host replication_user replication_password`,
  {
    'raft_enabled raft_nodes raft_bind cooperative_monitoring_locks': SEVERAL,
    'shutdown_script master_ip_failover_script enforce_read_only_slaves enforce_read_only_servers': FENCE,
    'candidate_master no_master servers_no_promotion recover_master_cluster_filters':
      'any replica may be promoted',
    failover_timeout: 'a promotion waits as long as its server has to apply something',
  },
  { type: 'kind' },
)
