import type { Scenario } from '../../scenario/scenario.js'
import type { Result } from '../result.js'

/** What is known of a stack when something is to be done about it. */
export interface Found {
  readonly scenario: Scenario
  /** As it is. */
  readonly result: Result
}

/** One of the things that people do to answer more requests a second, tried on a scenario. */
export type Remedy = (found: Found) => Tried

/** What was changed, in words, and the scenario so changed; or why it cannot be tried here. */
export type Tried =
  | { readonly says: string; readonly scenario: Scenario; readonly because?: undefined }
  | { readonly because: string; readonly scenario?: undefined }
