import { realOptions } from '../options/real.js'

/** What Compose says of a service, which people will try at a component: here it is said in other words. */
export const composeKeys = realOptions(
  `working_dir tty stdin_open cap_add cap_drop extra_hosts privileged ulimits user configs secrets logging
   shm_size develop init security_opt tmpfs read_only volumes env_file
   deploy_placement deploy_labels deploy_resources_reservations_cpus deploy_resources_reservations_memory`,
  {
    labels: 'what a proxy reads from labels is for its own options to say',
    stop_grace_period: 'who is stopped by a crash is gone at once; maintenance: of faults: drains it first',
    healthcheck: 'Compose starts nothing anew for it; check: on of a haproxy looks whether a server answers',
    profiles: 'all that is there stands from the start',
  },
  {
    'image build command entrypoint environment': 'kind: and the options of that kind',
    'container_name hostname': 'the name of the component, or host: for its machine',
    'ports expose': 'to: in users: leads to the first box, and servers:, upstream:, database: to the others',
    'links depends_on networks network_mode': 'wires: between components, "nginx -> app"',
    'cpus deploy_resources_limits_cpus': 'cores: and speed: of its host',
    'scale deploy deploy_mode deploy_replicas':
      'a component for each, app-1, app-2, in servers: of who calls them',
    memswap_limit: 'swap: of its host',
    'mem_limit deploy_resources_limits_memory': 'memory: of its host, and memory: of what runs there',
    deploy_restart_policy: 'restart: { by: docker }',
    extends: 'extends: at the top, the file from which all is taken that is not said',
  },
)

/** What stands at the top of a Compose file. */
export const composeTop = realOptions(
  'version volumes configs secrets',
  {},
  {
    services: 'components: (what runs) and hosts: (where it runs)',
    networks: 'wires: between components, "nginx -> app"',
    include: 'extends: the file from which all is taken that is not said',
  },
)
