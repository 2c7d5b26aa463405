import { setFlagsFromString } from 'node:v8'
import { isMainThread } from 'node:worker_threads'

/*
 * The way of a request leads through many short functions, one inside the other. V8 inlines what is called in at least
 * 15 % of the runs of a function, until that has grown by 920 bytecodes: much that is seldom called, and not all of the
 * way. Told to inline only what is called in two of five runs or more, it gets further along the way within the same room
 * (docs/decisions/0007-hot-path.md). Results are the same, whatever it inlines.
 *
 * That goes for all threads, so it is said once: where they are opened, or where a replication runs without any.
 */
if (isMainThread) setFlagsFromString('--min-inlining-frequency=0.4')
