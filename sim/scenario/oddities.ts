import { blind } from './remarks/blind.js'
import { browsers } from './remarks/browsers.js'
import { cold } from './remarks/cold.js'
import { cutoff } from './remarks/cutoff.js'
import { demanded } from './remarks/demanded.js'
import { forgetful } from './remarks/forgetful.js'
import { idle } from './remarks/idle.js'
import { impatient } from './remarks/impatient.js'
import { moot } from './remarks/moot.js'
import { patient } from './remarks/patient.js'
import { readonly } from './remarks/readonly.js'
import type { Remark } from './remarks/remark.js'
import { short } from './remarks/short.js'
import { taken } from './remarks/taken.js'
import { truncated } from './remarks/truncated.js'
import { trusting } from './remarks/trusting.js'
import { uncalled } from './remarks/uncalled.js'
import { unchecked } from './remarks/unchecked.js'
import { unread } from './remarks/unread.js'
import { unsized } from './remarks/unsized.js'
import { unused } from './remarks/unused.js'
import type { Scenario } from './scenario.js'

/** What is legal and hardly meant: one file and one line each. */
const all: readonly Remark[] = [
  uncalled,
  idle,
  unused,
  unread,
  unsized,
  browsers,
  cold,
  readonly,
  forgetful,
  moot,
  unchecked,
  impatient,
  patient,
  blind,
  cutoff,
  trusting,
  truncated,
  short,
  taken,
  demanded,
]

/** Sentences on what a scenario says that its author may not have meant. */
export const remarksOn = (scenario: Scenario): string[] => all.flatMap((remark) => remark(scenario))
