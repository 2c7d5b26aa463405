/**
 * The engine, as the page's workers have it: one script, which is fetched once. What a worker is for is its name. Each
 * role is a file that takes messages and posts what comes of them.
 */
import { answers } from './answers/answers.js'
import { replications } from './answers/replications.js'
import { live } from './live/live.js'

const roles: Readonly<Record<string, () => void>> = { live, answers, replications }

roles[self.name]?.()
