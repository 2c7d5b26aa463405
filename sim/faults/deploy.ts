import * as z from 'zod'
import { faultKind } from './fault.js'

/** A new version goes out. What it does, and how it gets where, is a matter of the deployment. */
export const deploy = faultKind({
  kind: 'deploy',
  says: 'a deployment brings out its new version; after for: somebody takes it back',
  targets: ['component'],
  example: '{ kind: deploy, target: deployment, at: 5min }',
  options: z.strictObject({}),
  fits: (aims) => {
    const other = aims.find(
      ({ components }) => !components.every(({ options }) => 'progress_deadline_abort' in options),
    )
    return other ? ['target', `${other.name} deploys nothing: expected a deployment`] : null
  },
  steps: ([target], _options, lasts) => [
    {
      after: 0,
      lasts,
      bends: target!.components.flatMap(({ rollout }) =>
        rollout === null ? [] : [{ dial: rollout, by: 0 }],
      ),
    },
  ],
})
