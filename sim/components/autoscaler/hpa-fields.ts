import { realOptions } from '../../options/real.js'

/** Fields and flags of Kubernetes, and of autoscaling groups of clouds, that people will try and that are not simulated. */
export const hpaFields = realOptions(
  'api_version metadata spec scale_target_ref_kind revision_history_limit health_check_type',
  {
    'cpu_initialization_period horizontal_pod_autoscaler_cpu_initialization_period initial_readiness_delay horizontal_pod_autoscaler_initial_readiness_delay':
      'a copy counts as ready when it has served for one sync_period',
    'container_resource memory memory_utilization':
      'metrics are CPU (average_utilization) and requests (average_value)',
    'pod_disruption_budget max_surge max_unavailable':
      'copies come and go as metrics ask, and are not replaced by newer ones',
    warm_pool: 'each copy takes the whole boot:',
  },
  {
    'scale_target_ref target servers members instances': 'targets: [app-1, app-2, app-3]',
    'metrics target_cpu_utilization_percentage target_cpu_utilization target_value cpu':
      'average_utilization: 80%, average_value: 100/s',
    'behavior scale_up_behavior': 'scale_up: { ... }, scale_down: { ... }',
    'horizontal_pod_autoscaler_sync_period interval scrape_interval period': 'sync_period',
    horizontal_pod_autoscaler_tolerance: 'tolerance',
    'cooldown cool_down default_cooldown scale_in_cooldown horizontal_pod_autoscaler_downscale_stabilization stabilization_window':
      'scale_down: { stabilization_window_seconds: 5min }',
    'boot_time startup warmup instance_warmup default_instance_warmup estimated_instance_warmup':
      'boot: 1min',
    'min min_size minimum': 'min_replicas',
    'max max_size maximum': 'max_replicas',
    'desired desired_capacity initial_replicas': 'replicas',
    'termination_grace_period deregistration_delay drain': 'termination_grace_period_seconds',
    cost: 'cost: of each host',
  },
)
