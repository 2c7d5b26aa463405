/**
 * The engine, as the page's workers have it: one script, which is fetched once. What a worker is for is its name. Each
 * role is a file that takes messages and posts what comes of them.
 */
import { memory } from '../sim/parts/request.js'
import { answers } from './answers/answers.js'
import { replications } from './answers/replications.js'
import { live } from './live/live.js'

/** Requests under way: a page has less memory than a program, and several workers. */
memory.mostRequests = 300_000

const roles: Readonly<Record<string, () => void>> = { live, answers, replications }

roles[self.name]?.()
