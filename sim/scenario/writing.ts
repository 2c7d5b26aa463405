import { writersBy } from '../components/writers.js'
import type { Scenario } from './scenario.js'

/** The names of the request classes that write to a database, asked for or not. */
export const writingIn = ({ components }: Pick<Scenario, 'components'>): readonly string[] =>
  writersBy(components)
