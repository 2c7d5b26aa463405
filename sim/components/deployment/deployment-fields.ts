import { realOptions } from '../../options/real.js'

/** Of Kubernetes, Argo Rollouts, Flagger and tools that copy files: what people will try and is not simulated. */
export const deploymentFields = realOptions(
  `api_version metadata spec selector template revision_history_limit workload_ref active_service preview_service
   canary_service stable_service scale_down_delay_revision_limit anti_affinity`,
  {
    'traffic_routing canary_weight max_weight step_weight set_canary_scale weight':
      'a canary has the share of visitors that its servers have, by the weights of the load balancer',
    'pre_promotion_analysis preview_replica_count auto_promotion_enabled auto_promotion_seconds':
      'the other group is as large as the first, and is switched to when all of it listens',
    'header_route set_header_route set_mirror_route mirror match experiment':
      'who gets the new version is chance',
    'readiness_probe liveness_probe startup_probe': 'a server is ready when its process listens',
    paused: 'a deployment goes on until it is over, or is taken back',
  },
  {
    'servers members instances app_servers replicas': 'targets: [app-1, app-2, app-3]',
    'rolling serial batch batch_size parallel': 'max_unavailable: 1',
    'type rolling_update recreate canary blue_green blue': 'strategy: blue_green, spares: [app-3, app-4]',
    'green preview standby': 'spares: [app-3, app-4]',
    'failure_limit success_condition interval threshold metrics post_promotion_analysis rollback':
      'analysis: { interval: 1min, success_rate: 99%, failure_limit: 0 }',
    'set_weight pause': 'steps: [{ set_weight: 25%, pause: 10min }]',
    'errors error_rate slow factor crash class': 'version: { errors: 5% }',
    'abort_scale_down_delay_seconds scale_down_delay': 'scale_down_delay_seconds: 30s',
    'termination_grace_period grace deregistration_delay': 'termination_grace_period_seconds: 30s',
    'at for': 'faults: [{ kind: deploy, target: deployment, at: 5min }]',
  },
)
