import type { AccountResult, Result } from '../../sim/experiments/result.js'

/** The pages of users who load some. */
interface PagesOf {
  readonly users: string
  /** What tables call them. */
  readonly name: string
  readonly pages: AccountResult
  /** What else their cells go by. How long visitors wait for one nobody says. */
  readonly scope: Pick<Result, 'patience_s' | 'unstable'>
}

export function pagesOf(result: Result): PagesOf[] {
  const { users } = result
  const several = Object.keys(users).length > 1
  return Object.entries(users).flatMap(([name, { pages }]) =>
    pages === undefined
      ? []
      : [
          {
            users: name,
            name: several ? `pages of ${name}` : 'pages',
            pages,
            scope: { ...result, patience_s: null },
          },
        ],
  )
}
