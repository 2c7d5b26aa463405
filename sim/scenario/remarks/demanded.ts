import type { Remark } from './remark.js'

/** What is demanded of other answers than those of a run. */
export const demanded: Remark = ({ demands }) =>
  demands.map(
    ({ text, command }) => `expect: ${text} is judged by "nines ${command} --check", and not by a run`,
  )
