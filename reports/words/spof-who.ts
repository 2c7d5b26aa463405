import type { Lost, Spofs, Unseen } from '../../sim/experiments/spof/spof-result.js'
import { type Account, isAmong } from '../../sim/experiments/structure.js'
import { listed } from '../../sim/options/spell.js'

type Askers = Pick<Spofs, 'accounts' | 'unseen'>

/** Those who are answered without any loss: of the others nothing can be told. */
const seen = (spofs: Askers): Account[] => whoAsked(spofs.accounts, spofs)

/** Of these the ones who asked. */
export const whoAsked = (accounts: readonly Account[], { unseen }: Askers): Account[] =>
  accounts.filter((one) => !unseen.some((other) => other.when === 'ever' && isAmong([other], one)))

/** Whether these are all who are answered without any loss. */
export const areAll = (accounts: readonly Account[], spofs: Askers): boolean =>
  seen(spofs).every((one) => isAmong(accounts, one))

/** Of all who are answered the others. */
export const othersThan = (accounts: readonly Account[], spofs: Askers): Account[] =>
  seen(spofs).filter((one) => !isAmong(accounts, one))

/** The classes that these are all askers of; null where others ask for one of them as well. */
export function classesWhole(accounts: readonly Account[], spofs: Askers): string[] | null {
  const classes = [...new Set(accounts.map((one) => one.class))]
  const all = seen(spofs).filter((one) => classes.includes(one.class))
  return all.every((one) => isAmong(accounts, one)) ? classes : null
}

/** Users of whom these are all that they ask for, and what others ask for. */
function byUsers(accounts: readonly Account[], spofs: Askers): { users: string[]; classes: string[] }[] {
  const names = [...new Set(accounts.map(({ users }) => users))]
  const classesOf = (name: string) => accounts.filter(({ users }) => users === name).map((one) => one.class)
  const others = othersThan(accounts, spofs)
  const isWhole = (name: string) => !others.some(({ users }) => users === name)
  const whole = names.filter(isWhole)
  return [
    ...(whole.length > 0 ? [{ users: whole, classes: [] }] : []),
    ...names.filter((name) => !isWhole(name)).map((name) => ({ users: [name], classes: classesOf(name) })),
  ]
}

/**
 * `nobody is answered any more`, `nobody is answered any more who asks for write`, `nobody of mobile is answered any
 * more`, `nobody of web who asks for write is answered any more`.
 */
export function nobody(accounts: readonly Account[], spofs: Askers, is: string): string {
  if (areAll(accounts, spofs)) return `nobody ${is}`
  const classes = classesWhole(accounts, spofs)
  if (classes !== null) return `nobody ${is} who asks for ${listed(classes, 'or')}`
  const said = byUsers(accounts, spofs).map(
    ({ users, classes: own }) =>
      `nobody of ${listed(users, 'or')}${own.length === 0 ? '' : ` who asks for ${listed(own, 'or')}`}`,
  )
  return `${said.join(', and ')}${said.length > 1 ? ',' : ''} ${is}`
}

/** `static and read`, `mobile`, `read of web`, `all`. */
export function askers(accounts: readonly Account[], spofs: Askers): string {
  if (areAll(accounts, spofs)) return 'all'
  const classes = classesWhole(accounts, spofs)
  if (classes !== null) return listed(classes)
  return byUsers(accounts, spofs)
    .map(({ users, classes: own }) => (own.length === 0 ? '' : `${listed(own)} of `) + listed(users))
    .join('; ')
}

/** The same as people: `those who ask for read`, `mobile`. */
export function those(accounts: readonly Account[], spofs: Askers): string {
  const classes = areAll(accounts, spofs) ? null : classesWhole(accounts, spofs)
  return classes === null ? askers(accounts, spofs) : `those who ask for ${listed(classes, 'or')}`
}

/** ` for mobile`: where a part matters to some users alone, and to others who ask for the same it does not. */
export function forWhom({ unanswered_accounts }: Pick<Lost, 'unanswered_accounts'>, spofs: Askers): string {
  const whole = unanswered_accounts.length === 0 || classesWhole(unanswered_accounts, spofs) !== null
  return whole ? '' : ` for ${askers(unanswered_accounts, spofs)}`
}

/** Why it is undecided whether these are answered. */
export function undecidedSince(accounts: readonly Account[], spofs: Askers): string {
  const reasons = accounts.map((account): keyof typeof REASONS => {
    const known = spofs.unseen.find((one) => isAmong([one], account))
    return known === undefined ? 'few answered' : known.when === 'ever' ? 'ever' : known.because
  })
  const them = areAll(accounts, spofs) ? '' : ' of them'
  return listed(
    [...new Set(reasons)].map((because) => REASONS[because].replace('{}', them)),
    'or',
  )
}

/** `{}`: of whom. */
const REASONS: Readonly<Record<Unseen['because'] | 'ever', string>> = {
  ever: 'nobody{} asked',
  'not asked': 'nobody{} came in the last third of the time',
  'not answered': 'nobody{} was answered in the last third of the time, without the loss either',
  'few answered': 'hardly anybody{} came in the last third of the time',
}

/** Of whom nothing can be told, whatever is lost, or too little, and what would tell more. */
export function unseenIn(spofs: Askers): string[] {
  const of = (when: Unseen['when'], because: Unseen['because']) =>
    spofs.unseen.filter((one) => one.when === when && one.because === because)
  const say = (own: readonly Account[], says: (whom: string) => string) =>
    own.length === 0 ? [] : [says(those(own, { accounts: spofs.accounts, unseen: [] }))]
  return [
    ...say(of('ever', 'not asked'), (whom) => `Nothing can be told of ${whom}: nobody asked.`),
    ...say(
      of('ever', 'not answered'),
      (whom) => `Nothing can be told of ${whom}: nobody was answered though nothing was lost.`,
    ),
    ...say(
      of('at the end', 'not asked'),
      (whom) =>
        `In the last third of the time nobody came (${whom}): where that ends before they stop (--lasts), more can be told.`,
    ),
    ...say(
      of('at the end', 'not answered'),
      (whom) => `In the last third of the time nobody was answered (${whom}), without any loss either.`,
    ),
    ...say(
      of('at the end', 'few answered'),
      (whom) =>
        `In the last third of the time hardly anybody was answered (${whom}): a longer time (--lasts), or more --replications, can tell more.`,
    ),
  ]
}
